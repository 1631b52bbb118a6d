/* SPDX-License-Identifier: BSD-3-Clause */
#include "nsswitch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "memory.h"

#define BLANKS " \t\n\v\f\r"

/* The statuses that a service can return, and what glibc can do then. */
enum status {
	STATUS_SUCCESS,
	STATUS_NOTFOUND,
	STATUS_UNAVAIL,
	STATUS_TRYAGAIN,
	STATUSES,
};

enum action {
	ACTION_CONTINUE,
	ACTION_RETURN,
	ACTION_MERGE,
	ACTIONS,
};

static const char *const status_names[] = { "SUCCESS", "NOTFOUND", "UNAVAIL", "TRYAGAIN" };
static const char *const action_names[] = { "CONTINUE", "RETURN", "MERGE" };

/* All databases of glibc. The first three are in the order of enum nsswitch_line. */
static const char *const databases[] = {
	"passwd",	"group",	 "shadow",	  "aliases",   "ethers",
	"group_compat", "gshadow",	 "hosts",	  "netgroup",  "gshadow_compat",
	"networks",	"passwd_compat", "initgroups",	  "protocols", "publickey",
	"rpc",		"services",	 "shadow_compat",
};
#define DATABASES (sizeof(databases) / sizeof(databases[0]))

const char *nsswitch_line_name(enum nsswitch_line line)
{
	return databases[line];
}

/* --- actions ---------------------------------------------------------------------- */

static void skip_blanks(const char **at)
{
	*at += strspn(*at, BLANKS);
}

/* Reads a word in upper or lower case. Returns its index in @names, or @n if it is not there. */
static size_t read_name(const char **at, const char *const *names, size_t n)
{
	size_t len = strcspn(*at, BLANKS "=]"), i = 0;

	while (i < n && (strlen(names[i]) != len || strncasecmp(names[i], *at, len) != 0))
		i++;
	*at += len;
	skip_blanks(at);
	return i;
}

/* "STATUS=ACTION" or "!STATUS=ACTION", which is for all other statuses. */
static bool read_action(const char **at, enum action actions[STATUSES])
{
	bool negated = **at == '!';
	size_t status, action;

	*at += negated;
	status = read_name(at, status_names, STATUSES);
	if (status == STATUSES || **at != '=')
		return false;
	(*at)++;
	skip_blanks(at);
	action = read_name(at, action_names, ACTIONS);
	if (action == ACTIONS)
		return false;
	for (size_t i = 0; i < STATUSES; i++)
		if ((i == status) != negated)
			actions[i] = (enum action)action;
	return true;
}

/* "[...]" behind a service, if there is one. Returns false if it is malformed. */
static bool read_actions(const char **at, enum action actions[STATUSES])
{
	skip_blanks(at);
	if (**at != '[')
		return true;
	(*at)++;
	skip_blanks(at);
	do
		if (!read_action(at, actions))
			return false;
	while (**at != ']');
	(*at)++;
	return true;
}

/* --- lines ------------------------------------------------------------------------ */

static bool is_word(const char *word, size_t len, const char *text)
{
	return len == strlen(text) && memcmp(word, text, len) == 0;
}

static void add_behind(struct nsswitch_order *order, const char *name, size_t len)
{
	if (order->behind[0] == '\0')
		(void)snprintf(order->behind, sizeof(order->behind), "%.*s", (int)len, name);
	if (is_word(name, len, "files") || is_word(name, len, "compat"))
		order->files_behind = true;
}

/*
 * For glibc the words of a comment are services, too. Among these, only subid counts here: the
 * other words are taken for names of no service, which end no lookup.
 */
static void add_service(struct nsswitch_order *order, const char *name, size_t len,
			const enum action actions[STATUSES], bool comment)
{
	if (is_word(name, len, "subid")) {
		order->asks_subid = true;
		return;
	}
	if (order->asks_subid) {
		if (!comment)
			add_behind(order, name, len);
		return;
	}
	if (comment)
		return;
	order->unreached |= actions[STATUS_NOTFOUND] == ACTION_RETURN;
	order->forgets |= actions[STATUS_SUCCESS] == ACTION_CONTINUE;
}

/* Returns false if an action is malformed. */
static bool parse_services(const char *at, struct nsswitch_order *order)
{
	bool comment = false;

	for (;;) {
		enum action actions[STATUSES] = { [STATUS_SUCCESS] = ACTION_RETURN };
		const char *name;
		size_t len;

		skip_blanks(&at);
		name = at;
		len = strcspn(at, BLANKS "[");
		/* glibc reads nothing behind a bracket that follows no service. */
		if (len == 0)
			return true;
		at += len;
		if (!read_actions(&at, actions))
			return false;
		comment |= *name == '#';
		add_service(order, name, len, actions, comment);
	}
}

/*
 * Which database is a line about? glibc needs no colon.
 * @ret_services: set to what follows. Returns its index, or DATABASES for none.
 */
static size_t database_of(const char *line, const char **ret_services)
{
	size_t len, i = 0;

	line += strspn(line, BLANKS);
	len = strcspn(line, BLANKS ":");
	if (line[len] == '\0')
		return DATABASES;
	while (i < DATABASES && !is_word(line, len, databases[i]))
		i++;
	line += len;
	*ret_services = line + strspn(line, BLANKS ":");
	return i;
}

static bool names_source(const char *line)
{
	return strncasecmp(line, "subid:", 6) == 0 && line[6 + strspn(line + 6, BLANKS)] != '\0';
}

/* @line: NUL-terminated. Returns false if glibc reads no further. */
static bool parse_line(const char *line, const struct root_lines *lines, struct nsswitch *ret)
{
	struct nsswitch_order order = { .line = lines->number };
	const char *services = NULL;
	size_t database = database_of(line, &services);

	if (ret->source_line == 0 && names_source(line))
		ret->source_line = lines->number;
	if (database == DATABASES)
		return true;
	if (!lines->terminated) {
		if (database < NSSWITCH_LINES)
			ret->unterminated_line = lines->number;
		return true;
	}
	if (!parse_services(services, &order)) {
		ret->malformed_line = lines->number;
		return false;
	}
	/* glibc uses the last of several lines. */
	if (database < NSSWITCH_LINES)
		ret->order[database] = order;
	return true;
}

void nsswitch_parse(const char *text, size_t len, struct nsswitch *ret)
{
	struct nsswitch read = { .exists = true };
	struct root_lines lines;
	const char *line;
	size_t line_len;
	bool more = true;

	root_lines_begin(&lines, text, len);
	while (more && (line = root_lines_next(&lines, &line_len))) {
		char *copy = memory_text(line, line_len);

		more = parse_line(copy, &lines, &read);
		free(copy);
	}
	*ret = read;
}

int nsswitch_read(const struct root *root, struct nsswitch *ret)
{
	struct root_file file;
	int r;

	*ret = (struct nsswitch){ .exists = false };
	r = root_read(root, "/etc/nsswitch.conf", ROOT_CONFIG_MAX_BYTES, &file);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	nsswitch_parse(file.text, file.len, ret);
	root_file_free(&file);
	return 0;
}
