/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of local.h: records of the files, and a worker that is asked for an account. */
#include "check.h"

#include <errno.h>
#include <unistd.h>

#include "local.h"
#include "loop.h"
#include "result.h"
#include "scratch.h"
#include "workers.h"

static struct pool *pool;
static struct subid_cache caches[2];

static int setup(void **state)
{
	(void)state;
	pool = workers_begin();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	workers_end(pool);
	return 0;
}

static const struct result *local_within(uint64_t deadline_usec, const char *name, uint32_t id)
{
	static struct local local;
	static struct result result;
	const struct subid_database uids = { "subuid", &caches[0] },
				    gids = { "subgid", &caches[1] };
	const struct query_key key = { .name = name, .id = id };
	struct query *query;

	local_init(&local, loop_event, pool, deadline_usec, &uids, &gids);
	result = (struct result){ .r = 1 };
	local_query(&local, &key, result_note, &result, &query);
	assert_true((result.n == 0) == (query != NULL));
	return result_wait(&result);
}

static const struct result *local_by(const char *name, uint32_t id)
{
	return local_within(PATIENCE, name, id);
}

static void the_files_are_answered_from_here(void **state)
{
	(void)state;
	scratch_write("subuid", "alice:10:5\n77:100:5\n");
	scratch_write("subgid", "alice:20:5\n77:200:5\n");
	result_is(local_by(NULL, 11), "alice", 11, 1, 21);
	result_is(local_by("subuid-alice-12", 0), "alice", 12, 2, 22);
	result_is(local_by("subuid-77-104", 0), "77", 104, 4, 204);
	assert_int_equal(local_by(NULL, 99)->r, -ENOENT);
	assert_int_equal(local_by("subuid-bob-99", 0)->r, -ENOENT);
	assert_int_equal(local_by("root", 0)->r, -ENOENT);
	assert_int_equal(access("asked", F_OK), -1);
}

static void an_account_is_a_workers_to_ask(void **state)
{
	(void)state;
	result_is(local_by(NULL, 101), "account", 101, 3, 9);
	/* If it cannot, the number will do. */
	result_is(local_by(NULL, 102), "77", 102, 2, 202);
	result_is(local_by("subuid-account-100", 0), "account", 100, 3, 9);
	/* It is not believed an ID that nobody asked for. */
	assert_int_equal(local_by("subuid-account-101", 0)->r, -EBADMSG);
}

/* Which record an ID has depends on the files alone. Only its name is an account's. */
static void an_account_service_that_hangs_takes_no_id_away(void **state)
{
	(void)state;
	result_is(local_within(SECOND / 2, NULL, 103), "77", 103, 3, 203);
	assert_int_equal(local_within(SECOND / 2, "subuid-hang-100", 0)->r, -ETIMEDOUT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_files_are_answered_from_here),
		TEST(an_account_is_a_workers_to_ask),
		TEST(an_account_service_that_hangs_takes_no_id_away),
	};

	if (!workers_prepare())
		return 1;
	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
