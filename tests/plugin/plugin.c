/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libsubid_sample.so: a source of subordinate IDs as libsubid loads it, with
 * every kind of answer that such a source may give.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "interface.h"
#include "sample.h"

#define NOBODY ((uid_t)-1)
/* Ranges that one answer has room for, and those of the owner "many": 2 IDs of every 4. */
#define ROOM 8192
#define MANY 5000
#define MANY_FIRST 1000000
#define MANY_STRIDE 4
#define MANY_COUNT 2
#define MANY_UID 1009

static const struct {
	const char *owner;
	uid_t uid; /* NOBODY: not found by ID */
	enum subid_type type;
	unsigned long start, count;
} delegations[] = {
	{ "alice", 1001, ID_TYPE_UID, 100000, 10 },
	{ "alice", 1001, ID_TYPE_UID, 300000, 10 },
	{ "alice", 1001, ID_TYPE_GID, 500000, 65536 },
	{ "bob", 1003, ID_TYPE_UID, 200000, 100 },
	{ "bob", 1003, ID_TYPE_GID, 600000, 5 },
	/* Inside bob's. */
	{ "carol", 1004, ID_TYPE_UID, 200050, 10 },
	/* Owners without an account, by UID and by name. */
	{ "4242", 4242, ID_TYPE_UID, 400000, 10 },
	{ "4242", 4242, ID_TYPE_GID, 450000, 10 },
	{ "containers", NOBODY, ID_TYPE_UID, 2147483648, 1000 },
	/* Lines that subuid(5) could not hold, before and after one that it could. */
	{ "wide", 1006, ID_TYPE_UID, 4294967296, 1 },
	{ "wide", 1006, ID_TYPE_UID, 4294967290, 7 },
	{ "wide", 1006, ID_TYPE_UID, 800000, 0 },
	{ "wide", NOBODY, ID_TYPE_UID, 0, 4294967296 },
	{ "wide", 1006, ID_TYPE_UID, (unsigned long)-1, (unsigned long)-1 },
	{ "wide", 1006, ID_TYPE_UID, 810000, 10 },
	{ "wide", 1006, ID_TYPE_UID, 1ul << 63, 1ul << 63 },
	{ "wide", 1006, ID_TYPE_UID, 4294967290, 6 },
	{ "low", 1007, ID_TYPE_UID, 0, 1 },
	{ "low", 1007, ID_TYPE_UID, 65530, 10 },
	{ "low", 1007, ID_TYPE_GID, 0, 100 },
	/* Owners that are subordinate themselves: alice's, and each other's. */
	{ "100003", 100003, ID_TYPE_UID, 950000, 10 },
	{ "960000", 960000, ID_TYPE_UID, 970000, 10 },
	{ "970000", 970000, ID_TYPE_UID, 960000, 10 },
	{ "asker", 1008, ID_TYPE_UID, 980000, 10 },
	{ "slow", 1005, ID_TYPE_UID, 700000, 10 },
	{ "slow", 1005, ID_TYPE_GID, 750000, 10 },
};

__attribute__((constructor)) static void loaded(void)
{
	if (sample_is_loaded)
		sample_is_loaded();
}

/* A connection: a thread that is cancelled in here leaves it open. */
static void connect_and_close(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)poll(NULL, 0, 0);
	if (fd >= 0)
		(void)close(fd);
}

static void be_slow(void)
{
	struct timespec rest = { .tv_sec = 2 };

	if (sample_is_slow)
		sample_is_slow();
	while (nanosleep(&rest, &rest) < 0 && errno == EINTR)
		;
}

static void hang(void)
{
	for (;;)
		(void)pause();
}

/* Of an account, and of a record that only this source could know. */
static void ask_for_account(const char *owner)
{
	struct passwd pwd, *found;
	char buffer[1024];

	(void)getpwnam_r(owner, &pwd, buffer, sizeof(buffer), &found);
	(void)getpwnam_r("subuid-asker-980001", &pwd, buffer, sizeof(buffer), &found);
}

enum subid_status shadow_subid_has_range(const char *owner, unsigned long start,
					 unsigned long count, enum subid_type type, bool *result)
{
	(void)owner;
	(void)start;
	(void)count;
	(void)type;
	*result = false;
	return SUBID_STATUS_UNKNOWN_USER;
}

/* Returns how many. */
static int add_many(struct subid_range *ranges)
{
	for (int i = 0; i < MANY; i++)
		ranges[i] = (struct subid_range){
			.start = MANY_FIRST + (unsigned long)i * MANY_STRIDE,
			.count = MANY_COUNT,
		};
	return MANY;
}

static bool is_one_of_many(unsigned long id)
{
	return id >= MANY_FIRST && id < MANY_FIRST + MANY * MANY_STRIDE &&
	       (id - MANY_FIRST) % MANY_STRIDE < MANY_COUNT;
}

enum subid_status shadow_subid_list_owner_ranges(const char *owner, enum subid_type type,
						 struct subid_range **ranges, int *count)
{
	bool known = strcmp(owner, "empty") == 0;
	struct subid_range *found;
	int n = 0;

	connect_and_close();
	if (strcmp(owner, "broken") == 0) {
		errno = ECONNREFUSED;
		return SUBID_STATUS_ERROR_CONN;
	}
	if (strcmp(owner, "starved") == 0) {
		errno = ENOMEM;
		return SUBID_STATUS_ERROR;
	}
	if (strcmp(owner, "hanging") == 0)
		hang();
	if (strcmp(owner, "crashing") == 0)
		abort();
	if (strcmp(owner, "asker") == 0)
		ask_for_account(owner);
	if (strcmp(owner, "slow") == 0 && type == ID_TYPE_UID)
		be_slow();

	found = malloc(ROOM * sizeof(*found));
	if (!found)
		return SUBID_STATUS_ERROR;
	for (size_t i = 0; i < sizeof(delegations) / sizeof(delegations[0]) && n < ROOM; i++) {
		if (strcmp(delegations[i].owner, owner) != 0)
			continue;
		known = true;
		if (delegations[i].type == type)
			found[n++] = (struct subid_range){
				.start = delegations[i].start,
				.count = delegations[i].count,
			};
	}
	if (strcmp(owner, "many") == 0)
		known = (n = add_many(found)) > 0;
	if (!known) {
		free(found);
		/* A plugin may leave any errno behind, here that of a failed read. */
		errno = EIO;
		return SUBID_STATUS_UNKNOWN_USER;
	}
	*ranges = found;
	*count = n;
	return SUBID_STATUS_SUCCESS;
}

enum subid_status shadow_subid_find_subid_owners(unsigned long id, enum subid_type type,
						 uid_t **uids, int *count)
{
	uid_t *found;
	int n = 0;

	connect_and_close();
	if (id == 920000) {
		errno = ECONNREFUSED;
		return SUBID_STATUS_ERROR_CONN;
	}
	if (id == 930000) {
		errno = ENOMEM;
		return SUBID_STATUS_ERROR;
	}

	found = malloc(ROOM * sizeof(*found));
	if (!found)
		return SUBID_STATUS_ERROR;
	/* An owner who does not know of it. */
	if (id == 940000)
		found[n++] = 1001;
	for (size_t i = 0; i < sizeof(delegations) / sizeof(delegations[0]) && n < ROOM; i++)
		if (delegations[i].uid != NOBODY && delegations[i].type == type &&
		    id >= delegations[i].start && id - delegations[i].start < delegations[i].count)
			found[n++] = delegations[i].uid;
	if (is_one_of_many(id))
		found[n++] = MANY_UID;
	*uids = found;
	*count = n;
	return SUBID_STATUS_SUCCESS;
}

/* libsubid.so.6 does not take a plugin without it. */
void shadow_subid_free(void *result)
{
	free(result);
}
