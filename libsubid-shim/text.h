/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "range.h"

/*
 * These replace memchr(3), memcmp(3) and strnlen(3): every symbol that the module imports costs
 * each process that loads it about 1,000 instructions, and the texts are short.
 *
 * Safety of all functions here: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 */

/*
 * subid_text_begins: does @text begin with the @len bytes at @with?
 *
 * @text: at least @len bytes. It may be shorter if it ends with a NUL and @with has none: the
 * comparison then ends at that NUL.
 */
SUBID_CHECKED static inline bool subid_text_begins(const char *text, const char *with, size_t len)
{
	size_t i = 0;

	while (i < len && text[i] == with[i])
		i++;
	return i == len;
}

/* subid_text_equal: are the two texts the same bytes? */
SUBID_CHECKED static inline bool subid_text_equal(const char *a, size_t a_len, const char *b,
						  size_t b_len)
{
	return a_len == b_len && subid_text_begins(a, b, b_len);
}

/* subid_text_find: the first @c in front of @end, from @text on, or NULL. */
SUBID_CHECKED static inline const char *subid_text_find(const char *text, const char *end, char c)
{
	for (; text < end; text++)
		if (*text == c)
			return text;
	return NULL;
}

/* subid_text_length: the length of a string, or @max if it is @max bytes or longer. */
SUBID_CHECKED static inline size_t subid_text_length(const char *text, size_t max)
{
	size_t len = 0;

	/* Nothing behind the NUL is read: the readable memory may end there. */
	while (len < max && text[len] != '\0')
		len++;
	return len;
}
