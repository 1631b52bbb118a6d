/* SPDX-License-Identifier: BSD-3-Clause */
#include "index.h"

#include <errno.h>
#include <sys/mman.h>

#include "index_layout.h"
#include "line.h"
#include "stamp.h"
#include "text.h"

#define FOR_ALL (S_IRUSR | S_IRGRP | S_IROTH)

bool subid_index_may_hold(const struct stat *stamp)
{
	return S_ISREG(stamp->st_mode) && (stamp->st_mode & FOR_ALL) == FOR_ALL &&
	       stamp->st_size <= SUBID_INDEX_FILE_MAX_BYTES && !subid_stamp_is_racy(stamp);
}

bool subid_index_is_of(const struct subid_index *index, const struct stat *stamp)
{
	return subid_stamp_equal(&index->stamp, stamp);
}

void subid_index_free(struct subid_index *index)
{
	if (index && index->size > 0)
		(void)munmap(index, index->size);
}

/* The first of the owner's ranges, or NULL if no line is his. */
static const struct subid_index_range *find_owner(const struct subid_index *index,
						  const char *owner, size_t len)
{
	uint32_t hash = subid_index_hash(owner, len);
	uint32_t i = subid_index_bucket(hash, index->n_buckets);

	for (; index->buckets[i] != 0; i = subid_index_next_bucket(i, index->n_buckets)) {
		const struct subid_index_range *range;

		if ((index->buckets[i] ^ hash) & SUBID_INDEX_TAG)
			continue;
		range = &index->ranges[(index->buckets[i] >> SUBID_INDEX_TAG_BITS) - 1];
		if (subid_text_equal(subid_index_owner(index, range), range->owner_len, owner, len))
			return range;
	}
	return NULL;
}

/* The first line of the file with the ID, or NULL. */
static const struct subid_index_range *find_id(const struct subid_index *index, uint32_t id)
{
	const struct subid_index_segment *segment = index->segments;
	const struct subid_index_range *range;
	uint32_t slot, n;

	if (index->n_segments == 0 || id < segment->start)
		return NULL;

	slot = (id - segment->start) >> index->slot_shift;
	if (slot >= index->n_slots)
		slot = index->n_slots - 1;
	segment += index->slots[slot];

	/* The last that begins at the ID or before it, which the first one does. */
	for (n = index->slots[slot + 1] - index->slots[slot] + 1; n > 1; n -= n / 2)
		segment += segment[n / 2].start <= id ? n / 2 : 0;

	range = &index->ranges[segment->range];
	return subid_range_contains(&range->ids, id) ? range : NULL;
}

/* So many ranges are looked through faster than one is found by its IDs. */
#define FEW_RANGES 8

static const struct subid_index_range *
find_id_of(const struct subid_index *index, const struct subid_index_range *first, uint32_t id)
{
	const struct subid_index_range *range, *end = first + first->rest;

	if (first->rest > FEW_RANGES) {
		range = find_id(index, id);
		if (!range || (range >= first && range < end))
			return range;
		/* Another's line stands above: nested ranges, of which there are few. */
	}

	for (range = first; range < end; range++)
		if (subid_range_contains(&range->ids, id))
			return range;
	return NULL;
}

static const struct subid_index_range *find_position_of(const struct subid_index_range *first,
							uint64_t position)
{
	const struct subid_index_range *range = first;

	for (uint32_t n = first->rest; n > 1; n -= n / 2)
		range += range[n / 2].laid <= position ? n / 2 : 0;
	return position - range->laid < range->ids.count ? range : NULL;
}

/*
 * The first of the owner's ranges, NULL if no line is his. Returns 0, or
 * SUBID_INDEX_SILENT if there are lines of either way to write him.
 */
static int first_of(const struct subid_index *index, const struct subid_owner *owner,
		    const struct subid_index_range **ret_first)
{
	const struct subid_index_range *by_uid;

	*ret_first = find_owner(index, owner->name, owner->name_len);
	if (owner->uid_len == 0)
		return 0;

	by_uid = find_owner(index, owner->uid, owner->uid_len);
	if (*ret_first && by_uid)
		return SUBID_INDEX_SILENT;
	if (by_uid)
		*ret_first = by_uid;
	return 0;
}

/* As subid_files_ask() guesses it. */
static void guess_owner(const struct subid_index *index, const struct subid_index_range *range,
			struct subid_owner *owner)
{
	const struct subid_line line = {
		.owner = subid_index_owner(index, range),
		.owner_len = range->owner_len,
	};

	if (!subid_owner_is(owner, &line))
		subid_owner_set_line(owner, &line);
}

int subid_index_ask(const struct subid_index *index, struct subid_owner *owner,
		    struct subid_place *place)
{
	const struct subid_index_range *range = NULL, *first;

	if (place->sought == SUBID_SEEK_OWNER) {
		range = find_id(index, place->id);
		if (!range)
			return -ENOENT;
		guess_owner(index, range, owner);
	}
	if (subid_owner_lacks_name(owner))
		return SUBID_UNRESOLVED;

	if (!range || owner->uid_len > 0) {
		if (first_of(index, owner, &first) == SUBID_INDEX_SILENT)
			return SUBID_INDEX_SILENT;
		if (!range && first)
			range = place->sought == SUBID_SEEK_ID
					? find_position_of(first, place->position)
					: find_id_of(index, first, place->id);
	}
	if (!owner->resolved && (range ? range->below_uid : index->has_uid))
		return SUBID_UNRESOLVED;
	if (!range)
		return -ENOENT;

	if (place->sought == SUBID_SEEK_ID)
		place->id = range->ids.start + (uint32_t)(place->position - range->laid);
	else
		place->position = (uint64_t)range->laid + (place->id - range->ids.start);
	return 0;
}
