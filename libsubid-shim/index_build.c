/* SPDX-License-Identifier: BSD-3-Clause */
#include "index.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "index_layout.h"
#include "line.h"
#include "reader.h"
#include "stamp.h"

/* The shortest line that delegates something: "a:0:1". */
#define LINE_MIN_BYTES 5

/*
 * On the way to its owner's bucket, a line passes the buckets of other owners: about one, on
 * average. If somebody chose owners that all hash to one bucket, each line could pass those of
 * all owners. So no more than this are allowed, on average over all lines.
 */
#define PROBES_PER_LINE 32

/* At most two thirds of the buckets are in use. */
static uint32_t buckets_for(uint32_t n_lines)
{
	return n_lines + n_lines / 2 + 1;
}

/*
 * Take the next array from the mapping, at the start of a cache line. If @memory is NULL, only
 * add its size to @used.
 */
static void *take(char *memory, size_t *used, size_t count, size_t object_size)
{
	void *taken = memory ? memory + *used : NULL;

	*used += (count * object_size + 63) & ~(size_t)63;
	return taken;
}

/*
 * Place the arrays for @max_lines lines, and for the owners' texts of a file of @file_size bytes.
 * Returns how many bytes all of it takes.
 */
static size_t lay_out(struct subid_index *index, char *memory, uint32_t max_lines, size_t file_size)
{
	size_t used = 0;

	(void)take(memory, &used, 1, sizeof(*index));
	index->lines =
		(struct subid_index_line *)take(memory, &used, max_lines, sizeof(*index->lines));
	index->buckets = (uint32_t *)take(memory, &used, buckets_for(max_lines), sizeof(uint32_t));
	/* An owner's text is shorter than its line. */
	index->owners = (char *)take(memory, &used, file_size, 1);
	return used;
}

/*
 * The mapping is large enough for any file of this size that has at most @max_lines lines. Pages
 * that stay unused take no memory.
 */
static struct subid_index *map_index(const struct stat *stamp, uint32_t max_lines)
{
	struct subid_index draft, *index;
	size_t size = lay_out(&draft, NULL, max_lines, (size_t)stamp->st_size);
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	index = (struct subid_index *)memory;
	index->stamp = *stamp;
	index->size = size;
	(void)lay_out(index, (char *)memory, max_lines, (size_t)stamp->st_size);
	return index;
}

/* How many lines of the file may delegate something. */
static int count_lines(struct subid_reader *reader, uint32_t *ret_lines)
{
	uint32_t max_lines = (uint32_t)(reader->stamp.st_size / (LINE_MIN_BYTES + 1)) + 1;
	const char *text;
	uint32_t n = 0;
	size_t len;
	int r;

	/* The limit ends the loop if the file grows as fast as it is read. */
	while ((r = subid_reader_next(reader, &text, &len)) == 0 && n <= max_lines)
		n += len >= LINE_MIN_BYTES;
	if (r != -ENOENT)
		return r < 0 ? r : -ESTALE;
	*ret_lines = n;
	return 0;
}

/* Fill lines[] in the order of the file, and the owners' texts. */
static int read_lines(struct subid_reader *reader, struct subid_index *index, uint32_t max_lines)
{
	uint32_t owners_end = 0;
	struct subid_line line;
	const char *text;
	size_t len;
	int r;

	while ((r = subid_reader_next(reader, &text, &len)) == 0) {
		if (subid_line_parse(text, len, &line) != SUBID_LINE_FAULTLESS)
			continue;
		/* The file has grown since its lines were counted. */
		if (index->n_lines == max_lines ||
		    owners_end + line.owner_len > (uint64_t)index->stamp.st_size)
			return -ESTALE;

		index->lines[index->n_lines] = (struct subid_index_line){
			.range = line.range,
			.number = index->n_lines,
			.owner = owners_end,
			.owner_len = (uint32_t)line.owner_len,
		};
		index->n_lines++;
		memcpy(index->owners + owners_end, line.owner, line.owner_len);
		owners_end += (uint32_t)line.owner_len;
	}
	return r == -ENOENT ? 0 : r;
}

/* Heapsort works in place and takes O(n log n) on any input. qsort(3) may call malloc(3). */
static void sift_down(struct subid_index_line *heap, uint32_t n, uint32_t i)
{
	struct subid_index_line moved = heap[i];

	for (uint32_t child = 2 * i + 1; child < n; child = 2 * i + 1) {
		if (child + 1 < n && heap[child].range.start < heap[child + 1].range.start)
			child++;
		if (heap[child].range.start <= moved.range.start)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = moved;
}

static void sort_lines(struct subid_index_line *lines, uint32_t n)
{
	for (uint32_t i = n / 2; i > 0; i--)
		sift_down(lines, n, i - 1);
	for (uint32_t end = n; end > 1; end--) {
		struct subid_index_line last = lines[end - 1];

		lines[end - 1] = lines[0];
		lines[0] = last;
		sift_down(lines, end - 1, 0);
	}
}

static bool are_sorted(const struct subid_index_line *lines, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		if (lines[i - 1].range.start > lines[i].range.start)
			return false;
	return true;
}

/*
 * Until fill_reach(), `reach` has another meaning: lines[number].reach is the place in lines[] of
 * the line with this number.
 */
static struct subid_index_line *line_of_number(const struct subid_index *index, uint32_t number)
{
	return &index->lines[index->lines[number].reach];
}

/*
 * Sort lines[] by their first IDs, and note the place of each line. Most files are sorted: each new
 * range is appended and lies above the last.
 */
static void order_lines(struct subid_index *index)
{
	struct subid_index_line *lines = index->lines;

	if (!are_sorted(lines, index->n_lines))
		sort_lines(lines, index->n_lines);
	for (uint32_t place = 0; place < index->n_lines; place++)
		lines[lines[place].number].reach = place;
}

/*
 * Fill buckets[] and `next`. The loop goes from the last line of the file to the first. So when it
 * comes to a line, the owner's bucket holds the owner's next line. In the end it holds the first
 * one.
 */
static int link_lines(struct subid_index *index)
{
	uint64_t probes_left = (uint64_t)index->n_lines * PROBES_PER_LINE;

	index->n_buckets = buckets_for(index->n_lines);
	for (uint32_t n = index->n_lines; n > 0; n--) {
		struct subid_index_line *line = line_of_number(index, n - 1);
		const char *owner = index->owners + line->owner;
		uint32_t i = subid_index_bucket(index, owner, line->owner_len);

		while (index->buckets[i] != 0 &&
		       !subid_index_is_owner(index, &index->lines[index->buckets[i] - 1], owner,
					     line->owner_len)) {
			if (probes_left-- == 0)
				return -E2BIG;
			i = subid_index_next_bucket(index, i);
		}
		line->next = index->buckets[i] != 0 ? index->buckets[i] - 1 : SUBID_INDEX_NO_LINE;
		index->buckets[i] = (uint32_t)(line - index->lines) + 1;
	}
	return 0;
}

/*
 * Fill `laid`. It has 32 bits, which are too few if the counts of an owner's ranges add up to
 * 2^32 or more. A file with such an owner is not indexed.
 */
static int lay_lines(struct subid_index *index)
{
	for (uint32_t i = 0; i < index->n_lines; i++) {
		const struct subid_index_line *line = line_of_number(index, i);

		if (line->range.count > UINT32_MAX - line->laid)
			return -E2BIG;
		if (line->next != SUBID_INDEX_NO_LINE)
			index->lines[line->next].laid = line->laid + line->range.count;
	}
	return 0;
}

static void fill_reach(struct subid_index *index)
{
	uint32_t reach = 0;

	for (uint32_t place = 0; place < index->n_lines; place++) {
		struct subid_index_line *line = &index->lines[place];
		uint32_t last = subid_range_last(&line->range);

		line->reach = reach;
		reach = last > reach ? last : reach;
	}
}

/* The average of the lower half of the lines, which one range far above them does not change. */
static uint32_t usual_step(const struct subid_index *index)
{
	uint32_t half = index->n_lines / 2;
	uint32_t step = 0;

	if (half > 0)
		step = (index->lines[half].range.start - index->lines[0].range.start) / half;
	return step > 0 ? step : 1;
}

static int fill(struct subid_index *index, struct subid_reader *reader, uint32_t max_lines)
{
	int r;

	subid_reader_rewind(reader);
	r = read_lines(reader, index, max_lines);
	if (r == 0)
		r = subid_reader_verify(reader);
	if (r < 0)
		return r;

	order_lines(index);
	r = link_lines(index);
	if (r == 0)
		r = lay_lines(index);
	if (r < 0)
		return r;
	fill_reach(index);
	index->step = usual_step(index);
	return 0;
}

static int build(struct subid_reader *reader, const struct stat *stamp, struct subid_index **ret)
{
	struct subid_index *index;
	uint32_t max_lines;
	int r;

	/* The sizes below come from the stamp, so it must be that of the file that was opened. */
	if (!subid_stamp_equal(&reader->stamp, stamp))
		return -ESTALE;
	r = count_lines(reader, &max_lines);
	if (r < 0)
		return r;
	index = map_index(stamp, max_lines);
	if (!index)
		return -ENOMEM;

	r = fill(index, reader, max_lines);
	if (r < 0)
		subid_index_free(index);
	else
		*ret = index;
	return r;
}

int subid_index_build(const char *path, const struct stat *stamp, struct subid_index **ret)
{
	struct subid_reader reader;
	int r;

	r = subid_reader_open(&reader, path);
	if (r < 0)
		return r;
	r = build(&reader, stamp, ret);
	subid_reader_close(&reader);
	return r;
}
