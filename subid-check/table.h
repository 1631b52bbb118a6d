/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>

#include "style.h"
#include "survey.h"

/* How to print the table. */
struct table_look {
	const char *columns; /* names, with commas between them; NULL: the usual ones */
	bool noheadings;
	bool raw; /* one blank between columns, blanks inside a column are \x20, and all rows */
};

/*
 * table_print: the owners, their ranges, and how many IDs are in use. A row is a range of UIDs and
 * a range of GIDs of one owner, which need not belong together.
 */
__attribute__((nonnull)) void table_print(const struct survey *survey, const struct style *style,
					  const struct table_look *look);

/* table_list_columns: the names of the columns, and what they show. */
void table_list_columns(void);

/* table_check_columns: end the program with status 2 if a column is unknown. */
__attribute__((nonnull)) void table_check_columns(const char *columns);
