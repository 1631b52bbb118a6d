/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* 2^64-1 has 20 digits. */
#define SUBID_DECIMAL_MAX_BYTES 21

/*
 * subid_decimal_format: @value in canonical decimal (no sign, no leading zero).
 *
 * @ret: set to the NUL-terminated digits.
 * Returns the number of digits.
 * Safety: MT-Safe, AS-Safe, AC-Safe. errno: untouched. (snprintf(3) would bring
 * the locale, and its cost, into every lookup.)
 */
size_t subid_decimal_format(uint64_t value, char ret[SUBID_DECIMAL_MAX_BYTES]);

/*
 * subid_decimal_digits, subid_decimal_write: the same where room is scarce.
 *
 * @digits: as many as subid_decimal_digits() says that @value has.
 * @ret: set to just these, without a NUL.
 */
size_t subid_decimal_digits(uint64_t value);
void subid_decimal_write(uint64_t value, size_t digits, char *ret);

/*
 * subid_decimal_parse: the exact inverse, for 32 bits.
 *
 * @text, @len: the digits; they need not be NUL-terminated.
 * @ret_value: set on success only.
 * Returns 0, or -EINVAL for anything that subid_decimal_format() does not write
 * or that exceeds 2^32-1.
 * Safety: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 */
int subid_decimal_parse(const char *text, size_t len, uint32_t *ret_value);
