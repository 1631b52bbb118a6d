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

/* The shortest line that delegates: "a:0:1" and a newline. */
#define LINE_MIN_BYTES 6

/* A line on its way into the index, numbered as in the file. */
struct draft_line {
	struct subid_range range;
	uint32_t owner;
	uint32_t place; /* among the ranges of the index */
	bool below_uid;
};

/* From here on the IDs in the line's range are the line's. */
struct draft_segment {
	uint32_t start;
	uint32_t line;
};

/*
 * The work, in one mapping that is large enough for any file of the size. What
 * a file does not need is not touched, and so costs addresses only.
 */
struct draft {
	void *memory;
	size_t size;

	struct draft_line *lines;
	uint32_t n_lines;
	struct subid_index_owner *owners; /* first: how many ranges, until they are placed */
	uint32_t n_owners;
	uint32_t *buckets;
	uint32_t n_buckets;
	char *texts;
	uint32_t texts_size;
	bool has_uid;

	uint32_t *by_start; /* lines, sorted */
	uint32_t *spare;
	struct draft_segment *segments;
	uint32_t n_segments;
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

static size_t lay_out_draft(struct draft *draft, size_t max_lines, size_t file_size)
{
	char *memory = (char *)draft->memory;
	size_t used = 0;

	draft->n_buckets = (uint32_t)max_lines * 2;
	draft->lines = (struct draft_line *)carve(memory, &used, max_lines, sizeof(*draft->lines));
	draft->owners = (struct subid_index_owner *)carve(memory, &used, max_lines + 1,
							  sizeof(*draft->owners));
	draft->buckets = (uint32_t *)carve(memory, &used, draft->n_buckets, sizeof(uint32_t));
	draft->texts = (char *)carve(memory, &used, file_size + 1, 1);
	draft->by_start = (uint32_t *)carve(memory, &used, max_lines, sizeof(uint32_t));
	draft->spare = (uint32_t *)carve(memory, &used, max_lines, sizeof(uint32_t));
	draft->segments = (struct draft_segment *)carve(memory, &used, max_lines * 2,
							sizeof(*draft->segments));
	return used;
}

static int open_draft(struct draft *draft, size_t file_size)
{
	size_t max_lines = file_size / LINE_MIN_BYTES + 1;

	*draft = (struct draft){ .memory = NULL };
	draft->size = lay_out_draft(draft, max_lines, file_size);
	draft->memory = map(draft->size, MAP_NORESERVE);
	if (!draft->memory)
		return -ENOMEM;
	(void)lay_out_draft(draft, max_lines, file_size);
	return 0;
}

static void close_draft(struct draft *draft)
{
	(void)munmap(draft->memory, draft->size);
}

/* The owner's number; a new one if no line had it yet. */
static uint32_t draft_owner(struct draft *draft, const struct subid_line *line)
{
	uint32_t i = subid_index_bucket(line->owner, line->owner_len, draft->n_buckets);
	uint32_t owner;

	for (; draft->buckets[i] != 0; i = (i + 1) % draft->n_buckets) {
		uint32_t text, end;

		owner = draft->buckets[i] - 1;
		text = draft->owners[owner].text;
		end = owner + 1 < draft->n_owners ? draft->owners[owner + 1].text
						  : draft->texts_size;
		if (subid_text_equal(draft->texts + text, end - text - 1, line->owner,
				     line->owner_len))
			return owner;
	}

	owner = draft->n_owners++;
	draft->buckets[i] = owner + 1;
	draft->owners[owner].text = draft->texts_size;
	memcpy(draft->texts + draft->texts_size, line->owner, line->owner_len);
	draft->texts_size += (uint32_t)line->owner_len;
	draft->texts[draft->texts_size++] = '\0';
	return owner;
}

static void draft_line(struct draft *draft, const struct subid_line *line)
{
	struct draft_line *drafted = &draft->lines[draft->n_lines++];
	uint32_t uid;

	drafted->range = line->range;
	drafted->owner = draft_owner(draft, line);
	drafted->below_uid = draft->has_uid;
	draft->owners[drafted->owner].first++;
	if (subid_owner_uid(line->owner, line->owner_len, &uid) == 0)
		draft->has_uid = true;
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
		if (r > 0 && subid_line_parse(text, len, &line) == 0)
			draft_line(draft, &line);
	}
	if (r == 0)
		r = subid_reader_verify(&reader);
	subid_reader_close(&reader);
	return r;
}

/* Sort the lines by the first ID; a radix sort keeps those of one start in order. */
static void sort_lines(struct draft *draft)
{
	for (uint32_t i = 0; i < draft->n_lines; i++)
		draft->by_start[i] = i;

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

		draft->segments[draft->n_segments++] = (struct draft_segment){
			.start = (uint32_t)id,
			.line = heap[0],
		};
		id = end_of(draft, heap[0]);
		if (next < draft->n_lines && draft->lines[draft->by_start[next]].range.start < id)
			id = draft->lines[draft->by_start[next]].range.start;
	}
}

/* Ranges of one owner lie together: turn how many each has into where they begin. */
static void place_owners(struct draft *draft)
{
	uint32_t first = 0;

	for (uint32_t i = 0; i <= draft->n_owners; i++) {
		uint32_t count = draft->owners[i].first;

		draft->owners[i].first = first;
		first += count;
	}
	draft->owners[draft->n_owners].text = draft->texts_size;
}

static int place_ranges(struct draft *draft, struct subid_index_range *ranges)
{
	uint32_t *next = draft->spare;

	for (uint32_t i = 0; i < draft->n_owners; i++)
		next[i] = draft->owners[i].first;

	for (uint32_t i = 0; i < draft->n_lines; i++) {
		struct draft_line *line = &draft->lines[i];
		uint64_t laid = 0;

		line->place = next[line->owner]++;
		if (line->place > draft->owners[line->owner].first)
			laid = (uint64_t)ranges[line->place - 1].laid +
			       ranges[line->place - 1].ids.count;
		if (laid + line->range.count > UINT32_MAX)
			return -E2BIG;
		ranges[line->place] = (struct subid_index_range){
			.ids = line->range,
			.laid = (uint32_t)laid,
			.owner = line->owner & INT32_MAX,
			.below_uid = line->below_uid,
		};
	}
	return 0;
}

static void place_buckets(const struct draft *draft, uint32_t *buckets, uint32_t n_buckets)
{
	for (uint32_t owner = 0; owner < draft->n_owners; owner++) {
		const struct subid_index_owner *o = &draft->owners[owner];
		uint32_t i = subid_index_bucket(draft->texts + o[0].text, o[1].text - o[0].text - 1,
						n_buckets);

		while (buckets[i] != 0)
			i = (i + 1) % n_buckets;
		buckets[i] = owner + 1;
	}
}

static int build(struct draft *draft, const struct stat *stamp, struct subid_index **ret)
{
	uint32_t n_buckets = draft->n_owners + draft->n_owners / 3 + 1;
	struct subid_index *index = NULL;
	uint32_t *blocks = NULL, *starts = NULL, *places = NULL;
	struct subid_index_range *ranges = NULL;
	struct subid_index_owner *owners = NULL;
	uint32_t *buckets = NULL;
	char *texts = NULL;
	size_t size = 0;
	int r;

	sort_lines(draft);
	draft_segments(draft);
	place_owners(draft);

	/* Twice: to measure, and to lay out. */
	for (char *memory = NULL;; memory = (char *)map(size, MAP_POPULATE)) {
		if (size > 0 && !memory)
			return -ENOMEM;
		size = 0;
		index = (struct subid_index *)carve(memory, &size, 1, sizeof(*index));
		ranges = (struct subid_index_range *)carve(memory, &size, draft->n_lines,
							   sizeof(*ranges));
		blocks = (uint32_t *)carve(memory, &size, draft->n_segments / SUBID_INDEX_BLOCK + 1,
					   sizeof(*blocks));
		starts = (uint32_t *)carve(memory, &size, draft->n_segments, sizeof(*starts));
		places = (uint32_t *)carve(memory, &size, draft->n_segments, sizeof(*places));
		owners = (struct subid_index_owner *)carve(memory, &size, draft->n_owners + 1,
							   sizeof(*owners));
		buckets = (uint32_t *)carve(memory, &size, n_buckets, sizeof(*buckets));
		texts = (char *)carve(memory, &size, draft->texts_size, 1);
		if (memory)
			break;
	}

	*index = (struct subid_index){
		.stamp = *stamp,
		.size = size,
		.ranges = ranges,
		.owners = owners,
		.blocks = blocks,
		.starts = starts,
		.places = places,
		.buckets = buckets,
		.texts = texts,
		.n_owners = draft->n_owners,
		.n_segments = draft->n_segments,
		.n_buckets = n_buckets,
		.has_uid = draft->has_uid,
	};
	memcpy(owners, draft->owners, (draft->n_owners + 1) * sizeof(*owners));
	memcpy(texts, draft->texts, draft->texts_size);
	place_buckets(draft, buckets, n_buckets);
	r = place_ranges(draft, ranges);
	if (r < 0) {
		subid_index_free(index);
		return r;
	}
	for (uint32_t i = 0; i < draft->n_segments; i++) {
		starts[i] = draft->segments[i].start;
		places[i] = draft->lines[draft->segments[i].line].place;
		if (i % SUBID_INDEX_BLOCK == 0)
			blocks[i / SUBID_INDEX_BLOCK] = starts[i];
	}

	*ret = index;
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
