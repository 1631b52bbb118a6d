/* SPDX-License-Identifier: BSD-3-Clause */
#include "database.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"
#include "memory.h"
#include "record.h"
#include "owner.h"
#include "root.h"

/* --- lines ------------------------------------------------------------------------ */

/* Is the field not canonical decimal? Programs do not agree on how to read other numbers. */
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
	database->entries = (struct entry *)memory_room(
		database->entries, database->n, &database->room, sizeof(*database->entries));
	database->entries[database->n++] = (struct entry){
		.range = line->range,
		.line = database->lines,
		.dialect = is_dialect(start, text + len) ||
			   (count && is_dialect(count + 1, text + len)),
		.owner = owner,
		.next = OWNER_NO_ENTRY,
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

static void parse_line(const char *text, size_t len, struct owners *owners,
		       struct database *database)
{
	struct subid_line line;
	enum subid_line_fault fault = subid_line_parse(text, len, &line);

	if (fault != SUBID_LINE_FAULTLESS)
		add_refusal(database, fault, text, len);
	else
		add_entry(database, &line, owners_find(owners, line.owner, line.owner_len), text,
			  len);
}

int database_parse(const char *text, size_t len, struct owners *owners, struct database *database)
{
	struct root_lines lines;
	const char *line;
	size_t line_len;

	root_lines_begin(&lines, text, len);
	while ((line = root_lines_next(&lines, &line_len))) {
		if (lines.number > ROOT_LINES_MAX)
			return -EFBIG;
		database->lines = lines.number;
		database->unterminated = !lines.terminated;
		parse_line(line, line_len, owners, database);
	}
	return 0;
}

int database_read(const struct root *root, const char *path, struct owners *owners,
		  struct database *ret)
{
	struct root_file file;
	int r;

	*ret = (struct database){ .path = path };
	r = root_read(root, path, ROOT_FILE_MAX_BYTES, &file);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	ret->exists = true;
	ret->stat = file.stat;
	r = database_parse(file.text, file.len, owners, ret);
	root_file_free(&file);
	return r;
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

/* --- accounts --------------------------------------------------------------------- */

static void find_account(struct owner *owner, const struct accounts *users)
{
	const struct account *user;
	struct subid_owner ignored;

	owner->numeric = subid_owner_uid(owner->name, strlen(owner->name), &owner->uid) == 0;
	user = owner->numeric ? accounts_by_id(users, owner->uid)
			      : accounts_by_name(users, owner->name);
	if (user) {
		owner->account = OWNER_HAS_ACCOUNT;
		owner->uid = user->id;
		owner->login = user->name;
	} else if (nss_record_parse_name(SUBID_UID, owner->name, &ignored, &owner->uid) == 0) {
		owner->account = OWNER_IS_SUBORDINATE;
	}
	owner->nested |= nss_record_name_is_ours(SUBID_UID, owner->name);
}

/* If an owner is a number and another owner is the name of its account, both are one person. */
static void find_person(struct owners *owners, size_t i)
{
	struct owner *owner = &owners->items[i];
	size_t named;

	if (!owner->numeric || !owner->login)
		return;
	named = owners_by_name(owners, owner->login);
	if (named == OWNER_NONE || named == i)
		return;
	owner->person = named;
	owner->two_spellings = true;
	owners->items[named].two_spellings = true;
}

static void append(struct database *database, enum subid_kind kind, struct owners *owners, size_t i)
{
	struct entry *entry = &database->entries[i];
	struct owner *owner = &owners->items[entry->owner];

	entry->laid = owner->total[kind];
	owner->total[kind] += entry->range.count;
	if (owner->last[kind] == OWNER_NO_ENTRY)
		owner->first[kind] = i;
	else
		database->entries[owner->last[kind]].next = i;
	owner->last[kind] = i;
}

void database_join(struct database databases[2], struct owners *owners,
		   const struct accounts *users)
{
	for (size_t kind = 0; kind < 2; kind++) {
		sort(&databases[kind]);
		for (size_t i = 0; i < databases[kind].n; i++)
			append(&databases[kind], (enum subid_kind)kind, owners, i);
	}
	for (size_t i = 0; i < owners->n; i++)
		find_account(&owners->items[i], users);
	for (size_t i = 0; i < owners->n; i++)
		find_person(owners, i);
}

void database_free(struct database *database)
{
	free(database->entries);
	free(database->refusals);
	free(database->sorted);
	free(database->covered);
	*database = (struct database){ .n = 0 };
}
