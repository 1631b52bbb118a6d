/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "index.h"
#include "range.h"
#include "text.h"

/* How an index lies in memory: see the picture in index.h. Only index.c, index_build.c and
 * tests include this. */

#define SUBID_INDEX_NO_LINE UINT32_MAX

/* Half a cache line: what an answer needs of a line takes one access to memory. */
struct subid_index_line {
	struct subid_range range;
	uint32_t reach;	    /* the highest ID of the lines before this one in lines[] */
	uint32_t number;    /* in the file, from 0; lines that delegate nothing do not count */
	uint32_t laid;	    /* how many of the owner's IDs lie on lines above it in the file */
	uint32_t next;	    /* the owner's next line in the file, or SUBID_INDEX_NO_LINE */
	uint32_t owner;	    /* offset in the owners' texts */
	uint32_t owner_len; /* bytes */
};

struct subid_index {
	struct stat stamp;
	size_t size; /* bytes mapped */
	uint32_t n_lines;
	uint32_t n_buckets; /* more than there are owners, so that one is always empty */
	uint32_t step;	    /* not 0 */
	struct subid_index_line *lines;
	uint32_t *buckets; /* an owner's first line + 1; 0 is an empty bucket */
	char *owners;	   /* texts, end to end, without NULs */
};

/*
 * subid_index_bucket: the bucket at which the search for an owner begins. The search goes on
 * with subid_index_next_bucket() and ends at an empty bucket.
 *
 * The hash is FNV-1a, mixed so that the last letters of a name change every bit.
 */
SUBID_CHECKED static inline uint32_t subid_index_bucket(const struct subid_index *index,
							const char *owner, size_t len)
{
	uint32_t hash = UINT32_C(0x811c9dc5);

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)owner[i]) * UINT32_C(0x01000193);
	hash = (hash ^ hash >> 16) * UINT32_C(0x7feb352d);
	hash ^= hash >> 15;
	return (uint32_t)((uint64_t)hash * index->n_buckets >> 32);
}

/* subid_index_next_bucket: the bucket after @bucket; the first one follows the last. */
SUBID_CHECKED static inline uint32_t subid_index_next_bucket(const struct subid_index *index,
							     uint32_t bucket)
{
	return bucket + 1 < index->n_buckets ? bucket + 1 : 0;
}

/* subid_index_is_owner: is the line the owner's? @len: bytes. */
SUBID_CHECKED static inline bool subid_index_is_owner(const struct subid_index *index,
						      const struct subid_index_line *line,
						      const char *owner, size_t len)
{
	return subid_text_equal(index->owners + line->owner, line->owner_len, owner, len);
}
