/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Questions about a file that may change once, while one call may fail and reads may be short. The
 * input is a header of eight bytes and the file. Byte 6 of the header chooses the questions; for
 * the others see set_plan(). If the file changes, a byte SEPARATOR stands between its two versions.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "fuzz.h"
#include "reference.h"
#include "subid.h"

const char fuzz_target[] = "whole";
const char fuzz_corpus[] = "whole";

#define HEADER_BYTES 8
#define SEPARATOR 0x1d
#define ROUNDS 3

/* The first byte of the header. */
enum {
	FLAG_RECENT = 1,
	FLAG_IN_PLACE = 2,
	FLAG_CHANGES = 4,
	FLAG_CACHE = 16,
};

static const int faults[] = { EINTR,  EIO,     EACCES,	EPERM, ENOENT,	  ENOTDIR, EMFILE,
			      ENFILE, ENOMEM,  EAGAIN,	ELOOP, EOVERFLOW, ESTALE,  EINVAL,
			      EISDIR, ENODATA, ETXTBSY, EPERM, ENXIO };

struct answer {
	int r;
	char owner[REFERENCE_OWNER_BYTES];
	uint64_t position;
	uint32_t id;
};

enum sought {
	BY_ID,
	BY_OWNER,
	BY_POSITION,
};

static struct {
	struct fuzz_plan plan;
	struct reference_file version[2];
	struct subid_cache cache;
	struct subid_database database;
} now;

/* --- the questions, to the shim and to the reference ----------------------------- */

static void ask(struct answer *answer, enum sought sought)
{
	struct subid_owner owner;

	if (sought == BY_ID) {
		answer->r = subid_by_id(&now.database, answer->id, &owner, &answer->position);
		if (answer->r == 0)
			strcpy(answer->owner, owner.text);
		return;
	}
	if (subid_owner_set(&owner, answer->owner, strlen(answer->owner)) < 0)
		fuzz_fail("the owner %s is refused", answer->owner);
	answer->r =
		sought == BY_OWNER
			? subid_by_owner(&now.database, &owner, answer->id, &answer->position)
			: subid_by_position(&now.database, &owner, answer->position, &answer->id);
}

static bool is_answer(const struct reference_file *file, enum sought sought,
		      const struct answer *answer)
{
	const char *owner = "";
	uint64_t position = 0;
	uint32_t id = 0;
	bool found;

	switch (sought) {
	case BY_ID:
		found = reference_by_id(file, answer->id, &owner, &position);
		if (found && answer->r == 0)
			return strcmp(owner, answer->owner) == 0 && position == answer->position;
		break;
	case BY_OWNER:
		found = reference_by_owner(file, answer->owner, answer->id, &position);
		if (found && answer->r == 0)
			return position == answer->position;
		break;
	default:
		found = reference_by_position(file, answer->owner, answer->position, &id);
		if (found && answer->r == 0)
			return id == answer->id;
		break;
	}
	return !found && answer->r == -ENOENT;
}

/* Returns the negative errno of a lookup with the planned fault; 0 if the fault is harmless. */
static int expected_fault(void)
{
	int fault = now.plan.fault;

	switch (now.plan.fail_call) {
	case FUZZ_OPEN:
		if (fault == EACCES || fault == EPERM || fault == ENOTDIR)
			return -ENOENT;
		return fault == EINTR ? 0 : -fault;
	case FUZZ_READ:
		if (fault == EINTR)
			return 0;
		return fault == ENOENT ? -EIO : -fault;
	case FUZZ_STAT:
		return fault == ENOENT ? -EIO : -fault;
	default:
		return 0;
	}
}

static void check_question(enum sought sought, struct answer answer)
{
	bool changed = fuzz_file_has_changed(), failed = fuzz_file_has_failed();
	bool changes, fails;

	ask(&answer, sought);
	changes = fuzz_file_has_changed() != changed;
	fails = fuzz_file_has_failed() != failed;

	if (fails && expected_fault() != 0 && answer.r == expected_fault())
		return;
	if ((!changed && is_answer(&now.version[0], sought, &answer)) ||
	    ((changed || changes) && is_answer(&now.version[1], sought, &answer)))
		return;

	fuzz_fail("question %d: returned %d, owner %s, ID %u, position %ju%s%s", (int)sought,
		  answer.r, answer.owner, answer.id, (uintmax_t)answer.position,
		  changed ? ", the file changed before" : "",
		  changes ? ", the file changed meanwhile" : "");
}

static void check_questions(const struct reference_line *line, const char *owner, uint32_t id)
{
	struct answer answer = { .id = id };

	check_question(BY_ID, answer);
	strcpy(answer.owner, owner);
	check_question(BY_OWNER, answer);
	answer.position = id - line->start;
	check_question(BY_POSITION, answer);
}

static void check_line(const struct reference_line *line, unsigned int choice)
{
	static const char *const owners[] = { "alice", "1001", "alias", "bob",
					      "1002",  "4242", "1003",	"nobody" };

	check_questions(line, line->owner, (uint32_t)line->start);
	check_questions(line, owners[choice % 8], (uint32_t)(line->start + line->count - 1));
	check_questions(line, line->owner, (uint32_t)(line->start + line->count));
}

static void check_all(unsigned int choice)
{
	static const struct reference_line no_line = { .owner = "nobody", .start = 7, .count = 1 };

	for (unsigned int round = 0; round < ROUNDS; round++) {
		for (size_t v = 0; v < 2; v++) {
			const struct reference_file *file = &now.version[v];

			if (file->n_lines > 0)
				check_line(&file->lines[choice % file->n_lines], choice + round);
			else
				check_line(&no_line, choice + round);
		}
		choice /= 3;
	}
}

static void set_plan(const uint8_t *header, const char *text, size_t size)
{
	const char *separator = NULL;

	if ((header[0] & FLAG_CHANGES) && size > 0)
		separator = memchr(text, SEPARATOR, size);
	now.plan = (struct fuzz_plan){
		.version[0] = { text, separator ? (size_t)(separator - text) : size },
		.recent = header[0] & FLAG_RECENT,
		.in_place = header[0] & FLAG_IN_PLACE,
		.read_max = header[5],
		.fail_call = (enum fuzz_call)(header[2] % FUZZ_CALLS),
		.fail_nth = header[3],
		.fault = faults[header[4] % (sizeof(faults) / sizeof(faults[0]))],
	};
	now.plan.version[1] = now.plan.version[0];
	if (separator) {
		now.plan.change_at = header[1];
		now.plan.version[1].bytes = separator + 1;
		now.plan.version[1].len = size - (size_t)(separator + 1 - text);
	}
	for (size_t v = 0; v < 2; v++)
		reference_file(now.plan.version[v].bytes, now.plan.version[v].len, &now.version[v]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size < HEADER_BYTES)
		return 0;
	text = fuzz_copy(data + HEADER_BYTES, size - HEADER_BYTES);
	memset(&now, 0, sizeof(now));
	now.database.path = FUZZ_FILE;
	now.database.cache = data[0] & FLAG_CACHE ? &now.cache : NULL;
	set_plan(data, text, size - HEADER_BYTES);

	fuzz_file_begin(&now.plan);
	check_all(data[6]);
	fuzz_file_end();

	subid_index_free(now.cache.index);
	for (size_t i = 0; i < 2; i++)
		free(now.version[i].lines);
	free(text);
	return 0;
}
