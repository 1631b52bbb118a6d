/* SPDX-License-Identifier: BSD-3-Clause */
/* Contracts of owners. */
#pragma once

#include "owner.h"

#include "contracts/decimal.c"
#include "contracts/line.c"

/*@ requires \valid(ret) && \valid_read(line) && \separated(ret, line);
    requires line->owner_len <= SUBID_OWNER_MAX_BYTES;
    requires \valid_read(line->owner + (0 .. line->owner_len - 1));
    requires \separated(ret, line->owner + (0 .. line->owner_len - 1));
    assigns ret->len, ret->place, ret->text[0 .. SUBID_OWNER_MAX_BYTES];
    ensures ret->len == line->owner_len && ret->text[ret->len] == 0;
    ensures copied: same(&ret->text[0], line->owner, ret->len);
*/
void subid_owner_set_line(struct subid_owner *ret, const struct subid_line *line);

/*@ requires \valid(ret) && \valid_read(text + (0 .. len - 1));
    requires \separated(ret, text + (0 .. len - 1));
    assigns ret->len, ret->place, ret->text[0 .. SUBID_OWNER_MAX_BYTES];
    ensures \result == 0 || \result == -EINVAL;
    ensures accepted: \result == 0 ==> \old(owner_text(text, len));
    ensures refused: \result != 0 ==> !\old(owner_text(text, len));
    ensures copied: \result == 0 ==> ret->len == len && ret->text[len] == 0 &&
	    same(&ret->text[0], text, len);
    ensures fault: \result != 0 ==> ret->len == \old(ret->len);
*/
int subid_owner_set(struct subid_owner *ret, const char *text, size_t len);

/*@ requires \valid_read(owner) && \valid_read(line) && owner->len <= SUBID_OWNER_MAX_BYTES;
    requires \valid_read(line->owner + (0 .. line->owner_len - 1));
    assigns \nothing;
    ensures \result <==> owner->len == line->owner_len &&
	    same(line->owner, &owner->text[0], owner->len);
*/
bool subid_owner_is(const struct subid_owner *owner, const struct subid_line *line);

/*@ requires \valid_read(text + (0 .. len - 1)) && \valid(ret_uid);
    requires \separated(text + (0 .. len - 1), ret_uid);
    assigns *ret_uid;
    ensures \result == 0 || \result == -EINVAL;
    ensures accepted: \result == 0 ==> canonical(text, len) && number(text, len) < 0xffffffff;
    ensures refused: canonical(text, len) && number(text, len) < 0xffffffff ==> \result == 0;
    ensures value: \result == 0 ==> *ret_uid == number(text, len);
    ensures fault: \result != 0 ==> *ret_uid == \old(*ret_uid);
*/
int subid_owner_uid(const char *text, size_t len, uint32_t *ret_uid);

#include "libsubid-shim/owner.c"
