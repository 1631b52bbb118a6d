/* SPDX-License-Identifier: BSD-3-Clause */
#include "theirs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "account.h"
#include "report.h"

static struct exchange *exchange;
static int to_oracle, from_oracle;

void theirs_start(const char *program)
{
	const char *path = "exchange";
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), in[2], out[2];

	if (fd < 0 || ftruncate(fd, sizeof(*exchange)) < 0 || pipe(in) < 0 || pipe(out) < 0)
		report_bail_out(path);
	exchange = mmap(NULL, sizeof(*exchange), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (exchange == MAP_FAILED)
		report_bail_out(path);

	if (fork() == 0) {
		(void)dup2(in[0], STDIN_FILENO);
		(void)dup2(out[1], STDOUT_FILENO);
		for (size_t i = 0; i < 2; i++) {
			(void)close(in[i]);
			(void)close(out[i]);
		}
		execl(program, program, path, (char *)NULL);
		_exit(127);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	to_oracle = in[1];
	from_oracle = out[0];
}

/* First the owners, then the IDs. */
static void ask(const struct original *original, const struct differences *applied,
		struct edit *edit)
{
	char byte = '\n';

	exchange->questions = 0;
	for (size_t o = 0; o < original->n_owners; o++) {
		struct exchange_question *question = &exchange->question[exchange->questions++];
		const char *owner = original->owners[o];

		question->gid = original->gid;
		question->by_id = false;
		strcpy(question->owner, edit ? edit_owner(edit, applied, owner) : owner);
	}
	for (size_t i = 0; i < original->n_ids; i++) {
		struct exchange_question *question = &exchange->question[exchange->questions++];

		question->gid = original->gid;
		question->by_id = true;
		question->id = original->ids[i];
	}
	if (write(to_oracle, &byte, 1) != 1 || read(from_oracle, &byte, 1) != 1)
		report_bail_out("the oracle has ended");
}

/* --- do they agree? ----------------------------------------------------------------- */

static bool find_id(const struct exchange_reply *reply, uint32_t id, uint64_t *ret_position)
{
	uint64_t laid = 0;

	for (int32_t i = 0; i < reply->count; i++) {
		const struct exchange_pair *range = &exchange->pair[reply->first + (uint32_t)i];

		if (id >= range->start && id - range->start < range->count) {
			*ret_position = laid + (id - range->start);
			return true;
		}
		laid += range->count;
	}
	return false;
}

static bool find_position(const struct exchange_reply *reply, uint64_t position, uint64_t *ret_id)
{
	for (int32_t i = 0; i < reply->count; i++) {
		const struct exchange_pair *range = &exchange->pair[reply->first + (uint32_t)i];

		if (position < range->count) {
			*ret_id = range->start + position;
			return true;
		}
		position -= range->count;
	}
	return false;
}

static bool owner_agrees(const struct original *original, const struct answers *ours, size_t o)
{
	const struct exchange_reply *reply = &exchange->reply[o];
	const char *owner = original->owners[o];

	if (reply->count < 0)
		return disagree("libsubid refuses to list the ranges of \"%s\"", owner);

	for (size_t i = 0; i < original->n_ids; i++) {
		uint64_t position = 0;
		int r = ours->by_owner[o][i].r;
		bool found = find_id(reply, original->ids[i], &position);

		if (r == OURS_NOT_ASKED)
			continue;
		if (r != (found ? 0 : -ENOENT) ||
		    (found && position != ours->by_owner[o][i].position))
			return disagree("%" PRIu32 " of \"%s\" is %d at %" PRIu64
					" to us and %s at %" PRIu64 " to libsubid",
					original->ids[i], owner, r, ours->by_owner[o][i].position,
					found ? "there" : "not there", position);
	}

	for (size_t i = 0; i < ours->n_positions[o]; i++) {
		uint64_t id = 0;
		int r = ours->by_position[o][i].r;
		bool found = find_position(reply, ours->by_position[o][i].position, &id);

		if (r != (found ? 0 : -ENOENT) || (found && id != ours->by_position[o][i].id))
			return disagree("position %" PRIu64 " of \"%s\" is %d %" PRIu32
					" to us and %s %" PRIu64 " to libsubid",
					ours->by_position[o][i].position, owner, r,
					ours->by_position[o][i].id, found ? "there" : "not there",
					id);
	}
	return true;
}

/* The UID by which libsubid calls an owner that we call so. */
static bool is_called(const char *owner, const struct edit *edit, uint64_t uid)
{
	const char *renamed = edit ? edit_renamed(edit, owner) : NULL;
	const struct account *account = account_by_name(renamed ? renamed : owner);
	uint32_t number;

	if (account)
		return account->uid == uid;
	return account_uid_of_text(owner, &number) && number == uid;
}

static bool id_agrees(const struct original *original, const struct answers *ours, size_t i,
		      const struct edit *edit)
{
	const struct exchange_reply *reply = &exchange->reply[original->n_owners + i];
	const char *owner = ours->by_id[i].owner;
	int r = ours->by_id[i].r;
	uint64_t position;

	if (reply->count < 0)
		return disagree("libsubid refuses to say whose %" PRIu32 " is", original->ids[i]);
	if (r != (reply->count > 0 ? 0 : -ENOENT))
		return disagree("whose is %" PRIu32 "? %d to us, of %" PRId32 " to libsubid",
				original->ids[i], r, reply->count);
	if (r < 0)
		return true;
	if (!is_called(owner, edit, exchange->pair[reply->first].start))
		return disagree("%" PRIu32 " is of \"%s\" to us and of %" PRIu64 " to libsubid",
				original->ids[i], owner, exchange->pair[reply->first].start);

	for (size_t o = 0; o < original->n_owners; o++)
		if (strcmp(original->owners[o], owner) == 0 &&
		    (!find_id(&exchange->reply[o], original->ids[i], &position) ||
		     position != ours->by_id[i].position))
			return disagree("%" PRIu32 " is at %" PRIu64 " of \"%s\" to us alone",
					original->ids[i], ours->by_id[i].position, owner);
	return true;
}

bool theirs_agree(const struct original *original, const struct answers *ours,
		  const struct differences *applied, struct edit *edit)
{
	ask(original, applied, edit);
	for (size_t o = 0; o < original->n_owners; o++)
		if (!owner_agrees(original, ours, o))
			return false;
	for (size_t i = 0; i < original->n_ids; i++)
		if (!id_agrees(original, ours, i, edit))
			return false;
	return true;
}
