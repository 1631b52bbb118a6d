/* SPDX-License-Identifier: BSD-3-Clause */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

__attribute__((noreturn)) static void bail_out(const char *what, const char *where)
{
	printf("Bail out! fixtures: %s: %s\n", what, where);
	exit(1);
}

static void read_name(struct fixture *fixture, const char *line)
{
	const char *name = strchr(line, ' ');
	size_t kind = name ? (size_t)(name - line) : 0;

	if (!name || strlen(name + 1) >= sizeof(fixture->name))
		bail_out("no name", line);
	if (kind == 1)
		fixture->stored = STORED_FILE;
	else if (strncmp(line, "@symlink", kind) == 0)
		fixture->stored = STORED_SYMLINK;
	else if (strncmp(line, "@absent", kind) == 0)
		fixture->stored = STORED_ABSENT;
	else
		bail_out("no such kind", line);
	strcpy(fixture->name, name + 1);
}

/* Returns how much of the text the escape is, and 0 for \c. */
static size_t read_escape(struct fixture *fixture, const char *text)
{
	unsigned int byte, count;
	char repeated[64], c;
	int len = 0;

	if (strcmp(text, "\\c") == 0)
		return 0;
	if (sscanf(text, "\\x%2x%n", &byte, &len) == 1 && len == 4) {
		c = (char)byte;
		content_add(&fixture->content, &c, 1);
	} else if (sscanf(text, "\\{%u %63[^}]}%n", &count, repeated, &len) == 2 && len > 0) {
		for (unsigned int i = 0; i < count; i++)
			content_add(&fixture->content, repeated, strlen(repeated));
	} else {
		bail_out("no such escape", text);
	}
	return (size_t)len;
}

static void read_line(struct fixture *fixture, const char *line)
{
	while (*line != '\0') {
		size_t len = 1;

		if (*line == '\\') {
			len = read_escape(fixture, line);
			if (len == 0)
				return;
		} else {
			content_add(&fixture->content, line, 1);
		}
		line += len;
	}
	content_add(&fixture->content, "\n", 1);
}

bool fixture_next(FILE *file, struct fixture *fixture)
{
	static char line[4096];
	bool named = false;

	content_clear(&fixture->content);
	do {
		if (line[0] == '@') {
			read_name(fixture, line);
			named = true;
		} else if (named) {
			read_line(fixture, line);
		}
		if (!fgets(line, sizeof(line), file)) {
			line[0] = '\0';
			break;
		}
		line[strcspn(line, "\n")] = '\0';
	} while (!named || line[0] != '@');
	return named;
}
