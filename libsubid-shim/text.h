/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

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
#ifdef __SSE2__
	/* 16 bytes at a time: nsswitch.conf often has long comments. */
	while (end - text >= 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i_u *)text);
		int found = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)));

		if (found != 0)
			return text + __builtin_ctz((unsigned int)found);
		text += 16;
		/* Fewer are left: examine the last 16, some of them once more. */
		if (text < end && end - text < 16)
			text = end - 16;
	}
#endif
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
