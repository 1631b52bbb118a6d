/* SPDX-License-Identifier: BSD-3-Clause */
#include "index.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "index_layout.h"
#include "stamp.h"

#define READABLE_BY_ALL (S_IRUSR | S_IRGRP | S_IROTH)

bool subid_index_may_hold(const struct stat *stamp)
{
	return S_ISREG(stamp->st_mode) && (stamp->st_mode & READABLE_BY_ALL) == READABLE_BY_ALL &&
	       stamp->st_size >= 0 && stamp->st_size <= SUBID_INDEX_FILE_MAX_BYTES &&
	       !subid_stamp_is_racy(stamp);
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

/* How many lines begin at the ID or below it. They are the first ones of lines[]. */
static uint32_t count_starts(const struct subid_index *index, uint32_t id)
{
	const struct subid_index_line *first = index->lines;
	uint32_t n = index->n_lines, guess;

	if (n == 0 || id < first->range.start)
		return 0;

	guess = (id - first->range.start) / index->step;
	guess = guess < n ? guess : n - 1;
	if (first[guess].range.start <= id && (guess + 1 == n || first[guess + 1].range.start > id))
		return guess + 1;

	/* A selection without a branch: the processor could not predict one. */
	for (; n > 1; n -= n / 2)
		first += first[n / 2].range.start <= id ? n / 2 : 0;
	return (uint32_t)(first - index->lines) + 1;
}

/* The first line of the file that holds the ID, or NULL. */
static const struct subid_index_line *find_line(const struct subid_index *index, uint32_t id)
{
	const struct subid_index_line *first = NULL;

	for (uint32_t n = count_starts(index, id); n > 0; n--) {
		const struct subid_index_line *line = &index->lines[n - 1];

		if (subid_range_contains(&line->range, id) &&
		    (!first || line->number < first->number))
			first = line;
		if (line->reach < id)
			break;
	}
	return first;
}

/* The line at a place in lines[]; NULL for SUBID_INDEX_NO_LINE. */
static const struct subid_index_line *line_at(const struct subid_index *index, uint32_t place)
{
	return place == SUBID_INDEX_NO_LINE ? NULL : &index->lines[place];
}

/* The owner's first line in the file, or NULL. */
static const struct subid_index_line *find_first_line_of(const struct subid_index *index,
							 const struct subid_owner *owner)
{
	uint32_t i = subid_index_bucket(index, owner->text, owner->len);

	for (; index->buckets[i] != 0; i = subid_index_next_bucket(index, i)) {
		const struct subid_index_line *line = &index->lines[index->buckets[i] - 1];

		if (subid_index_is_owner(index, line, owner->text, owner->len))
			return line;
	}
	return NULL;
}

static uint64_t position_on(const struct subid_index_line *line, uint32_t id)
{
	return (uint64_t)line->laid + (id - line->range.start);
}

int subid_index_find_id(const struct subid_index *index, uint32_t id, struct subid_owner *ret_owner,
			uint64_t *ret_position)
{
	const struct subid_index_line *line = find_line(index, id);

	if (!line)
		return -ENOENT;

	memcpy(ret_owner->text, index->owners + line->owner, line->owner_len);
	ret_owner->text[line->owner_len] = '\0';
	ret_owner->len = line->owner_len;
	ret_owner->place = (uint32_t)(line - index->lines);
	*ret_position = position_on(line, id);
	return 0;
}

int subid_index_find_owner(const struct subid_index *index, const struct subid_owner *owner,
			   uint32_t id, uint64_t *ret_position)
{
	const struct subid_index_line *line = find_line(index, id);

	if (!line)
		return -ENOENT;

	if (!subid_index_is_owner(index, line, owner->text, owner->len)) {
		line = find_first_line_of(index, owner);
		while (line && !subid_range_contains(&line->range, id))
			line = line_at(index, line->next);
		if (!line)
			return -ENOENT;
	}
	*ret_position = position_on(line, id);
	return 0;
}

/* Is the line the owner's, and has it the ID at the position? */
static bool has_position(const struct subid_index *index, const struct subid_index_line *line,
			 const struct subid_owner *owner, uint64_t position)
{
	return position >= line->laid && position - line->laid < line->range.count &&
	       subid_index_is_owner(index, line, owner->text, owner->len);
}

int subid_index_find_position(const struct subid_index *index, const struct subid_owner *owner,
			      uint64_t position, uint32_t *ret_id)
{
	const struct subid_index_line *line;

	if (owner->place < index->n_lines &&
	    has_position(index, &index->lines[owner->place], owner, position)) {
		line = &index->lines[owner->place];
	} else {
		line = find_first_line_of(index, owner);
		while (line && !has_position(index, line, owner, position))
			line = line_at(index, line->next);
		if (!line)
			return -ENOENT;
	}
	*ret_id = line->range.start + (uint32_t)(position - line->laid);
	return 0;
}
