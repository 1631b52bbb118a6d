/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A whole file, and what happens while it is read: it changes once, one call
 * fails, reads are short. Eight bytes say what; the file follows, and where it
 * changes, behind a byte of SEPARATOR, what it becomes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "fuzz.h"
#include "reference.h"
#include "subid.h"

const char fuzz_target[] = "whole";

#define HEADER_BYTES 8
#define SEPARATOR 0x1d
#define ROUNDS 3

/* The first byte of the header. */
enum {
	FLAG_RECENT = 1,
	FLAG_IN_PLACE = 2,
	FLAG_CHANGES = 4,
	FLAG_GID = 8,
	FLAG_CACHE = 16,
	FLAG_ACCOUNTS_FAIL = 32,
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

static struct {
	struct fuzz_plan plan;
	struct reference_file version[2];
	struct subid_host host;
	struct subid_cache caches[2];
	enum subid_kind kind;
	bool accounts_fail;
	bool account_failed;
} now;

/* --- the host's accounts ------------------------------------------------------- */

static int account_name(const struct subid_host *host, uint32_t uid, char *ret_name, size_t size)
{
	const struct reference_account *account = reference_by_uid(uid);

	(void)host;
	if (now.accounts_fail) {
		now.account_failed = true;
		return -EIO;
	}
	if (!account)
		return -ENOENT;
	if (strlen(account->name) >= size)
		fuzz_fail("%zu bytes for a name", size);
	strcpy(ret_name, account->name);
	return 0;
}

static int account_uid(const struct subid_host *host, const char *name, uint32_t *ret_uid)
{
	const struct reference_account *account = reference_by_name(name);

	(void)host;
	if (now.accounts_fail) {
		now.account_failed = true;
		return -EIO;
	}
	if (!account)
		return -ENOENT;
	*ret_uid = account->uid;
	return 0;
}

/* --- the questions, to the shim and to the reference ----------------------------- */

static void ask(struct answer *answer, enum subid_sought sought)
{
	struct subid_owner owner;

	if (sought == SUBID_SEEK_OWNER) {
		answer->r = subid_by_id(&now.host, now.kind, answer->id, &owner, &answer->position);
		if (answer->r == 0)
			strcpy(answer->owner, owner.name);
		return;
	}
	if (subid_owner_set(&owner, answer->owner, strlen(answer->owner)) < 0)
		fuzz_fail("no owner: %s", answer->owner);
	answer->r =
		sought == SUBID_SEEK_POSITION
			? subid_by_owner(&now.host, now.kind, &owner, answer->id, &answer->position)
			: subid_by_position(&now.host, now.kind, &owner, answer->position,
					    &answer->id);
}

static bool is_answer(const struct reference_file *file, enum subid_sought sought,
		      const struct answer *answer)
{
	const char *owner = "";
	uint64_t position = 0;
	uint32_t id = 0;
	bool found;

	switch (sought) {
	case SUBID_SEEK_OWNER:
		found = reference_by_id(file, answer->id, &owner, &position);
		if (found && answer->r == 0)
			return strcmp(owner, answer->owner) == 0 && position == answer->position;
		break;
	case SUBID_SEEK_POSITION:
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

/* What a fault becomes; 0 where it may not show. */
static int shown_fault(void)
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

static bool is_accounts_uid(const char *owner)
{
	uint32_t uid;

	return reference_number(owner, UINT32_MAX, &uid) && reference_by_uid(uid);
}

static bool has_accounts_uid(const struct reference_file *file)
{
	for (size_t i = 0; i < file->n_lines; i++)
		if (is_accounts_uid(file->lines[i].owner))
			return true;
	return false;
}

/* The owner is one that the file has, by any of its names. */
static bool is_owner_of(const struct reference_file *file, const struct answer *answer)
{
	for (size_t i = 0; i < file->n_lines; i++) {
		const struct reference_line *line = &file->lines[i];
		const struct reference_account *account;
		uint32_t uid;

		if (answer->id < line->start || answer->id >= line->start + line->count)
			continue;
		account = reference_number(line->owner, UINT32_MAX, &uid) ? reference_by_uid(uid)
									  : NULL;
		if (strcmp(line->owner, answer->owner) == 0 ||
		    (account && strcmp(account->name, answer->owner) == 0))
			return true;
	}
	return false;
}

static bool has_number(const struct reference_file *file)
{
	uint32_t uid;

	for (size_t i = 0; i < file->n_lines; i++)
		if (reference_number(file->lines[i].owner, UINT32_MAX, &uid))
			return true;
	return false;
}

static void check(enum subid_sought sought, struct answer answer)
{
	bool changed = fuzz_file_has_changed(), failed = fuzz_file_has_failed();
	bool changes, fails, is_number;
	uint32_t uid;

	now.account_failed = false;
	is_number = reference_number(answer.owner, UINT32_MAX, &uid);
	ask(&answer, sought);
	changes = fuzz_file_has_changed() != changed;
	fails = fuzz_file_has_failed() != failed;

	if (fails && shown_fault() != 0 && answer.r == shown_fault())
		return;
	if (now.account_failed && answer.r == -EIO)
		return;
	if ((!changed && is_answer(&now.version[0], sought, &answer)) ||
	    ((changed || changes) && is_answer(&now.version[1], sought, &answer)))
		return;

	/*
	 * An account is looked up between two passes, each of which sees one
	 * version of the file, or none where open(2) fails. What it relied on is
	 * looked at once more: if the file has changed, it is asked again later.
	 */
	if ((changes || fails) && answer.r == -EAGAIN &&
	    (is_number || has_number(&now.version[0]) || has_number(&now.version[1])))
		return;
	if ((changes || fails) &&
	    (is_accounts_uid(answer.owner) || has_accounts_uid(&now.version[0]) ||
	     has_accounts_uid(&now.version[1]))) {
		if (answer.r == -ENOENT)
			return;
		if (fails && (sought != SUBID_SEEK_OWNER || is_owner_of(&now.version[0], &answer) ||
			      is_owner_of(&now.version[1], &answer)))
			return;
	}

	fuzz_fail("sought %d: %d, %s, id %u, position %ju%s%s", (int)sought, answer.r, answer.owner,
		  answer.id, (uintmax_t)answer.position, changed ? ", changed before" : "",
		  changes ? ", changed meanwhile" : "");
}

static void check_questions(const struct reference_line *line, const char *owner, uint32_t id)
{
	struct answer answer = { .id = id };

	check(SUBID_SEEK_OWNER, answer);
	strcpy(answer.owner, owner);
	check(SUBID_SEEK_POSITION, answer);
	answer.position = id - line->start;
	check(SUBID_SEEK_ID, answer);
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
	static const struct reference_line none = { .owner = "nobody", .start = 7, .count = 1 };

	for (unsigned int round = 0; round < ROUNDS; round++) {
		for (size_t v = 0; v < 2; v++) {
			const struct reference_file *file = &now.version[v];

			if (file->n_lines > 0)
				check_line(&file->lines[choice % file->n_lines], choice + round);
			else
				check_line(&none, choice + round);
		}
		choice /= 3;
	}
}

/* Which source is to be asked is found out once in a process, and here is not the subject. */
static void choose_source(void)
{
	static bool chosen;
	struct fuzz_plan plan = { .version[0] = { "", 0 } };
	struct answer answer = { .id = 1 };

	if (chosen)
		return;
	fuzz_file_begin(&plan);
	ask(&answer, SUBID_SEEK_OWNER);
	fuzz_file_end();
	chosen = answer.r == -ENOENT;
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
	now.host = (struct subid_host){
		.databases = {
			[SUBID_UID] = { FUZZ_FILE, NULL, SUBID_UID },
			[SUBID_GID] = { FUZZ_FILE, NULL, SUBID_GID },
		},
		.nsswitch = FUZZ_NO_FILE,
		.account_name = account_name,
		.account_uid = account_uid,
	};
	for (size_t i = 0; data[0] & FLAG_CACHE && i < 2; i++)
		now.host.databases[i].cache = &now.caches[i];
	choose_source();
	now.kind = data[0] & FLAG_GID ? SUBID_GID : SUBID_UID;
	now.accounts_fail = data[0] & FLAG_ACCOUNTS_FAIL;
	set_plan(data, text, size - HEADER_BYTES);

	fuzz_file_begin(&now.plan);
	check_all(data[6]);
	fuzz_file_end();

	for (size_t i = 0; i < 2; i++) {
		subid_index_free(now.caches[i].index);
		free(now.version[i].lines);
	}
	free(text);
	return 0;
}
