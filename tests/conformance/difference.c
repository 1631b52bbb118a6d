/* SPDX-License-Identifier: BSD-3-Clause */
#include "difference.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"

#define LINE_BYTES 1024
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A line with three fields or more, as libsubid 4.13 reads it. */
struct line {
	char owner[LINE_BYTES], start_text[LINE_BYTES], count_text[LINE_BYTES];
	bool more;   /* than three fields */
	bool binary; /* a number is written so */
	unsigned long start, count;
};

/* As strtoul(3) reads it, whichever C it was compiled for. */
static bool read_number(const char *text, unsigned long *ret, bool *is_binary)
{
	const char *digits = text + strspn(text, " \t\n\v\f\r");
	int base = 0;
	char *end;

	digits += *digits == '+' || *digits == '-';
	if (digits[0] == '0' && (digits[1] == 'b' || digits[1] == 'B')) {
		text = digits + 2;
		base = 2;
		*is_binary = true;
	}
	errno = 0;
	*ret = strtoul(text, &end, base);
	return *text != '\0' && *end == '\0' && errno == 0;
}

static bool read_line(const char *text, size_t len, struct line *ret)
{
	char copy[LINE_BYTES], *rest = copy, *owner, *start, *count;

	if (len >= sizeof(copy) || len == 0 || text[0] == '+' || text[0] == '-')
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';

	owner = strsep(&rest, ":");
	start = strsep(&rest, ":");
	count = strsep(&rest, ":");
	if (!start || !count || *owner == '\0')
		return false;
	strcpy(ret->owner, owner);
	strcpy(ret->start_text, start);
	strcpy(ret->count_text, count);
	ret->more = rest;
	ret->binary = false;
	return read_number(start, &ret->start, &ret->binary) &&
	       read_number(count, &ret->count, &ret->binary);
}

static bool is_negative(const char *number)
{
	return number[strspn(number, " \t\n\v\f\r")] == '-';
}

static bool is_comment(const struct line *line)
{
	return line->owner[0] == '#';
}

static bool has_control(const struct line *line)
{
	for (const char *c = line->owner; *c != '\0'; c++)
		if (iscntrl((unsigned char)*c))
			return true;
	return false;
}

static bool has_outer_blank(const struct line *line)
{
	return line->owner[0] == ' ' || line->owner[strlen(line->owner) - 1] == ' ';
}

static bool is_path(const struct line *line)
{
	return strchr(line->owner, '/') || strcmp(line->owner, ".") == 0 ||
	       strcmp(line->owner, "..") == 0;
}

static bool has_more_fields(const struct line *line)
{
	return line->more;
}

static bool has_minus(const struct line *line)
{
	return is_negative(line->start_text) || is_negative(line->count_text);
}

static bool is_binary(const struct line *line)
{
	return line->binary;
}

static bool leaves_32_bits(const struct line *line)
{
	/* A number with a minus sign is large as well. */
	return !has_minus(line) && (line->start > UINT32_MAX || line->count > UINT32_MAX ||
				    line->count > (UINT64_C(1) << 32) - line->start);
}

enum number {
	COMMENT,
	OWNER_CONTROL,
	OWNER_BLANK,
	OWNER_PATH,
	FOURTH_FIELD,
	MINUS,
	BINARY,
	BEYOND_32_BITS,
	NUL,
	FINAL_NEWLINE,
	SYMLINK,
	ABSENT,
	NO_ACCOUNT,
	NUMBER,
	SAME_UID,
};

static const struct {
	const char *name;
	bool (*is_dropped)(const struct line *line); /* such a line delegates nothing to us */
} all[] = {
	[COMMENT] = { "comment", is_comment },
	[OWNER_CONTROL] = { "owner-control", has_control },
	[OWNER_BLANK] = { "owner-blank", has_outer_blank },
	[OWNER_PATH] = { "owner-path", is_path },
	[FOURTH_FIELD] = { "fourth-field", has_more_fields },
	[MINUS] = { "minus", has_minus },
	[BINARY] = { "binary", is_binary },
	[BEYOND_32_BITS] = { "beyond-32-bits", leaves_32_bits },
	[NUL] = { "nul", NULL },
	[FINAL_NEWLINE] = { "final-newline", NULL },
	[SYMLINK] = { "symlink", NULL },
	[ABSENT] = { "absent", NULL },
	[NO_ACCOUNT] = { "no-account", NULL },
	[NUMBER] = { "number", NULL },
	[SAME_UID] = { "same-uid", NULL },
};

size_t differences_count(void)
{
	return COUNT_OF(all);
}

const char *difference_name(size_t number)
{
	return all[number].name;
}

__attribute__((noreturn)) static void bail_out(const char *what, const char *where)
{
	printf("Bail out! differences: %s: %s\n", what, where);
	exit(1);
}

static size_t number_of(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(all); i++)
		if (strcmp(all[i].name, name) == 0)
			return i;
	bail_out("no such name", name);
}

void differences_read(const char *path, const char *version, struct differences *ret)
{
	bool described[DIFFERENCES_MAX] = { false };
	char text[512], name[64], versions[64], reason[8];
	FILE *file = fopen(path, "r");

	if (!file)
		bail_out("cannot be read", path);
	while (fgets(text, sizeof(text), file)) {
		size_t number;

		if (text[0] == '#' || text[0] == '\n')
			continue;
		if (sscanf(text, "%63s %63s %7s", name, versions, reason) != 3)
			bail_out("not NAME VERSIONS REASON", text);
		number = number_of(name);
		if (described[number])
			bail_out("twice", name);
		described[number] = true;
		ret->listed[number] = strstr(versions, version);
	}
	for (size_t i = 0; i < COUNT_OF(all); i++)
		if (!described[i])
			bail_out("not described", all[i].name);
	(void)fclose(file);
}

static bool apply(struct edit *edit, const struct differences *differences, enum number number)
{
	if (!differences->listed[number])
		return false;
	edit->applied[number] = true;
	return true;
}

/* Is there anything after which libsubid would not read the line? */
static bool is_dropped(struct edit *edit, const struct differences *differences,
		       const struct line *line)
{
	bool dropped = false;

	for (size_t i = 0; i < COUNT_OF(all); i++)
		if (all[i].is_dropped && all[i].is_dropped(line))
			dropped |= apply(edit, differences, (enum number)i);
	return dropped;
}

static void drop_lines(struct edit *edit, const struct differences *differences,
		       const struct content *content)
{
	const char *text;
	size_t at = 0, len;

	while (content_line(content, &at, &text, &len)) {
		bool last = text + len == content->bytes + content->len;
		struct line line;

		if (memchr(text, '\0', len) && apply(edit, differences, NUL))
			len = 0;
		if (!read_line(text, len, &line) || !is_dropped(edit, differences, &line))
			content_add(&edit->content, text, len);
		if (!last || apply(edit, differences, FINAL_NEWLINE))
			content_add(&edit->content, "\n", 1);
	}
}

/*
 * A line that both read. A line that was to be dropped for some versions, but is still here, is
 * one that this version does not read.
 */
static bool read_left(const char *text, size_t len, struct line *ret)
{
	bool read = read_line(text, len, ret);

	for (size_t i = 0; i < COUNT_OF(all); i++)
		read = read && !(all[i].is_dropped && all[i].is_dropped(ret));
	return read;
}

static bool is_in(const struct line *line, uint32_t id)
{
	return id >= line->start && id - line->start < line->count;
}

static bool is_asked_for(const struct original *original, const struct line *line)
{
	for (size_t i = 0; i < original->n_ids; i++)
		if (is_in(line, original->ids[i]))
			return true;
	for (size_t i = 0; i < original->n_owners; i++)
		if (strcmp(original->owners[i], line->owner) == 0)
			return true;
	return false;
}

const char *edit_renamed(const struct edit *edit, const char *owner)
{
	for (size_t i = 0; i < edit->n_renames; i++)
		if (strcmp(edit->renames[i].from, owner) == 0)
			return edit->renames[i].to;
	return NULL;
}

static void add_rename(struct edit *edit, const char *from)
{
	struct rename *rename = &edit->renames[edit->n_renames];

	if (edit_renamed(edit, from))
		return;
	if (edit->n_renames == RENAMES_MAX)
		bail_out("more owners to rename than there are accounts", from);
	strcpy(rename->from, from);
	(void)snprintf(rename->to, sizeof(rename->to), RENAMED_TO "%zu", edit->n_renames);
	edit->n_renames++;
}

static bool is_number(const char *owner)
{
	return owner[0] != '\0' && owner[strspn(owner, "0123456789")] == '\0';
}

/*
 * libsubid gives the lines of a number to the account with that UID and, in subgid, to the
 * one that is called like the group with that GID. It reads 01001 and 2^32+1001 as 1001.
 */
static bool is_joined(const char *number)
{
	uint32_t id = (uint32_t)strtoull(number, NULL, 10);

	return account_by_uid(id) || group_by_gid(id);
}

static void rename_name(struct edit *edit, const struct differences *differences, const char *owner)
{
	const struct account *account = account_by_name(owner);

	if (!account) {
		if (apply(edit, differences, NO_ACCOUNT))
			add_rename(edit, owner);
	} else if (account_by_uid(account->uid) != account) {
		if (apply(edit, differences, SAME_UID))
			add_rename(edit, owner);
	}
}

static void find_renames(struct edit *edit, const struct differences *differences,
			 const struct original *original)
{
	const char *text;
	size_t at = 0, len;
	struct line line;

	while (content_line(&edit->content, &at, &text, &len)) {
		if (!read_left(text, len, &line) || edit_renamed(edit, line.owner))
			continue;
		if (is_number(line.owner)) {
			if ((is_asked_for(original, &line) || is_joined(line.owner)) &&
			    apply(edit, differences, NUMBER))
				add_rename(edit, line.owner);
		} else if (is_asked_for(original, &line)) {
			rename_name(edit, differences, line.owner);
		}
	}
	/* Also those that are asked for, but have no line. */
	for (size_t i = 0; i < original->n_owners; i++)
		if (account_by_name(original->owners[i]))
			rename_name(edit, differences, original->owners[i]);
}

static void rename_owners(struct edit *edit)
{
	struct content before = edit->content;
	const char *text, *to;
	size_t at = 0, len;
	struct line line;

	edit->content = (struct content){ .bytes = NULL };
	while (content_line(&before, &at, &text, &len)) {
		bool last = text + len == before.bytes + before.len;

		if (!read_left(text, len, &line)) {
			content_add(&edit->content, text, len + !last);
			continue;
		}
		to = edit_renamed(edit, line.owner);
		if (to) {
			size_t owner_len = strlen(line.owner);

			content_add(&edit->content, to, strlen(to));
			text += owner_len;
			len -= owner_len;
		}
		content_add(&edit->content, text, len + !last);
	}
	content_free(&before);
}

void edit_make(const struct differences *differences, const struct original *original,
	       struct edit *ret)
{
	content_clear(&ret->content);
	memset(ret->applied, 0, sizeof(ret->applied));
	ret->n_renames = 0;
	ret->stored = original->stored;

	if (original->stored == STORED_ABSENT) {
		if (apply(ret, differences, ABSENT))
			ret->stored = STORED_FILE;
		return;
	}
	if (original->stored == STORED_SYMLINK && apply(ret, differences, SYMLINK))
		ret->stored = STORED_FILE;

	drop_lines(ret, differences, original->content);
	find_renames(ret, differences, original);
	rename_owners(ret);
}

const char *edit_owner(struct edit *edit, const struct differences *differences, const char *owner)
{
	if (!edit_renamed(edit, owner) && is_number(owner) && apply(edit, differences, NUMBER))
		add_rename(edit, owner);
	return edit_renamed(edit, owner) ? edit_renamed(edit, owner) : owner;
}
