/* SPDX-License-Identifier: BSD-3-Clause */
#include "reference.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool reference_owner(const char *text, size_t len)
{
	char owner[REFERENCE_OWNER_BYTES];

	if (len == 0 || len > 1019 || memchr(text, '\0', len))
		return false;
	memcpy(owner, text, len);
	owner[len] = '\0';

	for (size_t i = 0; i < len; i++)
		if (iscntrl((unsigned char)owner[i]))
			return false;
	return !strpbrk(owner, ":/") && owner[0] != ' ' && owner[len - 1] != ' ' &&
	       strcmp(owner, ".") != 0 && strcmp(owner, "..") != 0;
}

static bool read_number(const char *text, uint64_t *ret)
{
	const char *digits = text + strspn(text, " \t\n\v\f\r+");
	char *end;

	/* In C23, strtoull(3) reads "0b". */
	if (strchr(text, '-') || strncasecmp(digits, "0b", 2) == 0)
		return false;
	errno = 0;
	*ret = strtoull(text, &end, 0);
	return *text != '\0' && *end == '\0' && errno == 0;
}

bool reference_line(const char *text, size_t len, struct reference_line *ret)
{
	char copy[1024], *rest = copy, *owner, *start, *count;

	if (len >= sizeof(copy) || memchr(text, '\0', len))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';

	owner = strsep(&rest, ":");
	start = strsep(&rest, ":");
	count = strsep(&rest, ":");
	if (!count || rest || strchr("#+-", *owner) || !reference_owner(owner, strlen(owner)))
		return false;
	strcpy(ret->owner, owner);
	return read_number(start, &ret->start) && read_number(count, &ret->count) &&
	       ret->start <= UINT32_MAX && ret->count > 0 && ret->count <= UINT32_MAX &&
	       ret->start + ret->count <= UINT64_C(1) << 32;
}

bool reference_number(const char *text, uint64_t limit, uint32_t *ret)
{
	char canonical[32];
	unsigned long long value = strtoull(text, NULL, 10);

	(void)snprintf(canonical, sizeof(canonical), "%llu", value);
	if (strcmp(canonical, text) != 0 || value >= limit)
		return false;
	*ret = (uint32_t)value;
	return true;
}

void reference_file(const char *text, size_t len, struct reference_file *ret)
{
	size_t at = 0, max_lines = 1;

	for (size_t i = 0; i < len; i++)
		max_lines += text[i] == '\n';
	ret->lines = calloc(max_lines, sizeof(*ret->lines));
	ret->n_lines = 0;
	if (!ret->lines)
		abort();

	while (at < len) {
		const char *newline = memchr(text + at, '\n', len - at);
		size_t line_len = newline ? (size_t)(newline - text) - at : len - at;

		if (reference_line(text + at, line_len, &ret->lines[ret->n_lines]))
			ret->n_lines++;
		at += line_len + 1;
	}
}

static bool contains(const struct reference_line *line, uint64_t id)
{
	return id >= line->start && id < line->start + line->count;
}

bool reference_by_owner(const struct reference_file *file, const char *owner, uint32_t id,
			uint64_t *ret_position)
{
	uint64_t ids_above = 0;

	for (size_t i = 0; i < file->n_lines; i++) {
		const struct reference_line *line = &file->lines[i];

		if (strcmp(line->owner, owner) != 0)
			continue;
		if (contains(line, id)) {
			*ret_position = ids_above + (id - line->start);
			return true;
		}
		ids_above += line->count;
	}
	return false;
}

bool reference_by_id(const struct reference_file *file, uint32_t id, const char **ret_owner,
		     uint64_t *ret_position)
{
	for (size_t i = 0; i < file->n_lines; i++) {
		if (contains(&file->lines[i], id)) {
			*ret_owner = file->lines[i].owner;
			return reference_by_owner(file, *ret_owner, id, ret_position);
		}
	}
	return false;
}

bool reference_by_position(const struct reference_file *file, const char *owner, uint64_t position,
			   uint32_t *ret_id)
{
	for (size_t i = 0; i < file->n_lines; i++) {
		const struct reference_line *line = &file->lines[i];

		if (strcmp(line->owner, owner) != 0)
			continue;
		if (position < line->count) {
			*ret_id = (uint32_t)(line->start + position);
			return true;
		}
		position -= line->count;
	}
	return false;
}
