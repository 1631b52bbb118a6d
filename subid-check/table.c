/* SPDX-License-Identifier: BSD-3-Clause */
#include "table.h"

#include <err.h>
#include <inttypes.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "memory.h"
#include "printable.h"

/* Nobody scrolls further, and laying out more rows takes longer than reading the host. */
#define OWNERS_SHOWN 1000
#define COLUMNS_MAX 64

/* A row: an owner, and a range of each kind, or NULL. */
struct row {
	const struct survey *survey;
	const struct owner *owner;
	const struct entry *entries[2];
};

/* --- columns ---------------------------------------------------------------------- */

static char *none(void)
{
	return memory_print("-");
}

static char *show_number(const struct entry *entry, uint64_t number)
{
	return entry ? memory_print("%" PRIu64, number) : none();
}

static char *show_owner(const struct row *row, enum subid_kind kind)
{
	(void)kind;
	return printable(row->owner->name);
}

static char *show_login(const struct row *row, enum subid_kind kind)
{
	(void)kind;
	return row->owner->login ? printable(row->owner->login) : none();
}

static char *show_uid(const struct row *row, enum subid_kind kind)
{
	(void)kind;
	return row->owner->account == OWNER_HAS_NO_ACCOUNT
		       ? none()
		       : memory_print("%" PRIu32, row->owner->uid);
}

static char *show_range(const struct row *row, enum subid_kind kind)
{
	const struct entry *entry = row->entries[kind];

	return entry ? memory_print("%" PRIu32 "-%" PRIu32, entry->range.start, entry_last(entry))
		     : none();
}

static char *show_first(const struct row *row, enum subid_kind kind)
{
	const struct entry *entry = row->entries[kind];

	return show_number(entry, entry ? entry->range.start : 0);
}

static char *show_last(const struct row *row, enum subid_kind kind)
{
	const struct entry *entry = row->entries[kind];

	return show_number(entry, entry ? entry_last(entry) : 0);
}

static char *show_count(const struct row *row, enum subid_kind kind)
{
	const struct entry *entry = row->entries[kind];

	return show_number(entry, entry ? entry->range.count : 0);
}

static char *show_used(const struct row *row, enum subid_kind kind)
{
	const struct entry *entry = row->survey->live ? row->entries[kind] : NULL;

	return show_number(entry, entry ? entry->used : 0);
}

static char *show_line(const struct row *row, enum subid_kind kind)
{
	const struct entry *entry = row->entries[kind];

	return show_number(entry, entry ? entry->line : 0);
}

static char *show_position(const struct row *row, enum subid_kind kind)
{
	const struct entry *entry = row->entries[kind];

	return show_number(entry, entry ? entry->laid : 0);
}

static const struct column {
	const char *name, *help;
	char *(*show)(const struct row *row, enum subid_kind kind);
	enum subid_kind kind;
} columns[] = {
	{ "OWNER", "to whom the range is delegated, as the line writes it", show_owner, SUBID_UID },
	{ "UID", "UID of the owner's account", show_uid, SUBID_UID },
	{ "SUBUIDS", "first and last subordinate UID", show_range, SUBID_UID },
	{ "UUSED", "number of these UIDs that processes run as", show_used, SUBID_UID },
	{ "SUBGIDS", "first and last subordinate GID", show_range, SUBID_GID },
	{ "GUSED", "number of these GIDs that processes run as", show_used, SUBID_GID },
	/* Those above are the usual ones: even with ten digits they fit into 80 columns. */
	{ "LOGIN", "name of the owner's account", show_login, SUBID_UID },
	{ "UIDS", "number of subordinate UIDs", show_count, SUBID_UID },
	{ "UID-FIRST", "first subordinate UID", show_first, SUBID_UID },
	{ "UID-LAST", "last subordinate UID", show_last, SUBID_UID },
	{ "UID-LINE", "line of /etc/subuid", show_line, SUBID_UID },
	{ "UID-POSITION", "position of the first UID among the owner's", show_position, SUBID_UID },
	{ "GIDS", "number of subordinate GIDs", show_count, SUBID_GID },
	{ "GID-FIRST", "first subordinate GID", show_first, SUBID_GID },
	{ "GID-LAST", "last subordinate GID", show_last, SUBID_GID },
	{ "GID-LINE", "line of /etc/subgid", show_line, SUBID_GID },
	{ "GID-POSITION", "position of the first GID among the owner's", show_position, SUBID_GID },
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))
#define COLUMNS_USUAL 6

void table_list_columns(void)
{
	for (size_t i = 0; i < COLUMNS; i++)
		printf("%-12s  %s\n", columns[i].name, columns[i].help);
}

/* Returns NULL if there is no such column. */
static const struct column *find_column(const char *name, size_t len)
{
	for (size_t i = 0; i < COLUMNS; i++)
		if (strlen(columns[i].name) == len && strncasecmp(columns[i].name, name, len) == 0)
			return &columns[i];
	return NULL;
}

/* Names with commas between them; a leading + adds them to the usual ones. Returns how many. */
static size_t choose_columns(const char *names, const struct column *ret[COLUMNS_MAX])
{
	size_t n = 0;

	if (!names || names[0] == '+') {
		for (; n < COLUMNS_USUAL; n++)
			ret[n] = &columns[n];
		names = names ? names + 1 : "";
	}
	while (*names != '\0') {
		size_t len = strcspn(names, ",");
		const struct column *column = find_column(names, len);

		if (!column)
			errx(CHECK_STATUS_BLIND, "unknown column: %.*s", (int)len, names);
		if (n == COLUMNS_MAX)
			errx(CHECK_STATUS_BLIND, "too many columns, the maximum is %d",
			     COLUMNS_MAX);
		ret[n++] = column;
		names += len;
		names += *names == ',';
	}
	if (n == 0)
		errx(CHECK_STATUS_BLIND, "no columns");
	return n;
}

void table_check_columns(const char *names)
{
	const struct column *ignored[COLUMNS_MAX];

	(void)choose_columns(names, ignored);
}

/* --- rows ------------------------------------------------------------------------- */

struct layout {
	struct libscols_table *table;
	const struct column *columns[COLUMNS_MAX];
	size_t n;
};

static void add_row(const struct layout *layout, const struct row *row)
{
	struct libscols_line *line =
		(struct libscols_line *)memory_check(scols_table_new_line(layout->table, NULL));

	for (size_t i = 0; i < layout->n; i++)
		if (scols_line_refer_data(line, i,
					  layout->columns[i]->show(row, layout->columns[i]->kind)))
			memory_fail();
}

static const struct entry *entry_of(const struct survey *survey, enum subid_kind kind, size_t index)
{
	return index == OWNER_NO_ENTRY ? NULL : &survey->databases[kind].entries[index];
}

static void add_owner(const struct layout *layout, const struct survey *survey,
		      const struct owner *owner)
{
	size_t uids = owner->first[SUBID_UID], gids = owner->first[SUBID_GID];

	while (uids != OWNER_NO_ENTRY || gids != OWNER_NO_ENTRY) {
		const struct row row = {
			.survey = survey,
			.owner = owner,
			.entries = { entry_of(survey, SUBID_UID, uids),
				     entry_of(survey, SUBID_GID, gids) },
		};

		add_row(layout, &row);
		uids = row.entries[SUBID_UID] ? row.entries[SUBID_UID]->next : OWNER_NO_ENTRY;
		gids = row.entries[SUBID_GID] ? row.entries[SUBID_GID]->next : OWNER_NO_ENTRY;
	}
}

static void add_columns(const struct layout *layout, bool wide)
{
	for (size_t i = 0; i < layout->n; i++) {
		const struct column *column = layout->columns[i];
		bool is_text = column->show == show_owner || column->show == show_login;
		int flags = !is_text ? SCOLS_FL_RIGHT : wide ? 0 : SCOLS_FL_TRUNC;
		struct libscols_column *added = (struct libscols_column *)memory_check(
			scols_table_new_column(layout->table, column->name, 0, flags));

		(void)scols_cell_set_color(scols_column_get_header(added), "\x1b[1m");
	}
}

static struct libscols_table *new_table(const struct style *style, const struct table_look *look)
{
	struct libscols_table *table = (struct libscols_table *)memory_check(scols_new_table());

	if (!style->wide && !look->raw) {
		(void)scols_table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);
		(void)scols_table_set_termwidth(table, style->width);
	}
	(void)scols_table_enable_colors(table, style->colours);
	(void)scols_table_enable_noheadings(table, look->noheadings);
	(void)scols_table_enable_raw(table, look->raw);
	return table;
}

void table_print(const struct survey *survey, const struct style *style,
		 const struct table_look *look)
{
	const size_t n = survey->owners.n;
	const bool whole = style->all || look->raw || n <= OWNERS_SHOWN;
	const size_t shown = whole ? n : OWNERS_SHOWN;
	struct layout layout = { .table = new_table(style, look) };

	layout.n = choose_columns(look->columns, layout.columns);
	add_columns(&layout, style->wide || look->raw);
	for (size_t i = 0; i < shown; i++)
		add_owner(&layout, survey, &survey->owners.items[i]);
	if (!scols_table_is_empty(layout.table))
		(void)scols_print_table(layout.table);
	else if (!look->raw && !look->noheadings)
		printf("There are no subordinate IDs.\n");
	if (shown < n)
		printf("and %zu more owners; --all shows them\n", n - shown);
	scols_unref_table(layout.table);
}
