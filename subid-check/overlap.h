/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "database.h"

enum overlap_kind {
	OVERLAP_CONFLICT,  /* of two owners */
	OVERLAP_NESTED,	   /* of two owners, deliberately: one inside the other */
	OVERLAP_DUPLICATE, /* the same range of the same owner */
	OVERLAP_REPEATED,  /* the same owner, in part */
};

/* Two entries that share IDs. */
struct overlap {
	enum overlap_kind kind;
	size_t entry; /* the one to change: of the later line, or the nested one */
	size_t other;
	struct stretch shared;
};

/*
 * overlap_find: which entries share IDs?
 *
 * There may be n^2 / 2 such pairs, so not all are reported: for each entry, at most one pair with
 * another owner and one with the same owner. If any two entries share IDs, at least one overlap
 * is reported. If any two entries of different owners do, and none is meant to lie inside the
 * other, at least one conflict is. It takes O(n).
 * @database: sorted.
 * @overlap: called with @context for each, in ascending order of IDs.
 */
__attribute__((nonnull(1, 2, 3))) void
overlap_find(const struct database *database, const struct owners *owners,
	     void (*overlap)(const struct overlap *overlap, void *context), void *context);
