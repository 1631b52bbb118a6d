/* SPDX-License-Identifier: BSD-3-Clause */
#include "print.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "printable.h"
#include "segments.h"

#define BLOCKS_MAX 48

/* Sizes in pixels. */
#define MARGIN 28
#define TITLE 78
#define AXIS 84
#define BLOCK 300
#define STRIPE 14
#define GUTTER 46
#define COLUMN (AXIS + BLOCK + STRIPE)
#define WIDTH (2 * MARGIN + 2 * COLUMN + GUTTER)
#define LEGEND 64
#define LEAST 17 /* a line of text */
#define PER_BIT 1.15
#define LABEL_CHARACTERS 44

static const struct {
	const char *fill, *text, *words;
} looks[] = {
	[SEGMENT_FREE] = { "#f4f5f7", "#8a919c", "free" },
	[SEGMENT_SYSTEMD] = { "#fff0c2", "#7a5b00", "systemd" },
	[SEGMENT_ACCOUNTS] = { "#d6e9f8", "#164a70", "accounts" },
	[SEGMENT_OWNED] = { "#bfe3c6", "#14522a", "delegated" },
	[SEGMENT_NESTED] = { "#dcd3f2", "#41307a", "nested" },
	[SEGMENT_SPECIAL] = { "#d5d8de", "#3c434e", "reserved" },
	[SEGMENT_OVERLAP] = { "#f8b4ac", "#7d1409", "overlap" },
};

static double height_of(const struct segment *segment)
{
	return LEAST + PER_BIT * log2((double)segment_size(segment));
}

static double height_of_all(const struct segments *segments)
{
	double height = 0;

	for (size_t i = 0; i < segments->n; i++)
		height += height_of(&segments->items[i]);
	return height;
}

/* Writes a number with a comma between groups of three digits: "65,536". */
static char *grouped(uint64_t number)
{
	char *digits = memory_print("%" PRIu64, number), *text;
	size_t len = strlen(digits), n = 0;

	text = (char *)memory_check(malloc(len * 2 + 1));
	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			text[n++] = ',';
		text[n++] = digits[i];
	}
	text[n] = '\0';
	free(digits);
	return text;
}

/* Cuts a text of UTF-8 to fewer than @most characters. */
static void shorten(char *text, size_t most)
{
	size_t characters = 0;

	for (char *at = text; *at != '\0'; at++) {
		if (((unsigned char)*at & 0xc0) == 0x80)
			continue;
		if (++characters < most)
			continue;
		*at = '\0';
		return;
	}
}

static void print_block(FILE *stream, const struct segment *segment, enum subid_kind kind, double x,
			double y)
{
	double height = height_of(segment), middle = y + height / 2 + 4;
	char *label = segment_label(segment, kind), *valid = printable_utf8(label), *full, *shown;
	char *size = grouped(segment_size(segment));
	size_t room = LABEL_CHARACTERS - strlen(size);

	full = printable_xml(valid);
	shorten(valid, room);
	shown = printable_xml(valid);
	(void)fprintf(stream, "<g><title>%s: %" PRIu32 "-%" PRIu32 ", %s</title>", full,
		      segment->ids.first, segment->ids.last, size);
	(void)fprintf(stream,
		      "<rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"%s\" "
		      "stroke=\"#fff\"/>",
		      x, y, BLOCK, height, looks[segment->what].fill);
	if (segment->what == SEGMENT_OVERLAP)
		(void)fprintf(stream,
			      "<rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" "
			      "fill=\"url(#stripes)\"/>",
			      x, y, BLOCK, height);
	(void)fprintf(stream, "<text x=\"%.1f\" y=\"%.1f\" class=\"id\">%" PRIu32 "</text>", x - 8,
		      y + 11, segment->ids.first);
	(void)fprintf(stream, "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\">%s</text>", x + 9, middle,
		      looks[segment->what].text, shown);
	(void)fprintf(stream,
		      "<text x=\"%.1f\" y=\"%.1f\" class=\"size\" fill=\"%s\">%s</text></g>\n",
		      x + BLOCK - 9, middle, looks[segment->what].text, size);
	free(size);
	free(shown);
	free(full);
	free(valid);
	free(label);
}

/* A yellow stripe beside the block marks IDs that systemd allocates; ranges may lie there, too. */
static void print_stripe(FILE *stream, const struct segment *segment, double x, double y)
{
	if (!segment->taken || segment->taken->ids.first == segment->taken->ids.last)
		return;
	(void)fprintf(
		stream,
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"#f2c94c\"/>\n",
		x + BLOCK + 3, y, STRIPE - 6, height_of(segment));
}

static void print_column(FILE *stream, const struct segments *segments, enum subid_kind kind)
{
	double x = MARGIN + AXIS + (kind == SUBID_GID ? COLUMN + GUTTER : 0), y = TITLE;

	(void)fprintf(stream, "<text x=\"%.1f\" y=\"%d\" class=\"head\">%s</text>\n", x, TITLE - 12,
		      kind == SUBID_UID ? "UIDs" : "GIDs");
	for (size_t i = 0; i < segments->n; i++) {
		print_block(stream, &segments->items[i], kind, x, y);
		print_stripe(stream, &segments->items[i], x, y);
		y += height_of(&segments->items[i]);
	}
}

static void print_legend(FILE *stream, double y)
{
	double x = MARGIN + AXIS;

	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		(void)fprintf(stream,
			      "<rect x=\"%.1f\" y=\"%.1f\" width=\"14\" height=\"14\" fill=\"%s\"/>"
			      "<text x=\"%.1f\" y=\"%.1f\">%s</text>\n",
			      x, y, looks[i].fill, x + 20, y + 11, looks[i].words);
		x += 92;
	}
}

void svg_print(const struct survey *survey, FILE *stream)
{
	struct segments segments[2];
	double height = 0;

	for (size_t kind = 0; kind < 2; kind++) {
		segments_of(survey, (enum subid_kind)kind, BLOCKS_MAX, &segments[kind]);
		height = fmax(height, height_of_all(&segments[kind]));
	}
	(void)fprintf(
		stream,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\" "
		"viewBox=\"0 0 %d %.0f\" font-family=\"DejaVu Sans, Verdana, sans-serif\" "
		"font-size=\"11\">\n"
		"<title>Subordinate IDs</title>\n"
		"<style>.id{text-anchor:end;fill:#5b6470;font-size:10px}"
		".size{text-anchor:end;font-size:10px}.head{font-size:14px;font-weight:bold}"
		".title{font-size:18px;font-weight:bold}.sub{fill:#5b6470}</style>\n"
		"<defs><pattern id=\"stripes\" width=\"8\" height=\"8\" "
		"patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
		"<rect width=\"3\" height=\"8\" fill=\"#e5604f\" fill-opacity=\".25\"/>"
		"</pattern></defs>\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
		"<text x=\"%d\" y=\"34\" class=\"title\">Subordinate IDs</text>\n"
		"<text x=\"%d\" y=\"34\" class=\"sub\">Heights grow with the logarithm of the "
		"number of IDs. Yellow stripes beside blocks: systemd allocates there.</text>\n",
		WIDTH, TITLE + height + LEGEND, WIDTH, TITLE + height + LEGEND, MARGIN + AXIS,
		MARGIN + AXIS + 178);
	for (size_t kind = 0; kind < 2; kind++) {
		print_column(stream, &segments[kind], (enum subid_kind)kind);
		segments_free(&segments[kind]);
	}
	print_legend(stream, TITLE + height + 26);
	(void)fprintf(stream, "</svg>\n");
}
