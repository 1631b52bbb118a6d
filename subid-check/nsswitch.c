/* SPDX-License-Identifier: BSD-3-Clause */
#include "nsswitch.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "range.h"

#define BLANKS " \t\n\v\f\r"

/* A [STATUS=ACTION] before us that ends the lookup when a service has no record. */
static bool stops(const char *action)
{
	return strcasestr(action, "notfound=return") || strcasestr(action, "!success=return");
}

static void parse_order(char *services, struct nsswitch_order *order)
{
	char *at = services;

	while (*(at += strspn(at, BLANKS)) != '\0') {
		size_t len;

		if (*at == '[') {
			char *end = strchr(at, ']');

			if (!end)
				return;
			*end = '\0';
			if (!order->asks_subid && stops(at))
				order->stops_before = true;
			at = end + 1;
			continue;
		}

		len = strcspn(at, BLANKS "[");
		if (len == strlen("subid") && strncmp(at, "subid", len) == 0) {
			order->asks_subid = true;
		} else if (order->asks_subid) {
			if (order->behind[0] == '\0')
				(void)snprintf(order->behind, sizeof(order->behind), "%.*s",
					       (int)len, at);
			if ((len == 5 && strncmp(at, "files", 5) == 0) ||
			    (len == 6 && strncmp(at, "compat", 6) == 0))
				order->files_behind = true;
		}
		at += len;
	}
}

/* What follows `NAME:` at the beginning of a line, or NULL. */
static char *services_of(char *line, const char *name)
{
	size_t len = strlen(name);

	line += strspn(line, BLANKS);
	if (strncmp(line, name, len) != 0)
		return NULL;
	line += len;
	line += strspn(line, BLANKS);
	return *line == ':' ? line + 1 : NULL;
}

void nsswitch_parse(FILE *file, struct nsswitch *ret)
{
	static const char *const names[] = { [SUBID_UID] = "passwd", [SUBID_GID] = "group" };
	struct nsswitch read = { .exists = true };
	char *line = NULL;
	size_t room = 0;

	for (uint32_t number = 1; getline(&line, &room, file) >= 0; number++) {
		line[strcspn(line, "#")] = '\0';
		if (read.source_line == 0 && strncasecmp(line, "subid:", 6) == 0 &&
		    line[6 + strspn(line + 6, BLANKS)] != '\0')
			read.source_line = number;
		for (size_t kind = 0; kind < 2; kind++) {
			char *services = services_of(line, names[kind]);

			if (!services)
				continue;
			/* The last line counts, in glibc. */
			read.order[kind] = (struct nsswitch_order){ .line = number };
			parse_order(services, &read.order[kind]);
		}
	}
	free(line);
	*ret = read;
}

int nsswitch_read(const struct root *root, struct nsswitch *ret)
{
	FILE *file = NULL;
	int r;

	*ret = (struct nsswitch){ .exists = false };
	r = root_fopen(root, "/etc/nsswitch.conf", &file);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	nsswitch_parse(file, ret);
	(void)fclose(file);
	return 0;
}
