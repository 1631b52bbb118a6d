/* SPDX-License-Identifier: BSD-3-Clause */
#include "index.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "index_layout.h"
#include "stamp.h"
#include "text.h"

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

/* How many entries of by_start[] begin at the ID or below it. They are the first ones. */
static uint32_t count_starts(const struct subid_index *index, uint32_t id)
{
	const struct subid_index_start *first = index->by_start;
	uint32_t n = index->n_lines;

	if (n == 0 || id < first->start)
		return 0;

	/* A selection without a branch: the processor could not predict one. */
	for (; n > 1; n -= n / 2)
		first += first[n / 2].start <= id ? n / 2 : 0;
	return (uint32_t)(first - index->by_start) + 1;
}

/* The first line of the file that holds the ID, or SUBID_INDEX_NO_LINE. */
static uint32_t find_line(const struct subid_index *index, uint32_t id)
{
	uint32_t first_line = SUBID_INDEX_NO_LINE;

	for (uint32_t n = count_starts(index, id); n > 0; n--) {
		const struct subid_index_start *start = &index->by_start[n - 1];

		if (start->reach < id)
			break;
		if (start->line < first_line &&
		    subid_range_contains(&index->lines[start->line].range, id))
			first_line = start->line;
	}
	return first_line;
}

/* The owner's first line, or SUBID_INDEX_NO_LINE. */
static uint32_t find_first_line_of(const struct subid_index *index, const struct subid_owner *owner)
{
	uint32_t i = subid_index_bucket(index, owner->text, owner->len);

	for (; index->buckets[i] != 0; i = subid_index_next_bucket(index, i)) {
		uint32_t line = index->buckets[i] - 1;

		if (subid_index_is_owner(index, line, owner->text, owner->len))
			return line;
	}
	return SUBID_INDEX_NO_LINE;
}

static uint64_t position_on(const struct subid_index_line *line, uint32_t id)
{
	return (uint64_t)line->laid + (id - line->range.start);
}

int subid_index_find_id(const struct subid_index *index, uint32_t id, struct subid_owner *ret_owner,
			uint64_t *ret_position)
{
	uint32_t n = find_line(index, id);
	const struct subid_index_line *line;
	size_t len;

	if (n == SUBID_INDEX_NO_LINE)
		return -ENOENT;

	line = &index->lines[n];
	len = subid_text_length(index->owners + line->owner, SUBID_OWNER_MAX_BYTES);
	memcpy(ret_owner->text, index->owners + line->owner, len);
	ret_owner->text[len] = '\0';
	ret_owner->len = len;
	*ret_position = position_on(line, id);
	return 0;
}

int subid_index_find_owner(const struct subid_index *index, const struct subid_owner *owner,
			   uint32_t id, uint64_t *ret_position)
{
	uint32_t n = find_line(index, id);

	if (n == SUBID_INDEX_NO_LINE)
		return -ENOENT;

	if (!subid_index_is_owner(index, n, owner->text, owner->len)) {
		n = find_first_line_of(index, owner);
		while (n != SUBID_INDEX_NO_LINE &&
		       !subid_range_contains(&index->lines[n].range, id))
			n = index->lines[n].next;
		if (n == SUBID_INDEX_NO_LINE)
			return -ENOENT;
	}
	*ret_position = position_on(&index->lines[n], id);
	return 0;
}

int subid_index_find_position(const struct subid_index *index, const struct subid_owner *owner,
			      uint64_t position, uint32_t *ret_id)
{
	uint32_t n = find_first_line_of(index, owner);

	for (; n != SUBID_INDEX_NO_LINE; n = index->lines[n].next) {
		const struct subid_range *range = &index->lines[n].range;

		if (position < range->count) {
			*ret_id = range->start + (uint32_t)position;
			return 0;
		}
		position -= range->count;
	}
	return -ENOENT;
}
