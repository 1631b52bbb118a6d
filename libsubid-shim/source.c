/* SPDX-License-Identifier: BSD-3-Clause */
#include "source.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "reader.h"
#include "text.h"

#define DATABASE "subid:"
#define DATABASE_LEN 6
#define SCANS_MAX 16

static const char blank[] = { ' ', '\t' };

struct word {
	const char *text;
	size_t len; /* 0: there is none */
};

/* How many blanks @text begins with. If @blanks is false: how many bytes that are no blanks. */
static size_t span(const char *text, size_t len, bool blanks)
{
	size_t n = 0;

	while (n < len &&
	       (subid_text_find(blank, blank + sizeof(blank), text[n]) != NULL) == blanks)
		n++;
	return n;
}

/* Does the line begin with DATABASE, in any case? (strncasecmp(3) is not imported: see text.h.) */
static bool names_database(const char *line, size_t len)
{
	size_t n = 0;

	while (n < len && n < DATABASE_LEN &&
	       (line[n] == DATABASE[n] || (DATABASE[n] != ':' && (line[n] | 0x20) == DATABASE[n])))
		n++;
	return n == DATABASE_LEN;
}

/* The first word of a line, if the line is our database's. */
static struct word find_word(const char *line, size_t len)
{
	struct word word = { .len = 0 };
	const char *end = line + len;

	if (!names_database(line, len))
		return word;
	word.text = line + DATABASE_LEN + span(line + DATABASE_LEN, len - DATABASE_LEN, true);
	word.len = span(word.text, (size_t)(end - word.text), false);
	return word;
}

/* libsubid takes the files if the word is too long. */
static bool names_other_source(const struct word *word)
{
	return word->len <= SUBID_SOURCE_MAX_BYTES &&
	       !subid_text_equal(word->text, word->len, "files", 5);
}

static int scan_lines(struct subid_reader *reader, char *ret_name)
{
	struct word word;
	const char *line;
	size_t len;
	int r;

	do {
		r = subid_reader_next(reader, &line, &len);
		if (r < 0)
			return r == -ENOENT ? 0 : r;
		/* libsubid 4.20 stops at a line that has no newline or has a NUL. */
		if (!reader->terminated || subid_text_find(line, line + len, '\0'))
			return 0;
		word = find_word(line, len);
	} while (word.len == 0);

	if (names_other_source(&word)) {
		memcpy(ret_name, word.text, word.len);
		ret_name[word.len] = '\0';
	}
	return 0;
}

static int scan(const char *path, char *ret_name)
{
	struct subid_reader reader;
	int r;

	ret_name[0] = '\0';
	r = subid_reader_open(&reader, path);
	if (r < 0)
		return r == -ENOENT ? 0 : r;

	r = scan_lines(&reader, ret_name);
	if (r == 0)
		r = subid_reader_verify(&reader);
	subid_reader_close(&reader);
	return r;
}

int subid_source_read(const char *path, char ret_name[SUBID_SOURCE_MAX_BYTES + 1])
{
	int r = -ESTALE;

	for (int scans = 0; scans < SCANS_MAX && r == -ESTALE; scans++)
		r = scan(path, ret_name);
	return r == -ESTALE ? -EAGAIN : r;
}
