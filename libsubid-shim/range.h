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

/* What is sought of an owner's IDs; the other half is known. */
enum subid_sought {
	SUBID_SEEK_OWNER,    /* whose the ID is, and its position */
	SUBID_SEEK_POSITION, /* the position of the owner's ID */
	SUBID_SEEK_ID,	     /* the ID at the owner's position */
};

/*
 * One ID of an owner. Its position is its place when the owner's ranges are
 * laid end to end in the order of the file: the first ID is position 0.
 * Ranges may overlap or repeat, so that an ID may have several positions (the
 * first counts) and the highest position may exceed 2^32.
 */
struct subid_place {
	enum subid_sought sought;
	uint32_t id;
	uint64_t position;
};

static inline bool subid_range_contains(const struct subid_range *range, uint32_t id)
{
	return id >= range->start && id - range->start < range->count;
}

/*
 * subid_place_in_range: look for @place in the owner's next range.
 *
 * @place: its known half is read; the sought half is set when it is found.
 * @laid: how many of the owner's IDs lie before @range.
 * Returns true when @place lies in @range.
 * Safety: MT-Safe, AS-Safe, AC-Safe.
 */
static inline bool subid_place_in_range(struct subid_place *place, const struct subid_range *range,
					uint64_t laid)
{
	if (place->sought == SUBID_SEEK_ID) {
		/* laid <= position holds: an earlier range would have matched. */
		uint64_t offset = place->position - laid;

		if (offset >= range->count)
			return false;
		place->id = range->start + (uint32_t)offset;
		return true;
	}

	if (!subid_range_contains(range, place->id))
		return false;
	place->position = laid + (place->id - range->start);
	return true;
}
