/* SPDX-License-Identifier: BSD-3-Clause */
#include "files.h"

#include "line.h"
#include "reader.h"
#include "skip.h"

#include <errno.h>

/* The next line that delegates something: 1, 0 at the end, or a fault. */
static int next_line(struct subid_reader *reader, struct subid_line *ret_line)
{
	const char *text;
	size_t len;
	int r;

	do
		r = subid_reader_next(reader, &text, &len);
	while (r > 0 && subid_line_parse(text, len, ret_line) != 0);

	return r;
}

static bool is_uid(const char *text, size_t len)
{
	uint32_t uid;

	return subid_owner_uid(text, len, &uid) == 0;
}

/*
 * The same, but maybe without lines that do not delegate the ID or are not the
 * owner's: most of a large file, and not worth parsing.
 */
static int next_line_with(struct subid_reader *reader, uint32_t id, struct subid_line *ret_line)
{
	const char *text;
	size_t len;

	subid_reader_buffered(reader, &text, &len);
	subid_reader_skip(reader, subid_skip_without_id(text, len, id));
	return next_line(reader, ret_line);
}

static int next_line_of(struct subid_reader *reader, const struct subid_owner *owner,
			struct subid_line *ret_line)
{
	const char *text;
	size_t len;

	subid_reader_buffered(reader, &text, &len);
	subid_reader_skip(reader, subid_skip_without_owner(text, len, owner));
	return next_line(reader, ret_line);
}

/* A first pass can but guess the owner: its ranges begin above its line. */
static int guess_owner(struct subid_reader *reader, uint32_t id, struct subid_owner *owner)
{
	struct subid_line line;
	int r;

	do
		r = next_line_with(reader, id, &line);
	while (r > 0 && !subid_range_contains(&line.range, id));
	if (r <= 0)
		return r < 0 ? r : -ENOENT;

	if (!subid_owner_is(owner, &line))
		subid_owner_set_line(owner, &line);
	subid_reader_rewind(reader);
	return 0;
}

/* Lay the owner's ranges end to end, in one pass, until the place is found. */
static int find_place(struct subid_reader *reader, const struct subid_owner *owner,
		      struct subid_place *place)
{
	struct subid_line line;
	uint64_t laid = 0;
	int r;

	if (subid_owner_lacks_name(owner))
		return SUBID_UNRESOLVED;

	while ((r = next_line_of(reader, owner, &line)) > 0) {
		if (subid_owner_is(owner, &line)) {
			if (subid_place_in_range(place, &line.range, laid))
				return 0;
			laid += line.range.count;
			continue;
		}

		if (!owner->resolved && is_uid(line.owner, line.owner_len))
			return SUBID_UNRESOLVED;
		/* The guess was right in another version of the file. Where such
		 * a line is skipped instead, the stamp tells. */
		if (place->sought == SUBID_SEEK_OWNER &&
		    subid_range_contains(&line.range, place->id))
			return -ESTALE;
	}
	return r < 0 ? r : -ENOENT;
}

int subid_files_ask(const char *path, struct subid_owner *owner, struct subid_place *place)
{
	struct subid_place found = *place;
	struct subid_reader reader;
	int r, verified;

	r = subid_reader_open(&reader, path);
	if (r < 0)
		return r;

	if (place->sought == SUBID_SEEK_OWNER)
		r = guess_owner(&reader, place->id, owner);
	if (r == 0)
		r = find_place(&reader, owner, &found);
	if (r == 0 || r == -ENOENT) {
		verified = subid_reader_verify(&reader);
		if (verified < 0)
			r = verified;
	}
	subid_reader_close(&reader);

	if (r == 0)
		*place = found;
	return r;
}
