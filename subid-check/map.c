/* SPDX-License-Identifier: BSD-3-Clause */
#include "print.h"

#include <inttypes.h>
#include <libsmartcols.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "printable.h"
#include "segments.h"

#define ROWS_MAX 48
#define BAR_COLUMNS 16
#define EIGHTHS 8

static const char *colour_of(enum segment_class what)
{
	static const char *const colours[] = {
		[SEGMENT_FREE] = "\x1b[2m",	  [SEGMENT_SYSTEMD] = "\x1b[33m",
		[SEGMENT_ACCOUNTS] = "\x1b[36m",  [SEGMENT_OWNED] = "\x1b[32m",
		[SEGMENT_NESTED] = "\x1b[34m",	  [SEGMENT_SPECIAL] = "\x1b[35m",
		[SEGMENT_OVERLAP] = "\x1b[1;31m",
	};

	return colours[what];
}

static char texture_of(enum segment_class what)
{
	static const char textures[] = {
		[SEGMENT_FREE] = '.',	 [SEGMENT_SYSTEMD] = '-', [SEGMENT_ACCOUNTS] = '=',
		[SEGMENT_OWNED] = '#',	 [SEGMENT_NESTED] = '%',  [SEGMENT_SPECIAL] = '*',
		[SEGMENT_OVERLAP] = '!',
	};

	return textures[what];
}

/* A full block is U+2588. One of 7 to 1 eighths is U+2589 to U+258F. */
static void add_block(char *bar, size_t *len, size_t eighths)
{
	const char block[3] = { '\xe2', '\x96', (char)(0x88 + (EIGHTHS - eighths)) };

	memcpy(bar + *len, block, sizeof(block));
	*len += sizeof(block);
}

/* One ID has a quarter of a column, and each doubling adds half a column. */
static char *bar(const struct segment *segment, const struct style *style)
{
	double columns = log2((double)segment_size(segment)) / 32 * BAR_COLUMNS;
	size_t eighths = (size_t)(columns * EIGHTHS + 2), len = 0;
	char *text = (char *)memory_check(malloc(BAR_COLUMNS * 4 + 8));

	if (!style->utf8) {
		for (; eighths >= EIGHTHS / 2; eighths -= eighths > EIGHTHS ? EIGHTHS : eighths)
			text[len++] = texture_of(segment->what);
		if (len == 0)
			text[len++] = texture_of(segment->what);
	} else {
		for (; eighths >= EIGHTHS; eighths -= EIGHTHS)
			add_block(text, &len, EIGHTHS);
		if (eighths > 0)
			add_block(text, &len, eighths);
	}
	text[len] = '\0';
	return text;
}

/* The label also says "OVERLAP" or "nested": without colours, the bar does not show it. */
static char *label_of(const struct segment *segment, enum subid_kind kind)
{
	char *label = segment_label(segment, kind), *shown = printable(label), *full;
	const char *remark = segment->what == SEGMENT_OVERLAP  ? "OVERLAP "
			     : segment->what == SEGMENT_NESTED ? "nested "
							       : "";

	full = memory_print("%s%s", remark, shown);
	free(label);
	free(shown);
	return full;
}

static void set(struct libscols_line *line, size_t column, char *data)
{
	if (scols_line_refer_data(line, column, data) != 0)
		memory_fail();
}

static void add_row(struct libscols_table *table, const struct segment *segment,
		    enum subid_kind kind, const struct style *style)
{
	struct libscols_line *line =
		(struct libscols_line *)memory_check(scols_table_new_line(table, NULL));

	set(line, 0, memory_print("%" PRIu32, segment->ids.first));
	set(line, 1, memory_print("%" PRIu32, segment->ids.last));
	set(line, 2, memory_print("%" PRIu64, segment_size(segment)));
	set(line, 3, bar(segment, style));
	set(line, 4, label_of(segment, kind));
	(void)scols_line_set_color(line, colour_of(segment->what));
}

static void print_kind(const struct survey *survey, enum subid_kind kind, const struct style *style)
{
	struct libscols_table *table = (struct libscols_table *)memory_check(scols_new_table());
	struct segments segments;

	if (!style->wide) {
		(void)scols_table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);
		(void)scols_table_set_termwidth(table, style->width);
	}
	(void)scols_table_enable_colors(table, style->colours);
	memory_check(scols_table_new_column(table, kind == SUBID_UID ? "FIRST UID" : "FIRST GID",
					    10, SCOLS_FL_RIGHT));
	memory_check(scols_table_new_column(table, "LAST", 10, SCOLS_FL_RIGHT));
	memory_check(scols_table_new_column(table, "IDS", 10, SCOLS_FL_RIGHT));
	memory_check(
		scols_table_new_column(table, "LOG2 OF IDS", BAR_COLUMNS, SCOLS_FL_STRICTWIDTH));
	memory_check(scols_table_new_column(table, "WHOSE", 0, style->wide ? 0 : SCOLS_FL_TRUNC));

	segments_of(survey, kind, style->all ? SIZE_MAX : ROWS_MAX, &segments);
	for (size_t i = 0; i < segments.n; i++)
		add_row(table, &segments.items[i], kind, style);
	(void)scols_print_table(table);
	segments_free(&segments);
	scols_unref_table(table);
}

void map_print(const struct survey *survey, const struct style *style)
{
	print_kind(survey, SUBID_UID, style);
	(void)putchar('\n');
	print_kind(survey, SUBID_GID, style);
}
