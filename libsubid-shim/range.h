/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The two databases of subordinate IDs, subuid(5) and subgid(5). */
enum subid_kind {
	SUBID_UID,
	SUBID_GID,
};

/*
 * A run of subordinate IDs, as one line of subuid(5) delegates it.
 *
 * start: the first ID, inclusive, 0 to 2^32-1.
 * count: how many IDs, at least 1; start + count <= 2^32.
 */
struct subid_range {
	uint32_t start;
	uint32_t count;
};

/* Attributes of a function: its result must be used, and none of its pointers may be NULL. */
#define SUBID_CHECKED __attribute__((warn_unused_result, nonnull))

/* subid_range_contains: is @id one of the range's IDs? */
SUBID_CHECKED static inline bool subid_range_contains(const struct subid_range *range, uint32_t id)
{
	return id >= range->start && id - range->start < range->count;
}

/* subid_range_last: the last ID, inclusive. */
SUBID_CHECKED static inline uint32_t subid_range_last(const struct subid_range *range)
{
	return range->start + (range->count - 1);
}
