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
	if (index)
		(void)munmap(index, index->size);
}

static struct subid_line owner_text(const struct subid_index *index, uint32_t owner)
{
	const struct subid_index_owner *o = &index->owners[owner];

	return (struct subid_line){
		.owner = index->texts + o[0].text,
		.owner_len = o[1].text - o[0].text - 1,
	};
}

/* Its number, or n_owners for nobody. */
static uint32_t find_owner(const struct subid_index *index, const char *text, size_t len)
{
	uint32_t i = subid_index_bucket(text, len, index->n_buckets);

	for (; index->buckets[i] != 0; i = (i + 1) % index->n_buckets) {
		uint32_t owner = index->buckets[i] - 1;
		struct subid_line is = owner_text(index, owner);

		if (subid_text_equal(is.owner, is.owner_len, text, len))
			return owner;
	}
	return index->n_owners;
}

/* The last of the starts that is not above the ID, which the first is not. */
static uint32_t last_not_above(const uint32_t *starts, uint32_t n, uint32_t id)
{
	const uint32_t *base = starts;

	for (; n > 1; n -= n / 2)
		base += base[n / 2] <= id ? n / 2 : 0;
	return (uint32_t)(base - starts);
}

/* The first line of the file with the ID, or NULL. */
static const struct subid_index_range *find_id(const struct subid_index *index, uint32_t id)
{
	uint32_t n_blocks = (index->n_segments + SUBID_INDEX_BLOCK - 1) / SUBID_INDEX_BLOCK;
	const struct subid_index_range *range;
	uint32_t first, rest;

	if (index->n_segments == 0 || id < index->starts[0])
		return NULL;

	first = last_not_above(index->blocks, n_blocks, id) * SUBID_INDEX_BLOCK;
	rest = index->n_segments - first;
	first += last_not_above(index->starts + first,
				rest < SUBID_INDEX_BLOCK ? rest : SUBID_INDEX_BLOCK, id);

	range = &index->ranges[index->places[first]];
	return subid_range_contains(&range->ids, id) ? range : NULL;
}

static const struct subid_index_range *find_id_of(const struct subid_index *index, uint32_t owner,
						  uint32_t id)
{
	const struct subid_index_range *range = find_id(index, id);
	const struct subid_index_range *end = index->ranges + index->owners[owner + 1].first;

	if (!range || range->owner == owner)
		return range;

	/* Another's line stands above: nested ranges, of which there are few. */
	range = index->ranges + index->owners[owner].first;
	while (range < end && !subid_range_contains(&range->ids, id))
		range++;
	return range < end ? range : NULL;
}

static const struct subid_index_range *find_position_of(const struct subid_index *index,
							uint32_t owner, uint64_t position)
{
	const struct subid_index_range *base = index->ranges + index->owners[owner].first;

	for (uint32_t n = index->owners[owner + 1].first - index->owners[owner].first; n > 1;
	     n -= n / 2)
		base += base[n / 2].laid <= position ? n / 2 : 0;
	return position - base->laid < base->ids.count ? base : NULL;
}

/*
 * The owner's number, n_owners if no line is his. Returns 0, or
 * SUBID_INDEX_SILENT if there are lines of either way to write him.
 */
static int number_of(const struct subid_index *index, const struct subid_owner *owner,
		     uint32_t *ret_number)
{
	uint32_t by_uid = index->n_owners;

	*ret_number = find_owner(index, owner->name, owner->name_len);
	if (owner->uid_len > 0)
		by_uid = find_owner(index, owner->uid, owner->uid_len);
	if (by_uid == index->n_owners)
		return 0;
	if (*ret_number != index->n_owners)
		return SUBID_INDEX_SILENT;
	*ret_number = by_uid;
	return 0;
}

/* As subid_files_ask() guesses it: whose the first line with the ID is. */
static int owner_of(const struct subid_index *index, uint32_t id, struct subid_owner *owner,
		    uint32_t *ret_number)
{
	const struct subid_index_range *range = find_id(index, id);
	struct subid_line line;

	if (!range)
		return -ENOENT;
	line = owner_text(index, range->owner);
	if (!subid_owner_is(owner, &line))
		subid_owner_set_line(owner, &line);

	*ret_number = range->owner;
	return owner->uid_len > 0 ? number_of(index, owner, ret_number) : 0;
}

int subid_index_ask(const struct subid_index *index, struct subid_owner *owner,
		    struct subid_place *place)
{
	const struct subid_index_range *range = NULL;
	uint32_t number;
	int r;

	if (place->sought == SUBID_SEEK_OWNER)
		r = owner_of(index, place->id, owner, &number);
	else
		r = number_of(index, owner, &number);
	if (r < 0)
		return r;
	if (subid_owner_lacks_name(owner))
		return SUBID_UNRESOLVED;
	if (r > 0)
		return r;

	if (number < index->n_owners)
		range = place->sought == SUBID_SEEK_ID
				? find_position_of(index, number, place->position)
				: find_id_of(index, number, place->id);
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
