/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "range.h"

/*
 * How an index lies in memory: one mapping, this structure and then its arrays.
 * Private to index.c and index_build.c.
 */

/* A line. Those of one owner lie together, in the order of the file. */
struct subid_index_range {
	struct subid_range ids;
	uint32_t laid; /* how many of the owner's IDs lie before it */
	uint32_t owner : 31;
	uint32_t below_uid : 1; /* a line above writes its owner as a UID */
};

/* Owners in the order of their first lines; one more ends the last. */
struct subid_index_owner {
	uint32_t text;	/* offset; texts end with a NUL and lie end to end */
	uint32_t first; /* its first range */
};

/*
 * From one segment's start to the next one's, the IDs in its range are the
 * range's. Starts are searched in two levels, the upper of which is small enough
 * to stay in the processor's cache.
 */
#define SUBID_INDEX_BLOCK 32

struct subid_index {
	struct stat stamp;
	size_t size; /* bytes mapped */
	const struct subid_index_range *ranges;
	const struct subid_index_owner *owners;
	const uint32_t *blocks;	 /* the first start of each SUBID_INDEX_BLOCK */
	const uint32_t *starts;	 /* of the segments, sorted */
	const uint32_t *places;	 /* of their ranges */
	const uint32_t *buckets; /* owner + 1, or 0; open addressing */
	const char *texts;
	uint32_t n_owners;
	uint32_t n_segments;
	uint32_t n_buckets;
	uint32_t has_uid; /* some line writes its owner as a UID */
};

/*
 * Where to look for an owner first: FNV-1a, scaled to the table by its high
 * bits, which the last letters of a name reach only by the final mixing.
 */
static inline uint32_t subid_index_bucket(const char *text, size_t len, uint32_t n_buckets)
{
	uint32_t hash = UINT32_C(0x811c9dc5);

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * UINT32_C(0x01000193);
	hash = (hash ^ hash >> 16) * UINT32_C(0x7feb352d);
	hash ^= hash >> 15;
	return (uint32_t)((uint64_t)hash * n_buckets >> 32);
}
