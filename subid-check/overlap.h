/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "database.h"

enum overlap_kind {
	OVERLAP_CONFLICT,  /* two owners share IDs */
	OVERLAP_NESTED,	   /* two owners share IDs deliberately: one range lies in the other */
	OVERLAP_DUPLICATE, /* one owner has the same range twice */
	OVERLAP_REPEATED,  /* one owner has some IDs twice */
};

/* Two entries that share IDs. */
struct overlap {
	enum overlap_kind kind;
	size_t entry; /* the one to change: that on the later line, or the nested one */
	size_t other;
	struct stretch shared;
};

/*
 * overlap_find: which entries share IDs?
 *
 * There may be n^2 / 2 such pairs, so not all are reported. For each entry, at most one pair with
 * another owner and one with the same owner is reported. If there are pairs, at least one is
 * reported. If there are conflicts, at least one conflict is reported. It takes O(n).
 * @database: after database_join(), which sorts it.
 * @overlap: called with @context for each, in ascending order of IDs.
 */
__attribute__((nonnull(1, 2, 3))) void
overlap_find(const struct database *database, const struct owners *owners,
	     void (*overlap)(const struct overlap *overlap, void *context), void *context);
