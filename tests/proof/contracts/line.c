/* SPDX-License-Identifier: BSD-3-Clause */
/* Contracts of the line parser, and of the functions that compute with a parsed range. */
#pragma once

#include "line.h"

#include "contracts/decimal.c"
#include "contracts/text.c"

// WP does not know what C says of the conversion of a negative number.
/*@ axiomatic conversion {
      axiom unsigned_char: \forall char c; c < 0 ==> (unsigned char)c == c + 256;
    }

    predicate may_be_in_owner(char c) =
      c != ':' && c != '/' && c != 0x7f && !(0 <= c < ' ');

    predicate owner_text(char *text, integer len) =
      1 <= len <= SUBID_OWNER_MAX_BYTES && text[0] != ' ' && text[len - 1] != ' ' &&
      !(text[0] == '.' && len == 1) && !(text[0] == '.' && text[1] == '.' && len == 2) &&
      (\forall integer i; 0 <= i < len ==> may_be_in_owner(text[i]));
*/

#include "libsubid-shim/line.c"

/*@ requires \valid_read(text + (0 .. len - 1));
    assigns \nothing;
    ensures accepted: \result ==> owner_text(text, len);
    ensures refused: !\result ==> !owner_text(text, len);
*/
bool subid_owner_text_valid(const char *text, size_t len);

/*@ assigns \nothing;
    ensures \result <= 16; */
static unsigned int digit_value(char c);

/*@ requires \base_addr(text) == \base_addr(end) && text < end;
    requires \valid_read(text + (0 .. end - text - 1));
    assigns \nothing;
    ensures \result != SUBID_LINE_FAULTLESS;
*/
static enum subid_line_fault digit_fault(const char *first, const char *text, const char *end);

/*@ requires \base_addr(text) == \base_addr(end) && text <= end;
    requires \valid_read(text + (0 .. end - text - 1)) && \valid(ret_value);
    requires \separated(text + (0 .. end - text - 1), ret_value);
    assigns *ret_value;
*/
static enum subid_line_fault parse_number(const char *text, const char *end, uint32_t *ret_value);

/*@ predicate delegated(struct subid_range range) =
      1 <= range.count && range.start + range.count <= 0x100000000; */

/*@ requires \valid_read(text + (0 .. len - 1)) && \valid(ret_line);
    requires \separated(text + (0 .. len - 1), ret_line);
    assigns *ret_line;
    ensures range: \result == SUBID_LINE_FAULTLESS ==> delegated(ret_line->range);
    ensures owner: \result == SUBID_LINE_FAULTLESS ==>
	    ret_line->owner == text && owner_text(text, ret_line->owner_len);
    ensures fault: \result != SUBID_LINE_FAULTLESS ==> *ret_line == \old(*ret_line);
*/
enum subid_line_fault subid_line_parse(const char *text, size_t len, struct subid_line *ret_line);

/*@ requires \valid_read(range) && delegated(*range);
    assigns \nothing;
    ensures \result <==> range->start <= id < range->start + range->count;
*/
static inline bool subid_range_contains(const struct subid_range *range, uint32_t id);

/*@ requires \valid_read(range) && delegated(*range);
    assigns \nothing;
    ensures \result == range->start + range->count - 1;
*/
static inline uint32_t subid_range_last(const struct subid_range *range);
