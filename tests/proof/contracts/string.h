/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * memcpy(3) as C defines it, but without the values of the copied bytes, which no contract here
 * needs. Frama-C's own contract states them as well.
 */
#pragma once

#include <stddef.h>

/*@ requires \valid((char *)to + (0 .. size - 1));
    requires \valid_read((const char *)from + (0 .. size - 1));
    requires \separated((char *)to + (0 .. size - 1), (const char *)from + (0 .. size - 1));
    assigns ((char *)to)[0 .. size - 1] \from ((const char *)from)[0 .. size - 1];
    assigns \result \from to;
    ensures \result == to;
*/
void *memcpy(void *restrict to, const void *restrict from, size_t size);
