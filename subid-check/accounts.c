/* SPDX-License-Identifier: BSD-3-Clause */
#include "accounts.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "record.h"

static void add(struct accounts *accounts, const char *name, size_t len, uint32_t id)
{
	accounts->items = (struct account *)memory_room(accounts->items, accounts->n,
							&accounts->room, sizeof(*accounts->items));
	accounts->items[accounts->n] = (struct account){
		.id = id,
		.order = accounts->n,
		.name = memory_text(name, len),
	};
	accounts->n++;
}

void accounts_add(struct accounts *accounts, const char *name, uint32_t id)
{
	add(accounts, name, strlen(name), id);
}

static int compare_ids(const void *a, const void *b)
{
	const struct account *left = (const struct account *)a;
	const struct account *right = (const struct account *)b;

	if (left->id != right->id)
		return left->id < right->id ? -1 : 1;
	return (left->order > right->order) - (left->order < right->order);
}

static int compare_names(const void *a, const void *b)
{
	const struct account *const *left = (const struct account *const *)a;
	const struct account *const *right = (const struct account *const *)b;

	int order = strcmp((*left)->name, (*right)->name);

	if (order != 0)
		return order;
	return ((*left)->order > (*right)->order) - ((*left)->order < (*right)->order);
}

void accounts_sort(struct accounts *accounts)
{
	free(accounts->by_name);
	accounts->by_name = NULL;
	if (accounts->n == 0)
		return;
	qsort(accounts->items, accounts->n, sizeof(*accounts->items), compare_ids);
	accounts->by_name = (struct account **)memory_check(
		reallocarray(NULL, accounts->n, sizeof(struct account *)));
	for (size_t i = 0; i < accounts->n; i++)
		accounts->by_name[i] = &accounts->items[i];
	qsort(accounts->by_name, accounts->n, sizeof(struct account *), compare_names);
}

void accounts_free(struct accounts *accounts)
{
	for (size_t i = 0; i < accounts->n; i++)
		free(accounts->items[i].name);
	free(accounts->items);
	free(accounts->by_name);
	*accounts = (struct accounts){ .n = 0 };
}

/*
 * Parses a decimal number that ends at a colon or at @end.
 * Returns a pointer to that colon or to @end, or NULL if there is no number.
 */
static const char *parse_id(const char *at, const char *end, uint32_t *ret_id)
{
	const char *colon = (const char *)memchr(at, ':', (size_t)(end - at));
	const char *stop = colon ? colon : end;
	uint64_t id = 0;

	if (at == stop)
		return NULL;
	for (const char *digit = at; digit < stop; digit++) {
		if (*digit < '0' || *digit > '9')
			return NULL;
		id = id * 10 + (uint64_t)(*digit - '0');
		if (id > UINT32_MAX)
			return NULL;
	}
	*ret_id = (uint32_t)id;
	return stop;
}

/* "NAME:PASSWORD:ID", and in passwd(5) a primary group's ID behind it. */
static void parse_account(const char *line, size_t len, enum subid_kind kind,
			  struct accounts *accounts)
{
	const char *end = line + len, *name_end, *password_end, *id_end;
	uint32_t id, gid;

	name_end = (const char *)memchr(line, ':', len);
	if (!name_end || name_end == line || memchr(line, '\0', (size_t)(name_end - line)))
		return;
	password_end = (const char *)memchr(name_end + 1, ':', (size_t)(end - (name_end + 1)));
	if (!password_end)
		return;
	id_end = parse_id(password_end + 1, end, &id);
	if (!id_end)
		return;
	if (kind == SUBID_UID && (id_end == end || !parse_id(id_end + 1, end, &gid)))
		return;
	add(accounts, line, (size_t)(name_end - line), id);
}

int accounts_parse(const char *text, size_t len, enum subid_kind kind, struct accounts *accounts)
{
	struct root_lines lines;
	const char *line;
	size_t line_len;

	root_lines_begin(&lines, text, len);
	while ((line = root_lines_next(&lines, &line_len))) {
		if (lines.number > ROOT_LINES_MAX)
			return -EFBIG;
		/* A leading + or - belongs to NIS; # begins a comment. */
		if (line_len > 0 && !memchr("+-#", line[0], 3))
			parse_account(line, line_len, kind, accounts);
	}
	return 0;
}

int accounts_read_files(const struct root *root, enum subid_kind kind, struct accounts *ret)
{
	struct root_file file;
	int r;

	*ret = (struct accounts){ .n = 0 };
	r = root_read(root, kind == SUBID_UID ? "/etc/passwd" : "/etc/group", ROOT_FILE_MAX_BYTES,
		      &file);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	r = accounts_parse(file.text, file.len, kind, ret);
	root_file_free(&file);
	accounts_sort(ret);
	return r;
}

/* getpwent(3) may set errno even at the end. Only these errors mean that accounts are missing. */
static int enumeration_fault(int fault)
{
	return fault == ENOMEM || fault == EMFILE || fault == ENFILE || fault == EIO ||
			       fault == ERANGE
		       ? -fault
		       : 0;
}

int accounts_read_services(enum subid_kind kind, struct accounts *ret)
{
	struct passwd *pwd;
	struct group *grp;
	int fault;

	*ret = (struct accounts){ .n = 0 };
	if (kind == SUBID_UID) {
		setpwent();
		while ((errno = 0, pwd = getpwent()))
			accounts_add(ret, pwd->pw_name, pwd->pw_uid);
		fault = errno;
		endpwent();
	} else {
		setgrent();
		while ((errno = 0, grp = getgrent()))
			accounts_add(ret, grp->gr_name, grp->gr_gid);
		fault = errno;
		endgrent();
	}
	accounts_sort(ret);
	return enumeration_fault(fault);
}

void accounts_add_user(struct accounts *accounts, const char *name, uint32_t uid)
{
	const struct passwd *pwd = name ? getpwnam(name) : getpwuid(uid);

	if (pwd && !nss_record_name_is_ours(SUBID_UID, pwd->pw_name))
		accounts_add(accounts, pwd->pw_name, pwd->pw_uid);
}

/* Returns the index of the first account whose ID is at least @id. */
static size_t lower_bound(const struct accounts *accounts, uint32_t id)
{
	size_t low = 0, high = accounts->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (accounts->items[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct account *accounts_by_id(const struct accounts *accounts, uint32_t id)
{
	size_t at = lower_bound(accounts, id);

	return at < accounts->n && accounts->items[at].id == id ? &accounts->items[at] : NULL;
}

const struct account *accounts_by_name(const struct accounts *accounts, const char *name)
{
	size_t low = 0, high = accounts->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(accounts->by_name[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < accounts->n && strcmp(accounts->by_name[low]->name, name) == 0
		       ? accounts->by_name[low]
		       : NULL;
}

size_t accounts_within(const struct accounts *accounts, const struct subid_range *range,
		       const struct account **ret_first)
{
	uint32_t last = range->start + (range->count - 1);
	size_t first = lower_bound(accounts, range->start);
	size_t end = last == UINT32_MAX ? accounts->n : lower_bound(accounts, last + 1);

	if (first < end)
		*ret_first = &accounts->items[first];
	return end - first;
}
