/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool.h"
#include "survey.h"

/* The classes of segments. If several apply to one, the last of them in this order is used. */
enum segment_class {
	SEGMENT_FREE,
	SEGMENT_SYSTEMD,
	SEGMENT_ACCOUNTS,
	SEGMENT_OWNED,
	SEGMENT_NESTED,
	SEGMENT_SPECIAL,
	SEGMENT_OVERLAP,
};

/* A stretch of IDs that all have the same owners. */
struct segment {
	struct stretch ids;
	enum segment_class what;
	const struct owner *owners[2]; /* the first two owners, in file order, or NULL */
	size_t ranges;		       /* how many ranges contain it, or a part of it */
	size_t segments;	       /* how many were merged into it; 1: it was not merged */
	size_t overlaps;	       /* how many of these are SEGMENT_OVERLAP */
	const struct taken *taken;     /* if it is reserved, or systemd allocates it; or NULL */
	size_t accounts;	       /* how many accounts have an ID in it */
	const struct account *account; /* the first of these accounts */
};

struct segments {
	struct segment *items; /* ascending, without gaps, from 0 to 2^32-1 */
	size_t n, room;
};

/*
 * segments_of: cut the ID space of one database into segments. If there are more than @max,
 * neighbours are merged. Accounts and reserved IDs stay segments, so a few more may remain.
 *
 * It takes O(n log n). Ownership: end with segments_free().
 */
__attribute__((nonnull)) void segments_of(const struct survey *survey, enum subid_kind kind,
					  size_t max, struct segments *ret);
__attribute__((nonnull)) void segments_free(struct segments *segments);

/*
 * segment_label: describe a segment in words. It may have any bytes, as owners may.
 * Ownership: free(3).
 */
__attribute__((nonnull)) char *segment_label(const struct segment *segment, enum subid_kind kind);

/* segment_size: how many IDs. */
static inline uint64_t segment_size(const struct segment *segment)
{
	return (uint64_t)segment->ids.last - segment->ids.first + 1;
}
