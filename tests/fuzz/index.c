/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The input is a file. An index of it answers like a scan. The scan skips lines or, if the input
 * has an odd size, parses each one.
 */
#include "index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "files.h"
#include "fuzz.h"
#include "reference.h"
#include "stamp.h"

const char fuzz_target[] = "index";
const char fuzz_corpus[] = "index";

#define LINES_MAX 4 /* lines about which questions are asked */

static void compare_id(const struct subid_index *index, uint32_t id)
{
	struct subid_owner scanned, found;
	uint64_t position = 0, position_found = 0;
	int r = subid_files_scan_id(FUZZ_FILE, id, &scanned, &position);
	int r_index = subid_index_find_id(index, id, &found, &position_found);

	if (r_index != r || position != position_found ||
	    (r == 0 && (scanned.len != found.len || strcmp(scanned.text, found.text) != 0)))
		fuzz_fail("ID %u: scan %d, position %ju; index %d, position %ju", id, r,
			  (uintmax_t)position, r_index, (uintmax_t)position_found);
}

static void compare_owner(const struct subid_index *index, const char *name, uint32_t id,
			  uint64_t position)
{
	struct subid_owner owner;
	uint64_t scanned = 0, found = 0;
	uint32_t id_scanned = 0, id_found = 0;
	int r, r_index;

	if (subid_owner_set(&owner, name, strlen(name)) < 0)
		fuzz_fail("the owner %s is refused", name);
	r = subid_files_scan_owner(FUZZ_FILE, &owner, id, &scanned);
	r_index = subid_index_find_owner(index, &owner, id, &found);
	if (r_index != r || found != scanned)
		fuzz_fail("ID %u of %s: scan %d, position %ju; index %d, position %ju", id, name, r,
			  (uintmax_t)scanned, r_index, (uintmax_t)found);

	owner.place = id % LINES_MAX;
	r = subid_files_scan_position(FUZZ_FILE, &owner, position, &id_scanned);
	r_index = subid_index_find_position(index, &owner, position, &id_found);
	if (r_index != r || id_found != id_scanned)
		fuzz_fail("position %ju of %s: scan %d, ID %u; index %d, ID %u",
			  (uintmax_t)position, name, r, id_scanned, r_index, id_found);
}

static void compare_line(const struct subid_index *index, const struct reference_file *file,
			 size_t i)
{
	const struct reference_line *line = &file->lines[i];
	const char *next = file->lines[(i + 1) % file->n_lines].owner;
	uint32_t first = (uint32_t)line->start, end = (uint32_t)(first + line->count);
	uint32_t edges[] = { first - 1, first, end - 1, end };

	for (size_t edge = 0; edge < 4; edge++) {
		compare_id(index, edges[edge]);
		compare_owner(index, line->owner, edges[edge], edges[edge] - first);
		compare_owner(index, next, edges[edge], line->count + edge);
	}
	compare_owner(index, "nobody", first, 0);
	compare_owner(index, "alice", first, 0);
	compare_owner(index, "1001", first, 0);
}

/* Asks about the last lines, whose answers depend on the lines above. */
static void compare_all(const struct subid_index *index, const struct reference_file *file)
{
	size_t from = file->n_lines > LINES_MAX ? file->n_lines - LINES_MAX : 0;

	compare_id(index, 0);
	compare_id(index, UINT32_MAX);
	for (size_t i = from; i < file->n_lines; i++)
		compare_line(index, file, i);
}

static int build(const char *text, size_t size, struct subid_index **ret)
{
	struct fuzz_plan plan = { .version[0] = { text, size } };
	struct stat stamp;

	fuzz_file_begin(&plan);
	if (subid_stamp_of_path(FUZZ_FILE, &stamp) < 0 || !subid_index_may_hold(&stamp))
		fuzz_fail("the file has no stamp, or may not be indexed");
	return subid_index_build(FUZZ_FILE, &stamp, ret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size);
	struct subid_index *index = NULL;
	struct reference_file file;
	int r = build(text, size, &index);

	if (r < 0 && r != -E2BIG)
		fuzz_fail("subid_index_build() returned %d", r);
	reference_file(text, size, &file);
	if (r == 0) {
		/* A scan skips no line of a file that changed just now. */
		struct fuzz_plan plan = { .version[0] = { text, size }, .recent = size % 2 };

		fuzz_file_begin(&plan);
		compare_all(index, &file);
		fuzz_file_end();
	}
	subid_index_free(index);
	free(file.lines);
	free(text);
	return 0;
}
