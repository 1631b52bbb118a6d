/* SPDX-License-Identifier: BSD-3-Clause */
#include "ours.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "etc.h"
#include "report.h"
#include "subid.h"

#define PAIRS_ASKED_MAX 2400 /* of owner and ID, or a file takes seconds */
#define READS_MAX 64

unsigned long ours_indexed, ours_questions;

/* Three ways through the shim, which have to agree. */
enum way {
	READ_TWICE, /* a file that was changed just now */
	READ_ONCE,
	INDEXED,
	WAYS,
};

static struct subid_cache caches[2];
static time_t seconds_ahead;

/* The file that is asked about, and the answers. */
static const struct original *asked;
static struct answers answers;

int __real_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);

/* A file counts as changed just now for some seconds, which no test has. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	int r = __real_clock_gettime(clock, ret);

	ret->tv_sec += seconds_ahead;
	return r;
}

static enum subid_kind kind(void)
{
	return asked->gid ? SUBID_GID : SUBID_UID;
}

static const struct subid_database *database(enum way way)
{
	static struct subid_database ret;

	ret.path = etc_paths[kind()];
	ret.cache = way == INDEXED ? &caches[kind()] : NULL;
	seconds_ahead = way == READ_TWICE ? 0 : 60;
	ours_questions++;
	return &ret;
}

static void forget_indexes(void)
{
	for (size_t i = 0; i < 2; i++)
		subid_index_free(caches[i].index);
	memset(caches, 0, sizeof(caches));
}

static int ask_by_id(enum way way, uint32_t id, struct subid_owner *ret_owner,
		     uint64_t *ret_position)
{
	return subid_by_id(database(way), id, ret_owner, ret_position);
}

static bool ask_all_by_id(void)
{
	for (size_t i = 0; i < asked->n_ids; i++) {
		struct subid_owner owner, again;
		uint64_t position = 0, position_again = 0;
		int r = ask_by_id(READ_TWICE, asked->ids[i], &owner, &position);

		for (enum way way = READ_ONCE; way < WAYS; way++) {
			int r_again = ask_by_id(way, asked->ids[i], &again, &position_again);

			if (r_again != r || (r == 0 && (strcmp(again.text, owner.text) != 0 ||
							position_again != position)))
				return disagree("%" PRIu32 " is %d %s %" PRIu64
						" to a file read twice and %d %s %" PRIu64 " %s",
						asked->ids[i], r, owner.text, position, r_again,
						again.text, position_again,
						way == INDEXED ? "to its index" : "read once");
		}
		answers.by_id[i].r = r;
		answers.by_id[i].position = position;
		strcpy(answers.by_id[i].owner, r == 0 ? owner.text : "");
	}
	return true;
}

static int ask_by_owner(enum way way, const char *name, uint32_t id, uint64_t *ret_position)
{
	struct subid_owner owner;

	if (subid_owner_set(&owner, name, strlen(name)) < 0)
		return -ENOENT;
	return subid_by_owner(database(way), &owner, id, ret_position);
}

static void ask_by_position(enum way way, size_t o, uint64_t position)
{
	const char *name = asked->owners[o];
	size_t n = answers.n_positions[o];
	struct subid_owner owner;

	for (size_t i = 0; i < n; i++)
		if (answers.by_position[o][i].position == position)
			return;
	if (n == OURS_POSITIONS_MAX || subid_owner_set(&owner, name, strlen(name)) < 0)
		return;
	answers.by_position[o][n].position = position;
	answers.by_position[o][n].r =
		subid_by_position(database(way), &owner, position, &answers.by_position[o][n].id);
	answers.n_positions[o]++;
}

static void ask_owner(size_t o)
{
	size_t n = asked->n_ids, every = n * asked->n_owners / PAIRS_ASKED_MAX + 1;

	answers.n_positions[o] = 0;
	for (size_t i = 0; i < n; i++) {
		enum way way = (enum way)((o + i) % WAYS);
		uint64_t position = 0;
		int r = OURS_NOT_ASKED;

		if ((o + i) % every == 0)
			r = ask_by_owner(way, asked->owners[o], asked->ids[i], &position);
		answers.by_owner[o][i].r = r;
		answers.by_owner[o][i].position = position;
		if (r == 0) {
			ask_by_position(way, o, position + 1);
			ask_by_position(way, o, position);
		}
	}
	ask_by_position(INDEXED, o, 0);
	ask_by_position(READ_ONCE, o, UINT64_C(1) << 33);
}

/* A cache indexes a file that has been read so often; a large one, later. */
static void make_index(void)
{
	struct subid_owner owner;
	uint64_t position;

	for (unsigned int i = 0; i < READS_MAX && !caches[kind()].index; i++)
		(void)ask_by_id(INDEXED, 0, &owner, &position);
}

const struct answers *ours_ask(const struct original *original)
{
	bool agreed;

	asked = original;
	make_index();
	agreed = ask_all_by_id();
	for (size_t o = 0; o < asked->n_owners; o++)
		ask_owner(o);
	ours_indexed += caches[kind()].index != NULL;
	forget_indexes();
	return agreed ? &answers : NULL;
}
