/* SPDX-License-Identifier: BSD-3-Clause */
#include "pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "memory.h"

/* --- login.defs ------------------------------------------------------------------- */

/* The settings of shadow 4.20 for subordinate IDs. make_pool() has their defaults. */
enum setting {
	SETTING_MIN,
	SETTING_MAX,
	SETTING_COUNT,
	SETTING_DETERMINISTIC,
	SETTING_WRAP,
	SETTINGS,
};

static const char *const names[2][SETTINGS] = {
	[SUBID_UID] = { "SUB_UID_MIN", "SUB_UID_MAX", "SUB_UID_COUNT", "SUB_UID_DETERMINISTIC",
			"UNSAFE_SUB_UID_DETERMINISTIC_WRAP" },
	[SUBID_GID] = { "SUB_GID_MIN", "SUB_GID_MAX", "SUB_GID_COUNT", "SUB_GID_DETERMINISTIC",
			"UNSAFE_SUB_GID_DETERMINISTIC_WRAP" },
};

struct settings {
	char *values[2][SETTINGS];
	char *uid_min;
	uint32_t lines[2];
};

#define BLANKS " \t"

static void set(char **value, const char *text)
{
	free(*value);
	*value = memory_text(text, strlen(text));
}

static void read_setting(struct settings *settings, const char *name, const char *value,
			 uint32_t line)
{
	if (strcmp(name, "UID_MIN") == 0)
		set(&settings->uid_min, value);
	for (size_t kind = 0; kind < 2; kind++) {
		for (size_t i = 0; i < SETTINGS; i++) {
			if (strcmp(name, names[kind][i]) != 0)
				continue;
			set(&settings->values[kind][i], value);
			if (settings->lines[kind] == 0)
				settings->lines[kind] = line;
		}
	}
}

/* A name, blanks, and a value up to the end of the line. @line: NUL-terminated, changed. */
static void parse_line(char *line, uint32_t number, struct settings *settings)
{
	size_t len = strlen(line), name_len;
	char *value;

	while (len > 0 && strchr(BLANKS "\n", line[len - 1]))
		line[--len] = '\0';
	line += strspn(line, BLANKS);
	name_len = strcspn(line, BLANKS);
	if (line[0] == '#' || line[name_len] == '\0')
		return;
	value = line + name_len + strspn(line + name_len, BLANKS);
	line[name_len] = '\0';
	read_setting(settings, line, value, number);
}

/* Reads a number in C notation, like shadow's getdef_ulong(). Returns @otherwise for other texts.
 */
static uint64_t number(const char *text, uint64_t otherwise)
{
	char *end;
	unsigned long value;

	if (!text || text[0] == '-')
		return otherwise;
	errno = 0;
	value = strtoul(text, &end, 0);
	return errno != 0 || end == text || *end != '\0' ? otherwise : value;
}

static bool is_yes(const char *text)
{
	return text && strcasecmp(text, "yes") == 0;
}

static void make_pool(const struct settings *settings, size_t kind, struct pool *ret)
{
	char *const *values = settings->values[kind];
	bool deterministic = is_yes(values[SETTING_DETERMINISTIC]);

	/* Without settings, shadow's two ways to allocate have different defaults. */
	*ret = (struct pool){
		.min = number(values[SETTING_MIN], deterministic ? 65536 : 100000),
		.max = number(values[SETTING_MAX], deterministic ? UINT32_MAX : 600100000),
		.count = number(values[SETTING_COUNT], 65536),
		.deterministic = deterministic,
		.wraps = deterministic && is_yes(values[SETTING_WRAP]),
		.uid_min = number(settings->uid_min, 1000),
		.line = settings->lines[kind],
	};
}

void pool_parse(const char *text, size_t len, struct pool ret[2])
{
	struct settings settings = { .uid_min = NULL };
	struct root_lines lines;
	const char *line;
	size_t line_len;

	root_lines_begin(&lines, text, len);
	while ((line = root_lines_next(&lines, &line_len))) {
		char *copy = memory_text(line, line_len);

		parse_line(copy, lines.number, &settings);
		free(copy);
	}
	for (size_t kind = 0; kind < 2; kind++) {
		make_pool(&settings, kind, &ret[kind]);
		for (size_t i = 0; i < SETTINGS; i++)
			free(settings.values[kind][i]);
	}
	free(settings.uid_min);
}

int pool_read(const struct root *root, struct pool ret[2])
{
	struct root_file file;
	int r = root_read(root, "/etc/login.defs", ROOT_CONFIG_MAX_BYTES, &file);

	if (r == -ENOENT) {
		pool_parse("", 0, ret);
		return 0;
	}
	if (r < 0)
		return r;
	pool_parse(file.text, file.len, ret);
	root_file_free(&file);
	return 0;
}

/* --- what it allocates ------------------------------------------------------------ */

bool pool_is_valid(const struct pool *pool)
{
	return pool->min <= pool->max && pool->max <= UINT32_MAX && pool->count > 0 &&
	       pool->count <= pool->max - pool->min + 1;
}

uint64_t pool_capacity(const struct pool *pool)
{
	return (pool->max - pool->min + 1) / pool->count;
}

bool pool_of_uid(const struct pool *pool, uint32_t uid, struct stretch *ret)
{
	uint64_t nth, first;

	if (!pool->deterministic || !pool_is_valid(pool) || uid < pool->uid_min)
		return false;
	nth = uid - pool->uid_min;
	if (nth >= pool_capacity(pool)) {
		if (!pool->wraps)
			return false;
		nth %= pool_capacity(pool);
	}
	first = pool->min + nth * pool->count;
	*ret = (struct stretch){ (uint32_t)first, (uint32_t)(first + pool->count - 1) };
	return true;
}

/* --- what is free ----------------------------------------------------------------- */

void avoid_add(struct avoid *avoid, struct stretch ids)
{
	avoid->items = (struct stretch *)memory_room(avoid->items, avoid->n, &avoid->room,
						     sizeof(*avoid->items));
	avoid->items[avoid->n++] = ids;
}

static int compare_stretches(const void *a, const void *b)
{
	const struct stretch *left = (const struct stretch *)a;
	const struct stretch *right = (const struct stretch *)b;

	return (left->first > right->first) - (left->first < right->first);
}

void avoid_sort(struct avoid *avoid)
{
	size_t n = 0;

	if (avoid->n == 0)
		return;
	qsort(avoid->items, avoid->n, sizeof(*avoid->items), compare_stretches);
	for (size_t i = 0; i < avoid->n; i++) {
		struct stretch ids = avoid->items[i];

		if (n > 0 && ids.first <= avoid->items[n - 1].last) {
			if (ids.last > avoid->items[n - 1].last)
				avoid->items[n - 1].last = ids.last;
			continue;
		}
		avoid->items[n++] = ids;
	}
	avoid->n = n;
}

void avoid_free(struct avoid *avoid)
{
	free(avoid->items);
	*avoid = (struct avoid){ .n = 0 };
}

void gap_begin(struct gap *gap, const struct pool *pool, const struct database *database,
	       const struct accounts *accounts, const struct avoid *avoid)
{
	*gap = (struct gap){
		.pool = pool,
		.database = database,
		.accounts = accounts,
		.avoid = avoid,
		.next = pool->min,
	};
}

/* Moves @at to the first stretch that ends at @first or later. Returns it, or NULL. */
static const struct stretch *advance(const struct stretch *items, size_t n, size_t *at,
				     uint32_t first)
{
	while (*at < n && items[*at].last < first)
		(*at)++;
	return *at < n ? &items[*at] : NULL;
}

/*
 * Is any of @ids in use?
 * @ret_next: set to the first ID after the stretch that is in use.
 */
static bool is_blocked(struct gap *gap, struct stretch ids, uint64_t *ret_next)
{
	const struct subid_range range = { ids.first, ids.last - ids.first + 1 };
	const struct database *database = gap->database;
	const struct account *account = NULL;
	const struct stretch *met =
		advance(database->covered, database->n_covered, &gap->covered, ids.first);

	if (!met || met->first > ids.last)
		met = advance(gap->avoid->items, gap->avoid->n, &gap->avoided, ids.first);
	if (met && met->first <= ids.last) {
		*ret_next = (uint64_t)met->last + 1;
		return true;
	}
	if (accounts_within(gap->accounts, &range, &account) > 0) {
		*ret_next = (uint64_t)account->id + 1;
		return true;
	}
	for (size_t i = 0; i < taken_n_special + taken_n_systemd; i++) {
		const struct taken *taken = i < taken_n_special
						    ? &taken_special[i]
						    : &taken_systemd[i - taken_n_special];

		if (taken->shared || taken->ids.first > ids.last || taken->ids.last < ids.first)
			continue;
		*ret_next = (uint64_t)taken->ids.last + 1;
		return true;
	}
	return false;
}

bool gap_take(struct gap *gap, uint32_t count, struct stretch *ret)
{
	uint64_t max = gap->pool->max < UINT32_MAX ? gap->pool->max : UINT32_MAX;

	for (;;) {
		struct stretch ids;

		if (gap->next > max || count > max - gap->next + 1)
			return false;
		ids = (struct stretch){ (uint32_t)gap->next, (uint32_t)(gap->next + count - 1) };
		if (is_blocked(gap, ids, &gap->next))
			continue;
		gap->next += count;
		*ret = ids;
		return true;
	}
}

/* The first stretch that ends at @id or later. */
static size_t lower_bound(const struct stretch *items, size_t n, uint32_t id)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (items[middle].last < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool gap_is_free(const struct gap *gap, struct stretch ids)
{
	struct gap fresh;
	uint64_t next;

	gap_begin(&fresh, gap->pool, gap->database, gap->accounts, gap->avoid);
	fresh.covered = lower_bound(gap->database->covered, gap->database->n_covered, ids.first);
	fresh.avoided = lower_bound(gap->avoid->items, gap->avoid->n, ids.first);
	return !is_blocked(&fresh, ids, &next);
}

uint64_t gap_count(struct gap *gap, uint32_t count, uint64_t most)
{
	struct stretch ids;
	uint64_t n = 0;

	while (n < most && gap_take(gap, count, &ids))
		n++;
	return n;
}

/* --- what is always taken --------------------------------------------------------- */

const struct taken taken_special[] = {
	{ .ids = { 0, 0 }, .whose = "root" },
	{ .ids = { 65534, 65534 }, .whose = "nobody" },
	{ .ids = { 65535, 65535 }, .whose = "-1 in 16 bits" },
	{ .ids = { UINT32_MAX, UINT32_MAX }, .whose = "-1 in 32 bits" },
};
const size_t taken_n_special = sizeof(taken_special) / sizeof(taken_special[0]);

const struct taken taken_systemd[] = {
	{ .ids = { 60001, 60513 }, .whose = "systemd-homed" },
	{ .ids = { 60578, 60705 }, .whose = "greeters" },
	{ .ids = { 61184, 65519 }, .whose = "DynamicUser=" },
	/* Shared: useradd(8) allocates up to 600100000 by default. systemd-nspawn asks NSS first.
	 */
	{ .ids = { 524288, 1879048191 }, .whose = "systemd-nspawn -U", .shared = true },
	{ .ids = { 2147352576, 2147418111 }, .whose = "foreign images" },
};
const size_t taken_n_systemd = sizeof(taken_systemd) / sizeof(taken_systemd[0]);
