/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "index.h"
#include "line.h"
#include "range.h"

/*
 * How an index lies in memory: one mapping, this structure and then its arrays.
 * Private to index.c and index_build.c.
 *
 * Of a large file every cache line that is looked at is far from the processor. So
 * an answer takes one range, owner included, and the few bytes that lead to it.
 */

/* As many bytes as make a range half a cache line; longer names lie elsewhere. */
#define SUBID_INDEX_NAME_BYTES 16

/* A line. Those of one owner lie together, in the order of the file. */
struct subid_index_range {
	struct subid_range ids;
	uint32_t laid;	    /* how many of the owner's IDs lie before it */
	uint32_t rest : 20; /* of the owner's ranges: this one and those behind it */
	uint32_t owner_len : 10;
	uint32_t below_uid : 1; /* a line above writes its owner as a UID */
	union {
		char owner[SUBID_INDEX_NAME_BYTES];
		uint32_t owner_at; /* in the texts, if it is longer */
	} name;
};

/* The shortest line that delegates: "a:0:1" and a newline. */
#define SUBID_INDEX_LINE_MIN_BYTES 6
#define SUBID_INDEX_LINES_MAX (SUBID_INDEX_FILE_MAX_BYTES / SUBID_INDEX_LINE_MIN_BYTES + 1)

_Static_assert(sizeof(struct subid_index_range) == 32, "half a cache line");
_Static_assert(SUBID_INDEX_LINES_MAX < 1 << 20, "lines are counted in 20 bits");
_Static_assert(SUBID_OWNER_MAX_BYTES < 1 << 10, "owners are measured in 10 bits");

/* From one segment's start to the next one's, the IDs in its range are the range's. */
struct subid_index_segment {
	uint32_t start;
	uint32_t range;
};

/*
 * The IDs are cut into slots of equal width, so many that each holds about four
 * segments: the last segment that begins in or before a slot's first ID
 * is where to search from, and that of the next slot where to search to.
 */
#define SUBID_INDEX_SEGMENTS_A_SLOT 4

struct subid_index {
	struct stat stamp;
	size_t size; /* bytes mapped, or 0 for one that has settled */
	struct subid_index_range *ranges;
	struct subid_index_segment *segments; /* sorted */
	uint32_t *slots;		      /* and one more, for the last to search to */
	uint32_t *buckets;		      /* open addressing, see below */
	char *texts;
	uint32_t n_ranges;
	uint32_t n_segments;
	uint32_t n_slots;
	uint32_t n_buckets;
	uint32_t texts_size;
	uint32_t slot_shift; /* a slot is 2^slot_shift IDs wide */
	bool has_uid;	     /* some line writes its owner as a UID */
};

/*
 * An owner's bucket: in the upper 20 bits the owner's first range, plus one, and
 * in the lower ones as many of the hash, so that other owners need not be looked
 * at. 0: empty.
 */
#define SUBID_INDEX_TAG_BITS 12
#define SUBID_INDEX_TAG ((UINT32_C(1) << SUBID_INDEX_TAG_BITS) - 1)

/* FNV-1a, mixed so that the last letters of a name reach every bit. */
static inline uint32_t subid_index_hash(const char *text, size_t len)
{
	uint32_t hash = UINT32_C(0x811c9dc5);

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * UINT32_C(0x01000193);
	hash = (hash ^ hash >> 16) * UINT32_C(0x7feb352d);
	return hash ^ hash >> 15;
}

/* Where to look for an owner first: by the upper bits, the tag being the lower ones. */
static inline uint32_t subid_index_bucket(uint32_t hash, uint32_t n_buckets)
{
	return (uint32_t)((uint64_t)hash * n_buckets >> 32);
}

static inline uint32_t subid_index_next_bucket(uint32_t bucket, uint32_t n_buckets)
{
	return bucket + 1 < n_buckets ? bucket + 1 : 0;
}

/* A range's owner, as its line writes it. */
static inline const char *subid_index_owner(const struct subid_index *index,
					    const struct subid_index_range *range)
{
	return range->owner_len > SUBID_INDEX_NAME_BYTES ? index->texts + range->name.owner_at
							 : range->name.owner;
}
