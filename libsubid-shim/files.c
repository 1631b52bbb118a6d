/* SPDX-License-Identifier: BSD-3-Clause */
#include "files.h"

#include "line.h"
#include "reader.h"
#include "skip.h"

#include <errno.h>

/* The next line that delegates something; -ENOENT at the end. */
static int next_line(struct subid_reader *reader, struct subid_line *ret_line)
{
	const char *text;
	size_t len;
	int r;

	do
		r = subid_reader_next(reader, &text, &len);
	while (r == 0 && subid_line_parse(text, len, ret_line) != SUBID_LINE_FAULTLESS);

	return r;
}

/* The next line that delegates @id; -ENOENT at the end. */
static int next_line_with(struct subid_reader *reader, uint32_t id, struct subid_line *ret_line)
{
	const char *text;
	size_t len;
	int r;

	do {
		subid_reader_buffered(reader, &text, &len);
		subid_reader_skip(reader, subid_skip_without_id(text, len, id));
		r = next_line(reader, ret_line);
	} while (r == 0 && !subid_range_contains(&ret_line->range, id));

	return r;
}

/*
 * The next line that may be the owner's; -ENOENT at the end. Only lines that cannot be the owner's
 * are skipped, but a line that is returned may be another owner's.
 */
static int next_line_maybe_of(struct subid_reader *reader, const struct subid_owner *owner,
			      struct subid_line *ret_line)
{
	const char *text;
	size_t len;

	subid_reader_buffered(reader, &text, &len);
	subid_reader_skip(reader, subid_skip_without_owner(text, len, owner));
	return next_line(reader, ret_line);
}

/* The owner's next line; -ENOENT at the end. */
static int next_line_of(struct subid_reader *reader, const struct subid_owner *owner,
			struct subid_line *ret_line)
{
	int r;

	do
		r = next_line_maybe_of(reader, owner, ret_line);
	while (r == 0 && !subid_owner_is(owner, ret_line));

	return r;
}

/* An answer counts only if the whole pass saw one version of the file. */
static int end_scan(struct subid_reader *reader, int r)
{
	int verified;

	if (r == 0 || r == -ENOENT) {
		verified = subid_reader_verify(reader);
		if (verified < 0)
			r = verified;
	}
	subid_reader_close(reader);
	return r;
}

/*
 * The second pass: the position of @id is the sum of the owner's IDs on the lines above the first
 * line with @id, plus the offset of @id in that line's range.
 */
static int sum_to_first(struct subid_reader *reader, const struct subid_owner *owner, uint32_t id,
			uint64_t *ret_position)
{
	struct subid_line line;
	uint64_t laid = 0;
	int r;

	while ((r = next_line_maybe_of(reader, owner, &line)) == 0) {
		bool is_owners = subid_owner_is(owner, &line);

		if (subid_range_contains(&line.range, id)) {
			/*
			 * Another owner's line has @id first, so the first pass saw another
			 * version of the file. If such a line was skipped, end_scan() notices the
			 * change.
			 */
			if (!is_owners)
				return -ESTALE;
			*ret_position = laid + (id - line.range.start);
			return 0;
		}
		if (is_owners)
			laid += line.range.count;
	}
	return r == -ENOENT ? -ESTALE : r;
}

static int scan_id(struct subid_reader *reader, uint32_t id, struct subid_owner *ret_owner,
		   uint64_t *ret_position)
{
	struct subid_line line;
	int r;

	r = next_line_with(reader, id, &line);
	if (r < 0)
		return r;

	subid_owner_set_line(ret_owner, &line);
	/* On many hosts the file has one line. A second pass would find nothing above it. */
	if (reader->first) {
		*ret_position = id - line.range.start;
		return 0;
	}
	subid_reader_rewind(reader);
	return sum_to_first(reader, ret_owner, id, ret_position);
}

static int scan_owner(struct subid_reader *reader, const struct subid_owner *owner, uint32_t id,
		      uint64_t *ret_position)
{
	struct subid_line line;
	uint64_t laid = 0;
	int r;

	while ((r = next_line_of(reader, owner, &line)) == 0) {
		if (subid_range_contains(&line.range, id)) {
			*ret_position = laid + (id - line.range.start);
			return 0;
		}
		laid += line.range.count;
	}
	return r;
}

static int scan_position(struct subid_reader *reader, const struct subid_owner *owner,
			 uint64_t position, uint32_t *ret_id)
{
	struct subid_line line;
	int r;

	while ((r = next_line_of(reader, owner, &line)) == 0) {
		if (position < line.range.count) {
			*ret_id = line.range.start + (uint32_t)position;
			return 0;
		}
		position -= line.range.count;
	}
	return r;
}

int subid_files_scan_id(const char *path, uint32_t id, struct subid_owner *ret_owner,
			uint64_t *ret_position)
{
	struct subid_reader reader;
	uint64_t position = 0;
	int r;

	r = subid_reader_open(&reader, path);
	if (r < 0)
		return r;
	r = end_scan(&reader, scan_id(&reader, id, ret_owner, &position));
	if (r == 0)
		*ret_position = position;
	return r;
}

int subid_files_scan_owner(const char *path, const struct subid_owner *owner, uint32_t id,
			   uint64_t *ret_position)
{
	struct subid_reader reader;
	uint64_t position = 0;
	int r;

	r = subid_reader_open(&reader, path);
	if (r < 0)
		return r;
	r = end_scan(&reader, scan_owner(&reader, owner, id, &position));
	if (r == 0)
		*ret_position = position;
	return r;
}

int subid_files_scan_position(const char *path, const struct subid_owner *owner, uint64_t position,
			      uint32_t *ret_id)
{
	struct subid_reader reader;
	uint32_t id = 0;
	int r;

	r = subid_reader_open(&reader, path);
	if (r < 0)
		return r;
	r = end_scan(&reader, scan_position(&reader, owner, position, &id));
	if (r == 0)
		*ret_id = id;
	return r;
}
