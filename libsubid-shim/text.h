/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * Instead of memcmp(3) and strlen(3): every symbol that is imported costs each
 * process that loads us 1,000 instructions, and these texts are short.
 */

/*
 * subid_text_begins: does the text begin with these bytes? It is as long as they
 * are, or a string, and then none of them is NUL.
 */
static inline bool subid_text_begins(const char *text, const char *with, size_t len)
{
	size_t i = 0;

	while (i < len && text[i] == with[i])
		i++;
	return i == len;
}

/* subid_text_equal: the same bytes? */
static inline bool subid_text_equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
	return a_len == b_len && subid_text_begins(a, b, b_len);
}

/* subid_text_length: of a string, or @max if it is that long or longer. */
static inline size_t subid_text_length(const char *text, size_t max)
{
	const char *end = (const char *)memchr(text, '\0', max);

	return end ? (size_t)(end - text) : max;
}
