/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum style_colour {
	STYLE_PLAIN,
	STYLE_BOLD,
	STYLE_DIM,
	STYLE_RED,
	STYLE_YELLOW,
	STYLE_GREEN,
	STYLE_CYAN,
	STYLE_BLUE,
	STYLE_MAGENTA,
};

/* How to print. */
struct style {
	bool colours;
	bool utf8;    /* the locale's encoding is UTF-8; otherwise print ASCII alone */
	bool wide;    /* do not limit the length of lines */
	bool all;     /* do not limit the number of findings, owners and rows */
	size_t width; /* columns, if not wide */
};

/*
 * style_of_terminal: the style for standard output: its width, or 80 columns, and colours on a
 * terminal unless NO_COLOR is set and not empty, or TERM is not set or `dumb`.
 */
__attribute__((nonnull)) void style_of_terminal(struct style *ret);

/* style_begin, style_end: the escape sequences around a text, or "" without colours. */
const char *style_begin(const struct style *style, enum style_colour colour);
const char *style_end(const struct style *style, enum style_colour colour);

/*
 * style_wrap: print words, in lines of the style's width.
 *
 * @text: printable, any number of words. A word longer than a line is not broken.
 * @indent: how many blanks to print before each line but the first.
 * @first: how many columns the caller has printed on the first line already.
 * @command: the text is a command for a shell: each line but the last ends with a backslash, and
 * a quoted word is not broken.
 */
__attribute__((nonnull)) void style_wrap(const struct style *style, const char *text, size_t indent,
					 size_t first, bool command);

/* style_columns: how many columns a printable text takes. */
__attribute__((nonnull)) size_t style_columns(const char *text);
