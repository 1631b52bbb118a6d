/* SPDX-License-Identifier: BSD-3-Clause */
#include "style.h"

#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define WIDTH 80
#define WIDTH_MIN 60

void style_of_terminal(struct style *ret)
{
	const char *no_colour = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	bool terminal = isatty(STDOUT_FILENO);
	struct winsize size;

	*ret = (struct style){
		.colours = terminal && !(no_colour && no_colour[0] != '\0') && term &&
			   strcmp(term, "dumb") != 0,
		.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
		.width = WIDTH,
	};
	if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		ret->width = size.ws_col > WIDTH_MIN ? size.ws_col : WIDTH_MIN;
}

const char *style_begin(const struct style *style, enum style_colour colour)
{
	static const char *const sequences[] = {
		[STYLE_PLAIN] = "",
		[STYLE_BOLD] = "\x1b[1m",
		[STYLE_DIM] = "\x1b[2m",
		[STYLE_RED] = "\x1b[1;31m",
		[STYLE_YELLOW] = "\x1b[1;33m",
		[STYLE_GREEN] = "\x1b[32m",
		[STYLE_CYAN] = "\x1b[36m",
		[STYLE_BLUE] = "\x1b[34m",
		[STYLE_MAGENTA] = "\x1b[35m",
	};

	return style->colours ? sequences[colour] : "";
}

const char *style_end(const struct style *style, enum style_colour colour)
{
	return style->colours && colour != STYLE_PLAIN ? "\x1b[0m" : "";
}

size_t style_columns(const char *text)
{
	const char *rest = text; /* NULL at the end */
	wchar_t wide[256] = { 0 };
	size_t columns = 0;
	mbstate_t state;

	memset(&state, 0, sizeof(state));
	while (rest) {
		size_t n = mbsrtowcs(wide, &rest, 256, &state);
		int width;

		if (n == (size_t)-1)
			return columns + strlen(rest);
		width = wcswidth(wide, n);
		columns += width > 0 ? (size_t)width : 0;
	}
	return columns;
}

/*
 * Returns the length of the word that a text begins with. In a command, blanks inside quotes are
 * part of a word, because a line break there would change the command.
 */
static size_t word_len(const char *text, bool command)
{
	size_t len = 0;
	bool quoted = false;

	if (!command)
		return strcspn(text, " ");
	for (; text[len] != '\0' && (quoted || text[len] != ' '); len++) {
		if (text[len] == '\'')
			quoted = !quoted;
		else if (text[len] == '\\' && !quoted && text[len + 1] != '\0')
			len++;
	}
	return len;
}

void style_wrap(const struct style *style, const char *text, size_t indent, size_t first,
		bool command)
{
	const char *glue = command ? " \\" : "";
	size_t column = first, room = style->width - strlen(glue), blanks = 0;

	while (*text != '\0') {
		size_t len = word_len(text, command);
		char *word = strndup(text, len);
		size_t columns = word ? style_columns(word) : len;

		free(word);
		if (blanks > 0 && !style->wide && column + blanks + columns > room) {
			printf("%s\n%*s", glue, (int)indent, "");
			column = indent;
			blanks = 0;
		}
		printf("%*s%.*s", (int)blanks, "", (int)len, text);
		column += blanks + columns;
		text += len;
		blanks = strspn(text, " ");
		text += blanks;
	}
	(void)putchar('\n');
}
