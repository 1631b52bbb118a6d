/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * Instead of memcmp(3) and strlen(3): every symbol that is imported costs each
 * process that loads us 1,000 instructions, and these texts are short.
 */

/* subid_text_equal: the same bytes? */
static inline bool subid_text_equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t i = 0;

	if (a_len != b_len)
		return false;
	while (i < a_len && a[i] == b[i])
		i++;
	return i == a_len;
}

/* subid_text_length: of a string, or @max if it is that long or longer. */
static inline size_t subid_text_length(const char *text, size_t max)
{
	const char *end = (const char *)memchr(text, '\0', max);

	return end ? (size_t)(end - text) : max;
}

/* subid_text_begins: does the string begin with these bytes, none of which is NUL? */
static inline bool subid_text_begins(const char *string, const char *with, size_t len)
{
	size_t i = 0;

	while (i < len && string[i] == with[i])
		i++;
	return i == len;
}
