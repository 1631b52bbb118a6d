/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "range.h"

/* shadow reads a line into 1024 bytes and refuses a longer one. */
#define SUBID_LINE_MAX_BYTES 1023

/* The longest owner that a line has room for: "OWNER:0:1". */
#define SUBID_OWNER_MAX_BYTES (SUBID_LINE_MAX_BYTES - 4)

/* One line of /etc/subuid or /etc/subgid: a range, and to whom it is delegated. */
struct subid_line {
	const char *owner; /* inside the text that was parsed, not NUL-terminated */
	size_t owner_len;
	struct subid_range range;
};

/*
 * subid_line_parse: read a line as shadow 4.20 does.
 *
 * @text, @len: the line without its newline; it may hold any bytes.
 * @ret_line: set on success only; its owner points into @text.
 * Returns 0, or -EINVAL for a line that delegates nothing: comment, NIS entry
 * (`+`, `-`), malformed, or with an owner that subid_owner_text_valid() refuses.
 * Safety: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 * Source: subuid(5); shadow lib/subordinateio.c.
 */
int subid_line_parse(const char *text, size_t len, struct subid_line *ret_line);

/*
 * subid_owner_text_valid: may this text name an owner in a record?
 *
 * Names end up in terminals, colon-separated files and paths, so control
 * characters, `:`, `/`, blanks at the ends, `.` and `..` are refused.
 * @text, @len: any bytes.
 * Safety: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 */
bool subid_owner_text_valid(const char *text, size_t len);
