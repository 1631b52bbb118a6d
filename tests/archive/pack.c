/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes files as an archive, which archive.h describes, to standard output.
 * The locale decides which characters need no escape: with LC_ALL=C, ASCII alone.
 */
#include <errno.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "content.h"

/* Lines with escapes are broken at 100 columns, other lines where some tools begin to fail. */
#define LINE_MAX_COLUMNS 100
#define TEXT_LINE_MAX_COLUMNS 500
#define UNIT_MAX_BYTES 16
/* A shorter repetition is easier to read as it is. */
#define REPEATED_MIN_COLUMNS 64

__attribute__((noreturn)) static void fail(const char *path, int error)
{
	fprintf(stderr, "pack: %s: %s\n", path, strerror(error));
	exit(1);
}

/* The length of a character that needs no escape, or 0 if it needs one. */
static size_t plain_len(const char *at, size_t left)
{
	mbstate_t state = { 0 };
	wchar_t character;
	size_t len = mbrtowc(&character, at, left, &state);

	if (*at == '\\' || len == 0 || len > left)
		return 0;
	return iswprint((wint_t)character) && wcwidth(character) > 0 ? len : 0;
}

/*
 * Adds one character to the text, escaped if it must be or if @special contains it.
 * Returns how many bytes it has in the file.
 */
static size_t add_character(struct content *text, const char *at, size_t left, const char *special)
{
	size_t len = plain_len(at, left);

	if (len > 0 && !strchr(special, *at)) {
		content_add(text, at, len);
		return len;
	}
	if (*at == '\t')
		content_add(text, "\\t", 2);
	else if (*at == '\r')
		content_add(text, "\\r", 2);
	else if (*at == '\\')
		content_add(text, "\\\\", 2);
	else
		content_print(text, "\\x%02x", (unsigned char)*at);
	return 1;
}

/* How many bytes from @at on are repetitions of the first @unit bytes, these included. */
static size_t repeated_len(const char *at, size_t left, size_t unit)
{
	size_t len = unit;

	while (len < left && at[len] == at[len - unit])
		len++;
	return len - len % unit;
}

/*
 * Adds a repetition to the text, if there is one that is long enough.
 * Returns how many bytes it stands for, or 0.
 */
static size_t add_repetition(struct content *text, const char *at, size_t left)
{
	for (size_t unit = 1; unit <= UNIT_MAX_BYTES && unit < left; unit++) {
		size_t len = repeated_len(at, left, unit), done = 0;
		struct content once = { .bytes = NULL };
		bool worthwhile;

		if (len < 3 * unit || memchr(at, '\n', unit))
			continue;
		while (done < unit)
			done += add_character(&once, at + done, unit - done, "}");
		worthwhile = once.len * (len / unit) >= REPEATED_MIN_COLUMNS;
		if (worthwhile) {
			content_print(text, "\\{%zu ", len / unit);
			content_add(text, once.bytes, once.len);
			content_add(text, "}", 1);
		}
		content_free(&once);
		if (worthwhile)
			return len;
	}
	return 0;
}

static bool is_last_of_line(const char *at, size_t left)
{
	return left == 1 || at[1] == '\n';
}

/* Adds a repetition or a character. Returns how many bytes of the file it stands for. */
static size_t add_next(struct content *text, const char *at, size_t left, bool is_first)
{
	size_t len = add_repetition(text, at, left);

	if (len > 0)
		return len;
	/* A blank at the end would not be seen. */
	return add_character(text, at, left, is_first ? "@" : is_last_of_line(at, left) ? " " : "");
}

static size_t line_max_columns(const char *at, size_t left)
{
	for (size_t done = 0; done <= TEXT_LINE_MAX_COLUMNS;) {
		size_t len;

		if (done == left || at[done] == '\n')
			return TEXT_LINE_MAX_COLUMNS;
		len = plain_len(at + done, left - done);
		if (len == 0)
			break;
		done += len;
	}
	return LINE_MAX_COLUMNS;
}

static void put_content(const struct content *content)
{
	struct content text = { .bytes = NULL };
	size_t columns = 0, columns_max = 0, at = 0;

	while (at < content->len) {
		const char *from = content->bytes + at;
		size_t len;

		if (*from == '\n') {
			putchar('\n');
			columns = columns_max = 0;
			at++;
			continue;
		}
		if (columns_max == 0)
			columns_max = line_max_columns(from, content->len - at);
		content_clear(&text);
		len = add_next(&text, from, content->len - at, columns == 0);
		if (columns > 0 && columns + text.len > columns_max) {
			printf("\\c\n");
			columns = 0;
			continue;
		}
		(void)fwrite(text.bytes, 1, text.len, stdout);
		columns += text.len;
		at += len;
	}
	if (columns > 0)
		printf("\\c\n");
	content_free(&text);
}

int main(int argc, char **argv)
{
	struct content content = { .bytes = NULL };

	(void)setlocale(LC_CTYPE, "");
	if (argc < 2) {
		fprintf(stderr, "usage: pack FILE... >ARCHIVE\n");
		return 2;
	}
	for (int i = 1; i < argc; i++) {
		int r;

		content_clear(&content);
		r = content_read(&content, argv[i]);
		if (r < 0)
			fail(argv[i], -r);
		printf("@ %s\n", argv[i]);
		put_content(&content);
	}
	content_free(&content);
	if (fflush(stdout) != 0)
		fail("standard output", errno);
	return 0;
}
