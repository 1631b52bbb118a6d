/* SPDX-License-Identifier: BSD-3-Clause */
/* An index against a scan of the same file, where lines are skipped and where not. */
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

#define LINES_MAX 4 /* of which anything is asked */

struct question {
	struct subid_owner owner;
	struct subid_place place;
};

static bool same_answer(const struct question *a, const struct question *b)
{
	return a->place.id == b->place.id && a->place.position == b->place.position &&
	       (a->place.sought != SUBID_SEEK_OWNER ||
		(a->owner.name_len == b->owner.name_len &&
		 memcmp(a->owner.name, b->owner.name, a->owner.name_len) == 0));
}

static void compare(const struct subid_index *index, const struct question *question)
{
	struct question scanned = *question, looked_up = *question;
	int r = subid_files_ask(FUZZ_FILE, &scanned.owner, &scanned.place);
	int r_index = subid_index_ask(index, &looked_up.owner, &looked_up.place);

	if (r_index == SUBID_INDEX_SILENT)
		return;
	if (r_index != r || (r == 0 && !same_answer(&scanned, &looked_up)))
		fuzz_fail("sought %d, id %u, position %ju, owner %.*s: "
			  "%d %u %ju of the file, %d %u %ju of the index",
			  (int)question->place.sought, question->place.id,
			  (uintmax_t)question->place.position, (int)question->owner.name_len,
			  question->owner.name, r, scanned.place.id,
			  (uintmax_t)scanned.place.position, r_index, looked_up.place.id,
			  (uintmax_t)looked_up.place.position);
}

/* An owner as a question may know it: not resolved, resolved, with a UID. */
static void compare_owner(const struct subid_index *index, const char *owner, uint32_t id,
			  uint64_t position)
{
	for (unsigned int state = 0; state < 4; state++) {
		struct question question;
		uint32_t uid;

		if (subid_owner_set(&question.owner, owner, strlen(owner)) < 0)
			fuzz_fail("no owner: %s", owner);
		if (state == 2)
			subid_owner_set_uid(&question.owner, 1001);
		/* A UID that turned out to be alice's. */
		if (state == 3 && (subid_owner_uid(owner, strlen(owner), &uid) < 0 ||
				   subid_owner_set_account(&question.owner, "alice") < 0))
			continue;
		question.owner.resolved = state > 0;

		question.place = (struct subid_place){ .sought = SUBID_SEEK_POSITION, .id = id };
		compare(index, &question);
		question.place =
			(struct subid_place){ .sought = SUBID_SEEK_ID, .position = position };
		compare(index, &question);
		/* Asked once more, after the first answer was an owner to be resolved. */
		question.place = (struct subid_place){ .sought = SUBID_SEEK_OWNER, .id = id };
		compare(index, &question);
	}
}

static void compare_id(const struct subid_index *index, uint32_t id)
{
	struct question question = { .place = { .sought = SUBID_SEEK_OWNER, .id = id } };

	compare(index, &question);
	question.owner.resolved = true;
	compare(index, &question);
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

/* The last lines: what is above them matters. */
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
		fuzz_fail("it may not be indexed");
	return subid_index_build(FUZZ_FILE, &stamp, ret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size);
	struct subid_index *index = NULL;
	struct reference_file file;
	int r = build(text, size, &index);

	if (r < 0 && r != -E2BIG)
		fuzz_fail("it cannot be indexed: %d", r);
	reference_file(text, size, &file);
	if (r == 0) {
		/* In a file that was changed just now no line is skipped. */
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
