/* SPDX-License-Identifier: BSD-3-Clause */
#include "database.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"
#include "memory.h"
#include "record.h"
#include "owner.h"
#include "reader.h"
#include "stamp.h"

/* A writer that never pauses must not hold us for ever. */
#define READ_TRIES 16

/* Not the canonical decimal that everybody reads alike. */
static bool is_dialect(const char *text, const char *end)
{
	const char *colon = (const char *)memchr(text, ':', (size_t)(end - text));
	const char *field_end = colon ? colon : end;
	uint32_t value;

	return subid_decimal_parse(text, (size_t)(field_end - text), &value) < 0;
}

static void add_entry(struct database *database, const struct subid_line *line, size_t owner,
		      const char *text, size_t len)
{
	const char *start = text + line->owner_len + 1;
	const char *count = (const char *)memchr(start, ':', len - line->owner_len - 1);
	uint32_t uid;

	database->entries = (struct entry *)memory_room(
		database->entries, database->n, &database->room, sizeof(*database->entries));
	database->entries[database->n++] = (struct entry){
		.range = line->range,
		.line = database->lines,
		.by_uid = subid_owner_uid(text, line->owner_len, &uid) == 0,
		.dialect = is_dialect(start, text + len) ||
			   (count && is_dialect(count + 1, text + len)),
		.owner = owner,
		.next = OWNERS_NO_ENTRY,
	};
}

static void add_refusal(struct database *database, enum subid_line_fault fault, const char *text,
			size_t len)
{
	struct subid_line ignored;

	if (fault == SUBID_LINE_EMPTY)
		return;
	database->refusals = (struct refusal *)memory_room(database->refusals, database->n_refusals,
							   &database->refusals_room,
							   sizeof(*database->refusals));
	database->refusals[database->n_refusals++] = (struct refusal){
		.line = database->lines,
		.fault = fault,
		.to_shadow = fault == SUBID_LINE_COMMENT &&
			     subid_line_parse(text + 1, len - 1, &ignored) == 0,
	};
}

static int read_lines(struct subid_reader *reader, struct database *database, struct owners *owners)
{
	struct subid_line line;
	const char *text;
	size_t len;
	int r;

	while ((r = subid_reader_next(reader, &text, &len)) > 0) {
		enum subid_line_fault fault = subid_line_parse(text, len, &line);

		database->lines++;
		database->unterminated = !reader->terminated;
		if (fault != SUBID_LINE_FAULTLESS)
			add_refusal(database, fault, text, len);
		else
			add_entry(database, &line, owners_find(owners, line.owner, line.owner_len),
				  text, len);
	}
	return r < 0 ? r : subid_reader_verify(reader);
}

static int read_once(const char *path, struct database *database, struct owners *owners)
{
	struct subid_reader reader;
	int r;

	database->n = 0;
	database->n_refusals = 0;
	database->lines = 0;
	database->unterminated = false;

	if (subid_stamp_of_path(path, &database->stat) < 0)
		return -errno;
	r = subid_reader_open(&reader, path);
	if (r < 0)
		return r == -ENOENT ? -EACCES : r;
	r = read_lines(&reader, database, owners);
	subid_reader_close(&reader);
	return r;
}

int database_read(const char *path, const char *name, struct owners *owners, struct database *ret)
{
	int r = -ESTALE;

	*ret = (struct database){ .path = name };
	if (!path)
		return 0;
	for (int i = 0; i < READ_TRIES && r == -ESTALE; i++)
		r = read_once(path, ret, owners);
	ret->exists = r == 0;
	if (r == -ESTALE)
		return -EAGAIN;
	return r == -ENOENT ? 0 : r;
}

/* --- sorted --------------------------------------------------------------------- */

static int compare_entries(const void *a, const void *b, void *context)
{
	const struct entry *entries = (const struct entry *)context;
	const struct entry *left = &entries[*(const size_t *)a];
	const struct entry *right = &entries[*(const size_t *)b];

	if (left->range.start != right->range.start)
		return left->range.start < right->range.start ? -1 : 1;
	if (left->range.count != right->range.count)
		return left->range.count > right->range.count ? -1 : 1;
	return (left->line > right->line) - (left->line < right->line);
}

static void sort(struct database *database)
{
	size_t n = 0;

	if (database->n == 0)
		return;
	database->sorted = (size_t *)memory_check(reallocarray(NULL, database->n, sizeof(size_t)));
	database->covered = (struct stretch *)memory_check(
		reallocarray(NULL, database->n, sizeof(struct stretch)));
	for (size_t i = 0; i < database->n; i++)
		database->sorted[i] = i;
	qsort_r(database->sorted, database->n, sizeof(size_t), compare_entries, database->entries);

	for (size_t i = 0; i < database->n; i++) {
		const struct entry *entry = &database->entries[database->sorted[i]];
		uint32_t last = entry_last(entry);

		if (n > 0 && entry->range.start <= database->covered[n - 1].last) {
			if (last > database->covered[n - 1].last)
				database->covered[n - 1].last = last;
			continue;
		}
		database->covered[n++] = (struct stretch){ entry->range.start, last };
	}
	database->n_covered = n;
}

bool database_contains(const struct database *database, uint32_t id)
{
	size_t low = 0, high = database->n_covered;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (database->covered[middle].last < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < database->n_covered && database->covered[low].first <= id;
}

/* --- owners --------------------------------------------------------------------- */

static void find_account(struct owner *owner, const struct accounts *users)
{
	bool is_uid = subid_owner_uid(owner->name, strlen(owner->name), &owner->uid) == 0;
	const struct account *user =
		is_uid ? accounts_by_id(users, owner->uid) : accounts_by_name(users, owner->name);
	struct subid_owner ignored;

	if (user) {
		owner->account = OWNER_HAS_ACCOUNT;
		owner->uid = user->id;
	} else if (nss_record_parse_name(SUBID_UID, owner->name, &ignored, &owner->uid) == 0) {
		owner->account = OWNER_IS_SUBORDINATE;
	}
	owner->nested |= nss_record_name_is_ours(SUBID_UID, owner->name);
}

static void append(struct database *database, enum subid_kind kind, struct owners *owners, size_t i)
{
	struct entry *entry = &database->entries[i];
	struct owner *owner = &owners->items[entry->owner];

	entry->laid = owner->total[kind];
	owner->total[kind] += entry->range.count;
	if (owner->last[kind] == OWNERS_NO_ENTRY)
		owner->first[kind] = i;
	else
		database->entries[owner->last[kind]].next = i;
	owner->last[kind] = i;
}

void database_join(struct database databases[2], struct owners *owners,
		   const struct accounts *users)
{
	sort(&databases[SUBID_UID]);
	sort(&databases[SUBID_GID]);
	for (size_t i = 0; i < owners->n; i++)
		find_account(&owners->items[i], users);

	for (size_t kind = 0; kind < 2; kind++) {
		struct database *database = &databases[kind];

		for (size_t i = 0; i < database->n; i++)
			append(database, (enum subid_kind)kind, owners, i);
	}
}

void database_free(struct database *database)
{
	free(database->entries);
	free(database->refusals);
	free(database->sorted);
	free(database->covered);
	*database = (struct database){ .n = 0 };
}
