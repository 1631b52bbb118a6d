/* SPDX-License-Identifier: BSD-3-Clause */
#include "cached.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "check.h"
#include "inject.h"
#include "scratch.h"

static void the_first_lookups_read_the_file_and_later_ones_only_its_stamp(void **state)
{
	unsigned int reads = 0;

	(void)state;
	cached_check_owner("the first", 100003, "alice", 3);
	cached_check_by_file("the first");
	assert_int_equal(cached_cost.stats, 0);
	assert_int_equal(cached_cost.maps, 0);

	while (cached_cost.opens > 0) {
		assert_in_range(++reads, 1, LOOKUPS_TO_WARM);
		cached_check_owner("warming up", 200003, "bob", 3);
		/* This lookup has built the index. */
		if (cached_cost.maps > 0)
			break;
	}
	assert_in_range(reads, 3, LOOKUPS_TO_WARM);

	for (int i = 0; i < 100; i++) {
		cached_check_owner("an index", 100009, "alice", 9);
		cached_check_by_index("a hit");
		cached_check_no_owner("an index", 100010);
		cached_check_by_index("a miss");
	}
	cached_check_one_index();
}

/* Checks what lookups cost: @scans of them scan the file, and the next one builds an index. */
static void check_scans_before_index(const char *reason, unsigned int scans, bool was_indexed)
{
	for (unsigned int n = 1; n <= scans; n++) {
		cached_check_owner(reason, 100003, "alice", 3);
		check_int(reason, cached_cost.opens, 1);
		check_int(reason, cached_cost.maps, 0);
		/* The first lookups of a process do not even call stat(2). */
		check_int(reason, cached_cost.stats, n > 3 || was_indexed);
	}
	cached_check_owner(reason, 100003, "alice", 3);
	check_int(reason, cached_cost.opens, 2);
	check_int(reason, cached_cost.maps, 1);
	cached_check_owner(reason, 100003, "alice", 3);
	cached_check_by_index(reason);
}

static void a_larger_file_is_scanned_more_often_before_it_is_indexed(void **state)
{
	static const struct {
		const char *reason;
		size_t bytes; /* of the file */
		unsigned int scans;
	} rows[] = {
		{ "two lines", 0, 3 },
		{ "just below 1 KiB", 1023, 3 },
		{ "1 KiB", 1024, 4 },
		{ "10 KiB", 10240, 13 },
		{ "just below 29 KiB", 29695, 31 },
		{ "29 KiB", 29696, 32 },
		{ "30 KiB", 30720, 32 },
		{ "200,000 bytes", 200000, 32 },
	};
	static char text[200001];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		for (int version = 0; version < 2; version++) {
			size_t len = strlen(cached_lines);

			/* The second version replaces a file that has an index. */
			if (version == 0)
				(void)cached_setup(NULL);
			else
				(void)remove("subuid");
			(void)strcpy(text, cached_lines);
			for (; len < rows[i].bytes; len++)
				text[len] = len % 64 == 0 ? '#' : '\n';
			scratch_write_bytes("subuid", text, len);
			check_scans_before_index(rows[i].reason, rows[i].scans, version == 1);
		}
}

static void an_index_answers_all_three_questions(void **state)
{
	static struct subid_owner bob;
	uint64_t position = 77;
	uint32_t id = 77;

	(void)state;
	cached_warm();
	assert_int_equal(subid_owner_set(&bob, "bob", 3), 0);
	cached_cost_begin();
	assert_int_equal(subid_by_owner(&cached_database, &bob, 200004, &position), 0);
	cached_cost_end();
	cached_check_by_index("by owner");
	assert_int_equal(position, 4);
	cached_cost_begin();
	assert_int_equal(subid_by_position(&cached_database, &bob, 4, &id), 0);
	cached_cost_end();
	cached_check_by_index("by position");
	assert_int_equal(id, 200004);
	cached_cost_begin();
	assert_int_equal(subid_by_position(&cached_database, &bob, 10, &id), -ENOENT);
	cached_cost_end();
	cached_check_by_index("by a position beyond the last");
}

static void without_a_cache_the_file_is_read_each_time(void **state)
{
	static const struct subid_database uncached = { "subuid", NULL };
	const char *name;
	uint64_t position;

	(void)state;
	for (int i = 0; i < 2 * LOOKUPS_TO_WARM; i++) {
		assert_int_equal(cached_look_up_in(&uncached, 200003, &name, &position), 0);
		assert_int_equal(position, 3);
		cached_check_by_file("no cache");
		assert_int_equal(cached_cost.stats, 0);
		assert_int_equal(cached_cost.maps, 0);
	}
}

static void two_files_have_two_indexes(void **state)
{
	static struct subid_cache other;
	static const struct subid_database groups = { "subgid", &other };
	const char *name;
	uint64_t position;

	(void)state;
	scratch_write("subgid", "carol:100000:10\n");
	cached_warm();
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		assert_int_equal(cached_look_up_in(&groups, 100003, &name, &position), 0);
		assert_string_equal(name, "carol");
		cached_check_owner("the other file", 100003, "alice", 3);
	}
	cached_check_by_index("the other file");
	assert_non_null(other.index);
	assert_int_equal(inject_open_maps(), 2);
	subid_index_free(other.index);
	cached_check_one_index();
}

/* --- faults -------------------------------------------------------------------- */

static void without_memory_for_an_index_the_file_is_read(void **state)
{
	(void)state;
	/* INJECT_EVERY is 0: first every call fails, then one of the first six. */
	for (unsigned int nth = INJECT_EVERY; nth <= 6; nth++) {
		unsigned int maps;

		(void)cached_setup(NULL);
		inject_fail(INJECT_MMAP, nth, ENOMEM);
		for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
			cached_check_owner("no memory", 100003, "alice", 3);
			cached_check_no_owner("no memory", 5);
		}
		if (nth == INJECT_EVERY)
			assert_int_equal(inject_open_maps(), 0);
		/* Building an index was attempted, but not in each of the lookups. */
		maps = inject_calls(INJECT_MMAP);
		assert_in_range(maps, 1, LOOKUPS_TO_WARM);

		/* After failures, it takes more lookups until an index is built. */
		(void)inject_reset(NULL);
		cached_warm_within(4 * LOOKUPS_TO_WARM);
		cached_check_owner("memory again", 100003, "alice", 3);
		cached_check_by_index("memory again");
	}
}

static void each_failure_doubles_the_scans_before_the_next_attempt_up_to_48(void **state)
{
	static const unsigned int scans[] = { 3, 6, 12, 24, 48, 48, 48 };

	(void)state;
	inject_fail(INJECT_MMAP, INJECT_EVERY, ENOMEM);
	for (size_t i = 0; i < COUNT_OF(scans); i++) {
		for (unsigned int n = 0; n < scans[i]; n++) {
			cached_check_owner("no memory", 100003, "alice", 3);
			assert_int_equal(cached_cost.maps, 0);
		}
		cached_check_owner("an attempt", 100003, "alice", 3);
		assert_int_equal(cached_cost.maps, 1);
	}

	/* After a success, few scans are enough again. */
	inject_fail(INJECT_MMAP, INJECT_EVERY, 0);
	cached_warm_within(51);
	cached_edit();
	cached_warm_within(5);
}

static void without_a_stamp_the_file_is_read(void **state)
{
	static const int faults[] = { ENOMEM, EIO, EOVERFLOW, EINTR, EACCES, ELOOP };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(faults); i++) {
		(void)cached_setup(NULL);
		cached_warm();
		inject_fail(INJECT_STAT, INJECT_EVERY, faults[i]);
		for (int n = 0; n < LOOKUPS_TO_WARM; n++) {
			cached_check_owner("no stamp", 100003, "alice", 3);
			cached_check_by_file("no stamp");
		}
	}
}

static void a_fault_of_the_file_is_returned(void **state)
{
	const char *name;
	uint64_t position;

	(void)state;
	cached_warm();
	cached_edit();
	inject_fail(INJECT_READ, INJECT_EVERY, EIO);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++)
		assert_int_equal(cached_look_up(100003, &name, &position), -EIO);
	inject_fail(INJECT_READ, INJECT_EVERY, 0);
	inject_fail(INJECT_OPEN, INJECT_EVERY, EMFILE);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++)
		assert_int_equal(cached_look_up(100003, &name, &position), -EMFILE);
	(void)inject_reset(NULL);
	cached_check_owner("no fault", 100003, "carol", 3);
}

static void an_owner_with_too_many_ids_is_answered_from_the_file(void **state)
{
	(void)state;
	scratch_write("subuid", "alice:0:4294967295\nalice:0:4294967295\nbob:4294967295:1\n");
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		cached_check_owner("too many", 100003, "alice", 100003);
		cached_check_owner("too many", UINT32_MAX, "bob", 0);
	}
	assert_int_equal(inject_open_maps(), 0);
}

static void a_fifo_in_place_of_an_indexed_file_is_refused(void **state)
{
	const char *name;
	uint64_t position;

	(void)state;
	cached_warm();
	assert_int_equal(remove("subuid"), 0);
	assert_int_equal(mkfifo("subuid", 0644), 0);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++)
		assert_int_equal(cached_look_up(100003, &name, &position), -EINVAL);
	assert_int_equal(remove("subuid"), 0);
}

int main(void)
{
#define CACHE_TEST(name) cmocka_unit_test_setup_teardown(name, cached_setup, cached_teardown)
	static const struct CMUnitTest tests[] = {
		CACHE_TEST(the_first_lookups_read_the_file_and_later_ones_only_its_stamp),
		CACHE_TEST(a_larger_file_is_scanned_more_often_before_it_is_indexed),
		CACHE_TEST(an_index_answers_all_three_questions),
		CACHE_TEST(without_a_cache_the_file_is_read_each_time),
		CACHE_TEST(two_files_have_two_indexes),
		CACHE_TEST(without_memory_for_an_index_the_file_is_read),
		CACHE_TEST(each_failure_doubles_the_scans_before_the_next_attempt_up_to_48),
		CACHE_TEST(without_a_stamp_the_file_is_read),
		CACHE_TEST(a_fault_of_the_file_is_returned),
		CACHE_TEST(an_owner_with_too_many_ids_is_answered_from_the_file),
		CACHE_TEST(a_fifo_in_place_of_an_indexed_file_is_refused),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
