/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "range.h"

/*
 * Canonical decimal: no sign, no leading zero. (snprintf(3) is slower.)
 *
 * Safety of all functions here: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 */

/* 2^32-1 has 10 digits, 2^64-1 has 20. */
#define SUBID_DECIMAL_32_MAX_BYTES 10

/* subid_decimal_digits: how many digits @value has, 1 to 20. */
size_t subid_decimal_digits(uint64_t value);

/*
 * subid_decimal_write: write @value into exactly @digits bytes, without a NUL.
 *
 * @digits: what subid_decimal_digits() returns for @value.
 * @ret: an array of @digits bytes or more.
 */
__attribute__((nonnull)) void subid_decimal_write(uint64_t value, size_t digits, char *ret);

/*
 * subid_decimal_parse: read a number of 32 bits, as subid_decimal_write() writes it.
 *
 * @text, @len (bytes): the digits; they need not end with a NUL.
 * @ret_value: set on success only.
 * Returns 0, or -EINVAL for anything that is not canonical decimal or exceeds 2^32-1.
 */
SUBID_CHECKED int subid_decimal_parse(const char *text, size_t len, uint32_t *ret_value);
