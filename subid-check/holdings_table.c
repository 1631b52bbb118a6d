/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>

#include "memory.h"
#include "print.h"
#include "printable.h"

/* How many rows are printed at most: more do not help a person at a terminal. */
#define ROWS_SHOWN 1000

enum column {
	COLUMN_OWNER,
	COLUMN_KIND,
	COLUMN_FIRST,
	COLUMN_LAST,
	COLUMN_FILES,
	COLUMN_SIZE,
};

static void set(struct libscols_line *line, enum column column, char *data)
{
	if (scols_line_refer_data(line, (size_t)column, data) != 0)
		memory_fail();
}

/* @owner: handed over. */
static void add_row(struct libscols_table *table, char *owner, enum subid_kind kind,
		    struct stretch ids, uint64_t files, uint64_t bytes)
{
	struct libscols_line *line =
		(struct libscols_line *)memory_check(scols_table_new_line(table, NULL));

	set(line, COLUMN_OWNER, owner);
	set(line, COLUMN_KIND, memory_print("%s", kind == SUBID_UID ? "UID" : "GID"));
	set(line, COLUMN_FIRST, memory_print("%" PRIu32, ids.first));
	set(line, COLUMN_LAST, memory_print("%" PRIu32, ids.last));
	set(line, COLUMN_FILES, memory_print("%" PRIu64, files));
	set(line, COLUMN_SIZE, holdings_size(bytes));
}

/* Returns how many rows are left out. */
static size_t add_rows(struct libscols_table *table, const struct holdings *holdings, bool all)
{
	size_t n = 0, shown = 0;

	for (size_t kind = 0; kind < 2; kind++) {
		for (size_t i = 0; i < holdings->n_uses[kind]; i++) {
			const struct holdings_use *use = &holdings->uses[kind][i];

			if (n++ >= ROWS_SHOWN && !all)
				continue;
			shown++;
			add_row(table, printable(use->owner->name), (enum subid_kind)kind, use->ids,
				use->files, use->bytes);
		}
	}
	return n - shown;
}

/* IDs of nobody, in one row for each kind. */
static void add_strays(struct libscols_table *table, const struct holdings *holdings,
		       enum subid_kind kind)
{
	const struct holdings_stray *strays = holdings->strays[kind];
	struct holdings_use all = { .files = 0 };

	for (size_t i = 0; i < holdings->n_strays[kind]; i++) {
		if (strays[i].files == 0)
			continue;
		if (all.files == 0)
			all.ids.first = strays[i].ids.first;
		all.ids.last = strays[i].ids.last;
		all.files += strays[i].files;
		all.bytes += strays[i].bytes;
	}
	if (all.files > 0)
		add_row(table, memory_print("(nobody)"), kind, all.ids, all.files, all.bytes);
}

static void add_column(struct libscols_table *table, const char *name, int flags)
{
	struct libscols_column *column = (struct libscols_column *)memory_check(
		scols_table_new_column(table, name, 0, flags));

	(void)scols_cell_set_color(scols_column_get_header(column), "\x1b[1m");
}

static void print_directories(const struct holdings *holdings)
{
	printf("\n%" PRIu64 " files below", holdings->n);
	for (size_t i = 0; i < holdings->n_directories; i++) {
		char *shown = printable(holdings->directories[i]);

		printf(" %s", shown);
		free(shown);
	}
	if (holdings->mounts > 0)
		printf(", without %" PRIu64 " mount point%s in there", holdings->mounts,
		       holdings->mounts == 1 ? "" : "s");
	printf("\n");
}

void holdings_print(const struct survey *survey, const struct style *style)
{
	const struct holdings *holdings = &survey->holdings;
	struct libscols_table *table;
	size_t more;

	if (holdings->n_directories == 0)
		return;
	print_directories(holdings);
	table = (struct libscols_table *)memory_check(scols_new_table());
	if (!style->wide) {
		(void)scols_table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);
		(void)scols_table_set_termwidth(table, style->width);
	}
	(void)scols_table_enable_colors(table, style->colours);
	add_column(table, "OWNER", style->wide ? 0 : SCOLS_FL_TRUNC);
	add_column(table, "KIND", 0);
	add_column(table, "FIRST", SCOLS_FL_RIGHT);
	add_column(table, "LAST", SCOLS_FL_RIGHT);
	add_column(table, "FILES", SCOLS_FL_RIGHT);
	add_column(table, "SIZE", SCOLS_FL_RIGHT);
	more = add_rows(table, holdings, style->all);
	add_strays(table, holdings, SUBID_UID);
	add_strays(table, holdings, SUBID_GID);
	if (scols_table_is_empty(table))
		printf("No file belongs to a subordinate ID.\n");
	else
		(void)scols_print_table(table);
	if (more > 0)
		printf("and %zu more rows; --all shows them\n", more);
	scols_unref_table(table);
}
