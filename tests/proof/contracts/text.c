/* SPDX-License-Identifier: BSD-3-Clause */
/* Contracts of the functions of text.h. */
#pragma once

/*@ predicate same(char *a, char *b, integer len) =
      \forall integer i; 0 <= i < len ==> a[i] == b[i];

    predicate has_no_nul(char *text, integer len) =
      \forall integer i; 0 <= i < len ==> text[i] != 0;

    predicate readable_string(char *text, integer max) =
      \forall integer i; 0 <= i < max && has_no_nul(text, i) ==> \valid_read(text + i);
*/

#include "text.h"

/*@ requires \valid_read(with + (0 .. len - 1));
    requires readable: \forall integer i; 0 <= i < len && same(text, with, i) ==>
	     \valid_read(text + i);
    assigns \nothing;
    ensures \result <==> same(text, with, len);
*/
static inline bool subid_text_begins(const char *text, const char *with, size_t len);

/*@ requires \valid_read(a + (0 .. a_len - 1)) && \valid_read(b + (0 .. b_len - 1));
    assigns \nothing;
    ensures \result <==> a_len == b_len && same(a, b, a_len);
*/
static inline bool subid_text_equal(const char *a, size_t a_len, const char *b, size_t b_len);

/*@ requires \base_addr(text) == \base_addr(end) && text <= end;
    requires \valid_read(text + (0 .. end - text - 1));
    assigns \result \from text, end, text[0 .. end - text - 1], c;
    ensures \result == \null || \base_addr((char *)\result) == \base_addr(text) &&
	    text <= (const char *)\result < end;
*/
static inline const char *subid_text_find(const char *text, const char *end, char c);

/*@ requires readable_string(text, max);
    assigns \nothing;
    ensures \result <= max && has_no_nul(text, \result) && \valid_read(text + (0 .. \result - 1));
    ensures \result < max ==> text[\result] == 0;
*/
static inline size_t subid_text_length(const char *text, size_t max);
