/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "range.h"

/* shadow reads a line into 1024 bytes and refuses a longer one. */
#define SUBID_LINE_MAX_BYTES 1023

/* The longest owner that fits on a line: "OWNER:0:1". */
#define SUBID_OWNER_MAX_BYTES (SUBID_LINE_MAX_BYTES - 4)

/* One line of /etc/subuid or /etc/subgid: a range, and to whom it is delegated. */
struct subid_line {
	const char *owner; /* inside the text that was parsed, not NUL-terminated */
	size_t owner_len;
	struct subid_range range;
};

/*
 * Why a line delegates nothing. If there are several reasons, this is the one that
 * subid_line_parse() finds first. It checks the owner last.
 */
enum subid_line_fault {
	SUBID_LINE_FAULTLESS, /* it delegates a range */
	SUBID_LINE_EMPTY,
	SUBID_LINE_TOO_LONG,	/* more than SUBID_LINE_MAX_BYTES */
	SUBID_LINE_COMMENT,	/* `#` in column 0 */
	SUBID_LINE_NIS,		/* `+` or `-` in column 0 */
	SUBID_LINE_FEW_FIELDS,	/* one or two */
	SUBID_LINE_MANY_FIELDS, /* four or more */
	SUBID_LINE_NO_NUMBER,	/* the start or the count is not a number */
	SUBID_LINE_NEGATIVE,	/* the start or the count has a minus sign */
	SUBID_LINE_TOO_LARGE,	/* the start or the count exceeds 2^32-1 */
	SUBID_LINE_NO_IDS,	/* the count is 0 */
	SUBID_LINE_PAST_END,	/* the range begins below 2^32 and ends beyond it */
	SUBID_LINE_BAD_OWNER,	/* see subid_owner_text_valid() */
};

/*
 * subid_line_parse: read a line as shadow 4.20 does, but for a few deliberate differences. The
 * most visible ones are that `#` begins a comment, and that the owner must be a text that
 * subid_owner_text_valid() accepts.
 *
 * @text, @len: the line without its newline; it may hold any bytes.
 * @ret_line: set on success only; its owner points into @text.
 * Returns SUBID_LINE_FAULTLESS, which is 0, or why the line delegates nothing.
 * Safety: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 * Source: subuid(5); shadow lib/subordinateio.c; tests/conformance/differences.
 */
SUBID_CHECKED enum subid_line_fault subid_line_parse(const char *text, size_t len,
						     struct subid_line *ret_line);

/*
 * subid_owner_text_valid: may this text stand for an owner in the name of a record?
 *
 * An empty text and one of more than SUBID_OWNER_MAX_BYTES are refused. Names end up in
 * terminals, colon-separated files and paths, so control characters, `:`, `/`, blanks at the
 * ends, `.` and `..` are refused as well.
 * @text, @len: any bytes.
 * Safety: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 */
SUBID_CHECKED bool subid_owner_text_valid(const char *text, size_t len);
