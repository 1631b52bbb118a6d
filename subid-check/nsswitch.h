/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "root.h"

#define NSSWITCH_SERVICE_BYTES 32

/* How nsswitch.conf asks for users (SUBID_UID) or groups (SUBID_GID). */
struct nsswitch_order {
	uint32_t line; /* 0: there is none, so glibc asks its defaults */
	bool asks_subid;
	bool stops_before; /* an action such as [NOTFOUND=return] stands in the way */
	bool files_behind; /* `files` or `compat` comes behind subid */
	char behind[NSSWITCH_SERVICE_BYTES]; /* the first service behind subid, or "" */
};

struct nsswitch {
	bool exists;
	struct nsswitch_order order[2];
	uint32_t source_line;
};

/*
 * nsswitch_read: /etc/nsswitch.conf, as far as it concerns us. (Which source
 * `subid:` names is subid_source_read()'s to say.)
 * Returns 0, also if there is no such file, or another negative errno.
 */
int nsswitch_read(const struct root *root, struct nsswitch *ret);

/* nsswitch_parse: the same, of what a stream has. */
void nsswitch_parse(FILE *file, struct nsswitch *ret);
