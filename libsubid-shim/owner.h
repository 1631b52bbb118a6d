/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "line.h"
#include "range.h"

/*
 * An owner: to whom ranges are delegated. It is the text that a line has in its
 * first field, letter for letter, so `1000` and `alice` are two owners, each with
 * its own positions, even where UID 1000 is alice.
 */
struct subid_owner {
	char text[SUBID_OWNER_MAX_BYTES + 1]; /* NUL-terminated */
	size_t len;			      /* bytes, without the NUL */
	uint32_t place; /* a hint: where an index found it in lines[]; any value is safe */
};

/*
 * subid_owner_set: make an owner of a text.
 *
 * @text, @len (bytes): copied.
 * @ret: set on success only.
 * Returns 0, or -EINVAL for a text that subid_owner_text_valid() refuses.
 * Safety of all functions here: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 */
SUBID_CHECKED int subid_owner_set(struct subid_owner *ret, const char *text, size_t len);

/* subid_owner_set_line: the owner of a line that subid_line_parse() accepted. */
__attribute__((nonnull)) void subid_owner_set_line(struct subid_owner *ret,
						   const struct subid_line *line);

/* subid_owner_is: is the line this owner's? */
SUBID_CHECKED bool subid_owner_is(const struct subid_owner *owner, const struct subid_line *line);

/*
 * subid_owner_uid: read an owner's text as a UID.
 *
 * A UID is canonical decimal, and not 2^32-1, which is (uid_t)-1 and means "no UID".
 * @text, @len (bytes): any bytes.
 * @ret_uid: set on success only.
 * Returns 0, or -EINVAL for any other text.
 */
SUBID_CHECKED int subid_owner_uid(const char *text, size_t len, uint32_t *ret_uid);
