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
	size_t entry; /* the one that is in the way: of the later line, or nested */
	size_t other;
	struct stretch shared;
};

/*
 * overlap_find: which entries share IDs?
 *
 * Not all pairs, which may be n^2 / 2: for each entry at most one of another
 * owner and one of the same, O(n log n) in all with the sorting. If any two
 * entries share IDs there is an overlap; if they are two owners' and neither
 * lies inside a range of the other's, where that is meant, there is a conflict.
 * @database: sorted, its entries' owners joined.
 * @overlap: called with @context, in ascending order of IDs.
 */
void overlap_find(const struct database *database, const struct owners *owners,
		  void (*overlap)(const struct overlap *overlap, void *context), void *context);
