/* SPDX-License-Identifier: BSD-3-Clause */
#include "index.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "index_layout.h"
#include "line.h"
#include "reader.h"
#include "stamp.h"
#include "text.h"

/* A line on its way into the index, numbered as in the file. */
struct draft_line {
	struct subid_range range;
	uint32_t owner;
	uint32_t place; /* among the ranges of the index */
	bool below_uid;
};

struct draft_owner {
	uint64_t n_ids;
	uint32_t n_ranges;
	uint32_t hash;
	uint32_t text; /* offset */
	uint32_t len;
	uint32_t next; /* where in the index the next range of his goes */
};

/*
 * The work, in one mapping that is large enough for any file of the size. What
 * a file does not need is not touched, and so costs addresses only.
 */
struct draft {
	void *memory;
	size_t size;

	struct draft_line *lines;
	struct draft_owner *owners;
	uint32_t *buckets;  /* owner + 1, or 0 */
	char *texts;	    /* of the owners, end to end */
	uint32_t *by_start; /* lines, sorted */
	uint32_t *spare;
	struct subid_index_segment *segments; /* range: its line, until that is placed */
	uint32_t n_lines;
	uint32_t n_owners;
	uint32_t n_buckets;
	uint32_t n_segments;
	uint32_t texts_size;
	uint32_t long_texts_size; /* of those that a range has no room for */
	bool has_uid;
};

static void *map(size_t size, int flags)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags,
			    -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

/* The next @count objects of a mapping, on a cache line; with none it only measures. */
static void *carve(char *memory, size_t *used, size_t count, size_t object_size)
{
	void *carved = memory ? memory + *used : NULL;

	*used += (count * object_size + 63) & ~(size_t)63;
	return carved;
}

static size_t lay_out_draft(struct draft *draft, char *memory, size_t max_lines, size_t file_size)
{
	size_t used = 0;

	draft->n_buckets = (uint32_t)max_lines * 2;
	draft->lines = (struct draft_line *)carve(memory, &used, max_lines, sizeof(*draft->lines));
	draft->owners =
		(struct draft_owner *)carve(memory, &used, max_lines, sizeof(*draft->owners));
	draft->buckets = (uint32_t *)carve(memory, &used, draft->n_buckets, sizeof(uint32_t));
	draft->texts = (char *)carve(memory, &used, file_size + 1, 1);
	draft->by_start = (uint32_t *)carve(memory, &used, max_lines, sizeof(uint32_t));
	draft->spare = (uint32_t *)carve(memory, &used, max_lines, sizeof(uint32_t));
	draft->segments = (struct subid_index_segment *)carve(memory, &used, max_lines * 2,
							      sizeof(*draft->segments));
	return used;
}

static int open_draft(struct draft *draft, size_t file_size)
{
	size_t max_lines = file_size / SUBID_INDEX_LINE_MIN_BYTES + 1;

	*draft = (struct draft){ .memory = NULL };
	draft->size = lay_out_draft(draft, NULL, max_lines, file_size);
	draft->memory = map(draft->size, MAP_NORESERVE);
	if (!draft->memory)
		return -ENOMEM;
	(void)lay_out_draft(draft, (char *)draft->memory, max_lines, file_size);
	return 0;
}

static void close_draft(struct draft *draft)
{
	(void)munmap(draft->memory, draft->size);
}

static struct draft_owner *add_owner(struct draft *draft, const struct subid_line *line,
				     uint32_t hash)
{
	struct draft_owner *owner = &draft->owners[draft->n_owners++];

	*owner = (struct draft_owner){
		.hash = hash,
		.text = draft->texts_size,
		.len = (uint32_t)line->owner_len,
	};
	memcpy(draft->texts + draft->texts_size, line->owner, line->owner_len);
	draft->texts_size += owner->len;
	if (owner->len > SUBID_INDEX_NAME_BYTES)
		draft->long_texts_size += owner->len;
	return owner;
}

/* The line's owner; a new one if no line was his yet. */
static struct draft_owner *find_owner(struct draft *draft, const struct subid_line *line)
{
	uint32_t hash = subid_index_hash(line->owner, line->owner_len);
	uint32_t i = subid_index_bucket(hash, draft->n_buckets);

	for (; draft->buckets[i] != 0; i = subid_index_next_bucket(i, draft->n_buckets)) {
		struct draft_owner *owner = &draft->owners[draft->buckets[i] - 1];

		if (subid_text_equal(draft->texts + owner->text, owner->len, line->owner,
				     line->owner_len))
			return owner;
	}

	draft->buckets[i] = draft->n_owners + 1;
	return add_owner(draft, line, hash);
}

static int draft_line(struct draft *draft, const struct subid_line *line)
{
	struct draft_owner *owner = find_owner(draft, line);
	uint32_t uid;

	/* Where they would lie in 32 bits of the index. */
	owner->n_ids += line->range.count;
	if (owner->n_ids > UINT32_MAX)
		return -E2BIG;

	owner->n_ranges++;
	draft->lines[draft->n_lines++] = (struct draft_line){
		.range = line->range,
		.owner = (uint32_t)(owner - draft->owners),
		.below_uid = draft->has_uid,
	};
	if (subid_owner_uid(line->owner, line->owner_len, &uid) == 0)
		draft->has_uid = true;
	return 0;
}

static int read_draft(struct draft *draft, const char *path, const struct stat *stamp)
{
	struct subid_reader reader;
	struct subid_line line;
	const char *text;
	size_t len = 0;
	int r;

	r = subid_reader_open(&reader, path);
	if (r < 0)
		return r;

	/* What follows fits the draft only if the file is this one. */
	r = subid_stamp_equal(&reader.stamp, stamp) ? 1 : -ESTALE;
	for (uint64_t bytes = 0; r > 0; bytes += len + 1) {
		r = subid_reader_next(&reader, &text, &len);
		if (r > 0 && bytes + len > (uint64_t)stamp->st_size)
			r = -ESTALE;
		if (r > 0 && subid_line_parse(text, len, &line) == 0 &&
		    draft_line(draft, &line) < 0)
			r = -E2BIG;
	}
	if (r == 0)
		r = subid_reader_verify(&reader);
	subid_reader_close(&reader);
	return r;
}

/* Most files are, for each new range goes behind the last. */
static bool is_sorted(const struct draft *draft)
{
	uint32_t i = 1;

	while (i < draft->n_lines && draft->lines[i - 1].range.start <= draft->lines[i].range.start)
		i++;
	return i >= draft->n_lines;
}

/* Sort the lines by the first ID; a radix sort keeps those of one start in order. */
static void sort_lines(struct draft *draft)
{
	for (uint32_t i = 0; i < draft->n_lines; i++)
		draft->by_start[i] = i;
	if (is_sorted(draft))
		return;

	for (unsigned int shift = 0; shift < 32; shift += 8) {
		uint32_t *sorted = draft->spare, offsets[257] = { 0 };

		for (uint32_t i = 0; i < draft->n_lines; i++)
			offsets[(draft->lines[i].range.start >> shift & 0xff) + 1]++;
		for (unsigned int i = 0; i < 256; i++)
			offsets[i + 1] += offsets[i];
		for (uint32_t i = 0; i < draft->n_lines; i++) {
			uint32_t l = draft->by_start[i];

			sorted[offsets[draft->lines[l].range.start >> shift & 0xff]++] = l;
		}
		draft->spare = draft->by_start;
		draft->by_start = sorted;
	}
}

/* A heap of line numbers, the first line of the file on top. */
static void heap_push(uint32_t *heap, uint32_t *n, uint32_t line)
{
	uint32_t i = (*n)++;

	for (; i > 0 && heap[(i - 1) / 2] > line; i = (i - 1) / 2)
		heap[i] = heap[(i - 1) / 2];
	heap[i] = line;
}

static void heap_pop(uint32_t *heap, uint32_t *n)
{
	uint32_t line = heap[--*n], i = 0;

	for (uint32_t child = 1; child < *n; child = 2 * i + 1) {
		if (child + 1 < *n && heap[child + 1] < heap[child])
			child++;
		if (heap[child] >= line)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = line;
}

static uint64_t end_of(const struct draft *draft, uint32_t line)
{
	return (uint64_t)draft->lines[line].range.start + draft->lines[line].range.count;
}

/*
 * Sweep the IDs upwards: the heap holds the lines that contain the current ID,
 * and maybe some that have ended. A segment begins only where a line begins or
 * ends, so there are at most two for each.
 */
static void draft_segments(struct draft *draft)
{
	uint32_t *heap = draft->spare, n = 0, next = 0;
	uint64_t id = 0;

	while (next < draft->n_lines || n > 0) {
		if (n == 0)
			id = draft->lines[draft->by_start[next]].range.start;
		for (;
		     next < draft->n_lines && draft->lines[draft->by_start[next]].range.start <= id;
		     next++)
			heap_push(heap, &n, draft->by_start[next]);
		while (n > 0 && end_of(draft, heap[0]) <= id)
			heap_pop(heap, &n);
		if (n == 0)
			continue;

		draft->segments[draft->n_segments++] = (struct subid_index_segment){
			.start = (uint32_t)id,
			.range = heap[0],
		};
		id = end_of(draft, heap[0]);
		if (next < draft->n_lines && draft->lines[draft->by_start[next]].range.start < id)
			id = draft->lines[draft->by_start[next]].range.start;
	}
}

/*
 * As narrow as gives no more slots than the segments need; with two at least,
 * none is wider than a shift of 32 bits can say.
 */
static void cut_slots(const struct draft *draft, struct subid_index *index)
{
	uint32_t most = draft->n_segments / SUBID_INDEX_SEGMENTS_A_SLOT + 2, width = 0;

	if (draft->n_segments > 0)
		width = draft->segments[draft->n_segments - 1].start - draft->segments[0].start;
	while (width >> index->slot_shift >= most)
		index->slot_shift++;
	index->n_slots = (width >> index->slot_shift) + 1;
}

/* Where its arrays lie behind it, and how large it is with them. */
static size_t lay_out(struct subid_index *index, char *memory)
{
	size_t used = 0;

	(void)carve(memory, &used, 1, sizeof(*index));
	index->slots = (uint32_t *)carve(memory, &used, index->n_slots + 1, sizeof(uint32_t));
	index->segments = (struct subid_index_segment *)carve(memory, &used, index->n_segments,
							      sizeof(*index->segments));
	index->buckets = (uint32_t *)carve(memory, &used, index->n_buckets, sizeof(uint32_t));
	index->ranges = (struct subid_index_range *)carve(memory, &used, index->n_ranges,
							  sizeof(*index->ranges));
	index->texts = (char *)carve(memory, &used, index->texts_size, 1);
	return used;
}

struct subid_index *subid_index_settle(struct subid_index *index, void *room, size_t size)
{
	struct subid_index *settled = (struct subid_index *)room;

	if (index->size > size)
		return index;

	memcpy(room, index, index->size);
	(void)lay_out(settled, (char *)room);
	settled->size = 0;
	subid_index_free(index);
	return settled;
}

/* The owner's ranges come next, and here is where they are found. */
static void place_owner(const struct draft_owner *owner, struct subid_index *index, uint32_t place)
{
	uint32_t i = subid_index_bucket(owner->hash, index->n_buckets);

	while (index->buckets[i] != 0)
		i = subid_index_next_bucket(i, index->n_buckets);
	index->buckets[i] = (place + 1) << SUBID_INDEX_TAG_BITS | (owner->hash & SUBID_INDEX_TAG);
}

static void place_owners(struct draft *draft, struct subid_index *index)
{
	uint32_t place = 0, text = 0;

	for (uint32_t i = 0; i < draft->n_owners; i++) {
		struct draft_owner *owner = &draft->owners[i];
		struct subid_index_range range = { .owner_len = owner->len & 0x3ff };

		place_owner(owner, index, place);
		if (owner->len > SUBID_INDEX_NAME_BYTES) {
			memcpy(index->texts + text, draft->texts + owner->text, owner->len);
			range.name.owner_at = text;
			text += owner->len;
		} else {
			memcpy(range.name.owner, draft->texts + owner->text, owner->len);
		}

		owner->next = place;
		for (uint32_t rest = owner->n_ranges; rest > 0; rest--) {
			range.rest = rest & 0xfffff;
			index->ranges[place++] = range;
		}
	}
}

static void place_ranges(struct draft *draft, struct subid_index *index)
{
	for (uint32_t i = 0; i < draft->n_lines; i++) {
		struct draft_line *line = &draft->lines[i];
		struct draft_owner *owner = &draft->owners[line->owner];
		struct subid_index_range *range = &index->ranges[owner->next];

		if (range->rest < owner->n_ranges)
			range->laid = range[-1].laid + range[-1].ids.count;
		range->ids = line->range;
		range->below_uid = line->below_uid;
		line->place = owner->next++;
	}
}

static void place_segments(const struct draft *draft, struct subid_index *index)
{
	uint32_t slot = 0;

	for (uint32_t i = 0; i < index->n_segments; i++) {
		const struct subid_index_segment *segment = &draft->segments[i];
		uint32_t from_first = segment->start - draft->segments[0].start;

		index->segments[i] = (struct subid_index_segment){
			.start = segment->start,
			.range = draft->lines[segment->range].place,
		};
		/* The slots whose first ID is in an earlier segment. */
		for (; (uint64_t)slot << index->slot_shift < from_first; slot++)
			index->slots[slot] = i - 1;
	}
	for (; index->n_segments > 0 && slot <= index->n_slots; slot++)
		index->slots[slot] = index->n_segments - 1;
}

static int build(struct draft *draft, const struct stat *stamp, struct subid_index **ret)
{
	struct subid_index index = {
		.stamp = *stamp,
		.n_ranges = draft->n_lines,
		.n_buckets = draft->n_owners + draft->n_owners / 4 + 1,
		.texts_size = draft->long_texts_size,
		.has_uid = draft->has_uid,
	};
	char *memory;

	sort_lines(draft);
	draft_segments(draft);
	index.n_segments = draft->n_segments;
	cut_slots(draft, &index);

	index.size = lay_out(&index, NULL);
	memory = (char *)map(index.size, MAP_POPULATE);
	if (!memory)
		return -ENOMEM;
	(void)lay_out(&index, memory);

	place_owners(draft, &index);
	place_ranges(draft, &index);
	place_segments(draft, &index);
	*ret = (struct subid_index *)(void *)memory;
	**ret = index;
	return 0;
}

int subid_index_build(const char *path, const struct stat *stamp, struct subid_index **ret)
{
	struct draft draft;
	int r;

	r = open_draft(&draft, (size_t)stamp->st_size);
	if (r < 0)
		return r;
	r = read_draft(&draft, path, stamp);
	if (r == 0)
		r = build(&draft, stamp, ret);
	close_draft(&draft);
	return r;
}
