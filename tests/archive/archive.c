/* SPDX-License-Identifier: BSD-3-Clause */
#include "archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((noreturn)) static void bail_out(const struct archive *archive, const char *what)
{
	printf("Bail out! %s:%u: %s\n", archive->path, archive->line_number, what);
	exit(1);
}

/*
 * Reads the whole file at once. If it stayed open, a process that is forked later would share
 * its offset, and exit(3) in that process would set the offset back.
 */
static void read_text(struct archive *archive)
{
	int r = content_read(&archive->text, archive->path);

	if (r < 0)
		bail_out(archive, strerror(-r));
	if (memchr(archive->text.bytes ? archive->text.bytes : "", '\0', archive->text.len))
		bail_out(archive, "a NUL byte, which is written \\x00");
	content_add(&archive->text, "", 1);
}

static void next_line(struct archive *archive)
{
	char *end;

	archive->line = *archive->next != '\0' ? archive->next : NULL;
	if (!archive->line)
		return;
	archive->line_number++;
	end = strchrnul(archive->line, '\n');
	archive->next = *end == '\n' ? end + 1 : end;
	*end = '\0';
}

void archive_open(struct archive *archive, const char *path)
{
	*archive = (struct archive){ .path = path };
	read_text(archive);
	archive->next = archive->text.bytes;
	do
		next_line(archive);
	while (archive->line && archive->line[0] != '@');
	if (!archive->line)
		bail_out(archive, "no file in it");
}

void archive_close(struct archive *archive)
{
	content_free(&archive->content);
	content_free(&archive->text);
}

static void read_name(struct archive *archive)
{
	static const char *const words[] = {
		[STORED_FILE] = "@",
		[STORED_SYMLINK] = "@symlink",
		[STORED_ABSENT] = "@absent",
	};
	size_t kind = 0, len = strcspn(archive->line, " ");
	const char *name = archive->line + len;

	while (kind < 3 &&
	       (strlen(words[kind]) != len || memcmp(words[kind], archive->line, len) != 0))
		kind++;
	if (kind == 3)
		bail_out(archive, "not one of @, @symlink and @absent; in a file, \\x40 is an @");
	archive->stored = (enum stored)kind;
	if (name[0] == '\0' || name[1] == '\0' || strlen(name + 1) >= sizeof(archive->name))
		bail_out(archive, "no name, or too long a one");
	strcpy(archive->name, name + 1);
}

/* Sets *ret_byte to what the escape means, and returns the escape's length. */
static size_t read_byte(const struct archive *archive, const char *text, char *ret_byte)
{
	static const char letters[] = "tr\\", meanings[] = "\t\r\\";
	const char *letter = text[1] != '\0' ? strchr(letters, text[1]) : NULL;
	unsigned int byte;
	int len = 0;

	if (letter) {
		*ret_byte = meanings[letter - letters];
		return 2;
	}
	if (sscanf(text, "\\x%2x%n", &byte, &len) != 1 || len != 4)
		bail_out(archive, "no such escape");
	*ret_byte = (char)byte;
	return 4;
}

/* Adds TEXT of \{COUNT TEXT} to the content, COUNT times. Returns the escape's length. */
static size_t read_repeated(struct archive *archive, const char *text)
{
	char repeated[256], *end;
	unsigned long count = strtoul(text + 2, &end, 10);
	const char *at = end + 1;
	size_t len = 0;

	if (end == text + 2 || *end != ' ' || count > 1000000)
		bail_out(archive, "no count");
	while (*at != '}') {
		if (*at == '\0' || len == sizeof(repeated))
			bail_out(archive, "too long, or not closed");
		if (*at == '\\')
			at += read_byte(archive, at, &repeated[len++]);
		else
			repeated[len++] = *at++;
	}
	while (count-- > 0)
		content_add(&archive->content, repeated, len);
	return (size_t)(at + 1 - text);
}

static void add_line(struct archive *archive)
{
	const char *at = archive->line;

	while (*at != '\0') {
		size_t plain = strcspn(at, "\\");
		char byte;

		content_add(&archive->content, at, plain);
		at += plain;
		if (strcmp(at, "\\c") == 0)
			return;
		if (strncmp(at, "\\{", 2) == 0) {
			at += read_repeated(archive, at);
		} else if (*at == '\\') {
			at += read_byte(archive, at, &byte);
			content_add(&archive->content, &byte, 1);
		}
	}
	content_add(&archive->content, "\n", 1);
}

bool archive_next(struct archive *archive)
{
	content_clear(&archive->content);
	if (!archive->line)
		return false;
	read_name(archive);
	for (next_line(archive); archive->line && archive->line[0] != '@'; next_line(archive))
		add_line(archive);
	return true;
}
