/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* cmocka 2.0 deprecates assert_in_range() in favour of assert_uint_in_range(). */
#ifdef assert_uint_in_range
#undef assert_in_range
#define assert_in_range assert_uint_in_range
#endif

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/*
 * No test may call skip() of cmocka: for TAP, cmocka 1.1 prints it as a failure.
 *
 * Assertions for the rows of a table. The message of a failure begins with @reason, which says
 * what the row is there for.
 */
static inline void check_int(const char *reason, intmax_t got, intmax_t want)
{
	if (got != want)
		fail_msg("%s: got %jd, want %jd", reason, got, want);
}

static inline void check_text(const char *reason, const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		fail_msg("%s: got \"%s\", want \"%s\"", reason, got, want);
}

static inline void check_bytes(const char *reason, const void *got, size_t got_len,
			       const void *want, size_t want_len)
{
	check_int(reason, (intmax_t)got_len, (intmax_t)want_len);
	if (memcmp(got, want, want_len) != 0)
		fail_msg("%s: got \"%.*s\", want \"%.*s\"", reason, (int)got_len, (const char *)got,
			 (int)want_len, (const char *)want);
}
