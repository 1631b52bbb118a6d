/* SPDX-License-Identifier: BSD-3-Clause */
#include "table.h"

#include <inttypes.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>

#include "memory.h"
#include "printable.h"

/* A terminal scrolls no further, and laying columns out costs more than all
 * that was found out. */
#define OWNERS_SHOWN 1000

enum column {
	COLUMN_OWNER,
	COLUMN_UID,
	COLUMN_UIDS,
	COLUMN_GIDS,
	COLUMN_IDS,
	COLUMN_USED,
	COLUMN_LINES, /* --wide */
};

static void set(struct libscols_line *line, enum column column, char *data)
{
	if (scols_line_refer_data(line, (size_t)column, data) != 0)
		memory_fail();
}

/* One number where the two databases agree. */
static char *both(uint64_t uids, uint64_t gids)
{
	if (uids == gids)
		return memory_print("%" PRIu64, uids);
	return memory_print("%" PRIu64 "/%" PRIu64, uids, gids);
}

static char *stretch(const struct entry *entry)
{
	if (!entry)
		return memory_print("-");
	return memory_print("%" PRIu32 "-%" PRIu32, entry->range.start, entry_last(entry));
}

static char *line_number(const struct entry *entry)
{
	return entry ? memory_print("%" PRIu32, entry->line) : memory_print("-");
}

static char *lines(const struct entry *uids, const struct entry *gids)
{
	char *of_uids = line_number(uids), *of_gids = line_number(gids);
	char *both_lines = memory_print("%s/%s", of_uids, of_gids);

	free(of_uids);
	free(of_gids);
	return both_lines;
}

static const struct entry *entry_of(const struct survey *survey, enum subid_kind kind, size_t index)
{
	return index == OWNER_NO_ENTRY ? NULL : &survey->databases[kind].entries[index];
}

static void add_row(struct libscols_table *table, const struct survey *survey,
		    const struct style *style, const struct owner *owner, const struct entry *uids,
		    const struct entry *gids)
{
	struct libscols_line *line =
		(struct libscols_line *)memory_check(scols_table_new_line(table, NULL));

	set(line, COLUMN_OWNER, printable(owner->name));
	set(line, COLUMN_UID,
	    owner->account == OWNER_HAS_NO_ACCOUNT ? memory_print("-")
						   : memory_print("%" PRIu32, owner->uid));
	set(line, COLUMN_UIDS, stretch(uids));
	set(line, COLUMN_GIDS, stretch(gids));
	set(line, COLUMN_IDS, both(uids ? uids->range.count : 0, gids ? gids->range.count : 0));
	set(line, COLUMN_USED,
	    survey->live ? both(uids ? uids->used : 0, gids ? gids->used : 0) : memory_print("-"));
	if (style->wide)
		set(line, COLUMN_LINES, lines(uids, gids));
}

static void add_owner(struct libscols_table *table, const struct survey *survey,
		      const struct style *style, const struct owner *owner)
{
	size_t uids = owner->first[SUBID_UID], gids = owner->first[SUBID_GID];

	while (uids != OWNER_NO_ENTRY || gids != OWNER_NO_ENTRY) {
		const struct entry *of_uids = entry_of(survey, SUBID_UID, uids);
		const struct entry *of_gids = entry_of(survey, SUBID_GID, gids);

		add_row(table, survey, style, owner, of_uids, of_gids);
		uids = of_uids ? of_uids->next : OWNER_NO_ENTRY;
		gids = of_gids ? of_gids->next : OWNER_NO_ENTRY;
	}
}

/* Returns how many owners there are but not in the table. */
static size_t add_owners(struct libscols_table *table, const struct survey *survey,
			 const struct style *style)
{
	size_t shown = 0, n = 0;

	for (size_t i = 0; i < survey->owners.n; i++) {
		const struct owner *owner = &survey->owners.items[i];

		n++;
		if (shown == OWNERS_SHOWN && !style->all)
			continue;
		add_owner(table, survey, style, owner);
		shown++;
	}
	return n - shown;
}

static void add_column(struct libscols_table *table, const char *name, int flags)
{
	struct libscols_column *column = (struct libscols_column *)memory_check(
		scols_table_new_column(table, name, 0, flags));

	(void)scols_cell_set_color(scols_column_get_header(column), "\x1b[1m");
}

void table_print(const struct survey *survey, const struct style *style)
{
	struct libscols_table *table = (struct libscols_table *)memory_check(scols_new_table());
	size_t more;

	if (!style->wide) {
		(void)scols_table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);
		(void)scols_table_set_termwidth(table, style->width);
	}
	(void)scols_table_enable_colors(table, style->colours);
	add_column(table, "OWNER", style->wide ? 0 : SCOLS_FL_TRUNC);
	add_column(table, "UID", SCOLS_FL_RIGHT);
	add_column(table, "SUBORDINATE UIDS", SCOLS_FL_RIGHT);
	add_column(table, "SUBORDINATE GIDS", SCOLS_FL_RIGHT);
	add_column(table, "IDS", SCOLS_FL_RIGHT);
	add_column(table, "USED", SCOLS_FL_RIGHT);
	if (style->wide)
		add_column(table, "LINES", SCOLS_FL_RIGHT);
	more = add_owners(table, survey, style);
	if (scols_table_is_empty(table))
		printf("Nobody has subordinate IDs.\n");
	else
		(void)scols_print_table(table);
	if (more > 0)
		printf("and %zu more owners; --all shows them\n", more);
	scols_unref_table(table);
}
