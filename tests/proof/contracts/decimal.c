/* SPDX-License-Identifier: BSD-3-Clause */
/* Contracts of the decimals. */
#pragma once

#include "decimal.h"

#include <errno.h>

/*@ logic integer number(char *text, integer len) =
      len <= 0 ? 0 : 10 * number(text, len - 1) + (text[len - 1] - '0');

    logic integer power(integer n) =
      n <= 0 ? 1 : n == 1 ? 10 : n == 2 ? 100 : n == 3 ? 1000 : n == 4 ? 10000 :
      n == 5 ? 100000 : n == 6 ? 1000000 : n == 7 ? 10000000 : n == 8 ? 100000000 :
      n == 9 ? 1000000000 : 10000000000;

    predicate all_digits(char *text, integer len) =
      \forall integer i; 0 <= i < len ==> '0' <= text[i] <= '9';

    predicate canonical(char *text, integer len) =
      1 <= len <= 10 && all_digits(text, len) && (text[0] == '0' ==> len == 1) &&
      number(text, len) <= 0xffffffff;
*/

/*@ requires \valid_read(text + (0 .. len - 1)) && \valid(ret_value);
    requires \separated(text + (0 .. len - 1), ret_value);
    assigns *ret_value;
    ensures \result == 0 || \result == -EINVAL;
    ensures accepted: \result == 0 ==> canonical(text, len);
    ensures refused: \result != 0 ==> !canonical(text, len);
    ensures value: \result == 0 ==> *ret_value == number(text, len);
    ensures fault: \result != 0 ==> *ret_value == \old(*ret_value);
*/
int subid_decimal_parse(const char *text, size_t len, uint32_t *ret_value);

/*@ assigns \nothing;
    ensures 1 <= \result <= 20; */
size_t subid_decimal_digits(uint64_t value);

/*@ requires digits <= 20 && \valid(ret + (0 .. digits - 1));
    assigns ret[0 .. digits - 1]; */
void subid_decimal_write(uint64_t value, size_t digits, char *ret);

#include "libsubid-shim/decimal.c"
