/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * memcpy(3) as C defines it. Frama-C's own contract uses more definitions than needed here.
 */
#pragma once

#include <stddef.h>

/*@ requires \valid((char *)to + (0 .. size - 1));
    requires \valid_read((const char *)from + (0 .. size - 1));
    requires \separated((char *)to + (0 .. size - 1), (const char *)from + (0 .. size - 1));
    assigns ((char *)to)[0 .. size - 1] \from ((const char *)from)[0 .. size - 1];
    assigns \result \from to;
    ensures \result == to;
    ensures copied: \forall integer i; 0 <= i < size ==>
	    ((char *)to)[i] == \old(((char *)from)[i]);
*/
void *memcpy(void *restrict to, const void *restrict from, size_t size);

/*@ requires string: \exists integer n; 0 <= n && \valid_read(text + (0 .. n)) && text[n] == 0;
    assigns \result \from text[..];
    ensures text[\result] == 0;
    ensures \forall integer i; 0 <= i < \result ==> text[i] != 0;
*/
size_t strlen(const char *text);
