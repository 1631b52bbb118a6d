/* SPDX-License-Identifier: BSD-3-Clause */
#include "ini.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* Continued lines are joined up to this length, so that a hostile file does not cost much. */
#define INI_LINE_MAX_BYTES 8192

char *ini_trim(const char *text, size_t len)
{
	while (len > 0 && strchr(INI_BLANKS, text[0])) {
		text++;
		len--;
	}
	while (len > 0 && strchr(INI_BLANKS, text[len - 1]))
		len--;
	return memory_text(text, len);
}

void ini_begin(struct ini *ini, const char *text, size_t len)
{
	*ini = (struct ini){ .section = NULL };
	root_lines_begin(&ini->lines, text, len);
}

static void clear(char **text)
{
	free(*text);
	*text = NULL;
}

/*
 * Returns the next line, or NULL at the end. As in Samba, a line that ends with a backslash
 * continues in the next one. Ownership: free(3).
 */
static char *next_line(struct ini *ini)
{
	char *whole = NULL;
	const char *line;
	size_t len;

	while ((line = root_lines_next(&ini->lines, &len))) {
		bool continued = len > 0 && line[len - 1] == '\\';
		char *joined =
			memory_print("%s%.*s", whole ? whole : "", (int)(len - continued), line);

		free(whole);
		whole = joined;
		if (!continued || strlen(whole) > INI_LINE_MAX_BYTES)
			break;
	}
	return whole;
}

bool ini_next(struct ini *ini)
{
	char *line;

	clear(&ini->key);
	clear(&ini->value);
	while ((line = next_line(ini))) {
		const char *at = line + strspn(line, INI_BLANKS);
		const char *end = at[0] == '[' ? strchr(at, ']') : strchr(at, '=');

		ini->line = ini->lines.number;
		if (at[0] == '[' && end) {
			clear(&ini->section);
			ini->section = ini_trim(at + 1, (size_t)(end - at) - 1);
		} else if (end && !strchr("#;[", at[0])) {
			ini->key = ini_trim(at, (size_t)(end - at));
			ini->value = ini_trim(end + 1, strlen(end + 1));
			free(line);
			return true;
		}
		free(line);
	}
	clear(&ini->section);
	return false;
}
