/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "root.h"

#define NSSWITCH_SERVICE_MAX_BYTES 32

enum nsswitch_line {
	NSSWITCH_PASSWD, /* the first two are enum subid_kind's */
	NSSWITCH_GROUP,
	NSSWITCH_SHADOW,
	NSSWITCH_LINES,
};

/* How nsswitch.conf asks for one kind of account. */
struct nsswitch_order {
	uint32_t line; /* 0: there is no line, so glibc uses its default */
	bool asks_subid;
	bool unreached;	   /* a service that has no record ends the lookup before subid */
	bool forgets;	   /* glibc drops a record that was found and asks the next service */
	bool files_behind; /* `files` or `compat` is behind subid */
	char behind[NSSWITCH_SERVICE_MAX_BYTES]; /* the first service behind subid, or "" */
};

struct nsswitch {
	bool exists;
	uint32_t malformed_line;    /* glibc ignores the whole file because of this line; or 0 */
	uint32_t unterminated_line; /* glibc ignores this last line; or 0 */
	struct nsswitch_order order[NSSWITCH_LINES];
	uint32_t source_line; /* of `subid:`, or 0 */
};

/* nsswitch_line_name: "passwd", "group" or "shadow". */
const char *nsswitch_line_name(enum nsswitch_line line);

/*
 * nsswitch_read: read the lines of /etc/nsswitch.conf that matter for subid. (subid_source_read()
 * reads the source that `subid:` names.)
 * Returns 0, also if there is no such file, or what root_read() returns.
 */
__attribute__((nonnull, warn_unused_result)) int nsswitch_read(const struct root *root,
							       struct nsswitch *ret);

/*
 * nsswitch_parse: do the same with the file's text.
 *
 * It is read as glibc 2.33 to 2.43 reads it (nss/nss_database.c, nss/nss_action_parse.c): the
 * words of a comment are services, a line without a newline does not count, and one malformed
 * action makes the whole file invalid.
 */
__attribute__((nonnull)) void nsswitch_parse(const char *text, size_t len, struct nsswitch *ret);
