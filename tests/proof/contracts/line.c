/* SPDX-License-Identifier: BSD-3-Clause */
/* Contracts of the line parser, and of the functions that compute with a parsed range. */
#include "line.h"
#include "text.h"

/*@ assigns \result \from begin, end, c; */
static inline const char *subid_text_find(const char *begin, const char *end, char c);

/*@ assigns \nothing; */
bool subid_owner_text_valid(const char *text, size_t len);

#include "libsubid-shim/line.c"

/*@ assigns *ret_value; */
static enum subid_line_fault parse_number(const char *text, const char *end, uint32_t *ret_value);

/*@ predicate delegated(struct subid_range range) =
      1 <= range.count && range.start + range.count <= 0x100000000; */

/*@ requires \valid_read(text + (0 .. len - 1)) && \valid(ret_line);
    assigns *ret_line;
    ensures range: \result == SUBID_LINE_FAULTLESS ==> delegated(ret_line->range);
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
