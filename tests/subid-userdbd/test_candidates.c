/* SPDX-License-Identifier: BSD-3-Clause */
/* Owners that are worth asking, what they had, and how they outlive the service. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "candidates.h"
#include "libsubid.h"
#include "scratch.h"
#include "state.h"

static struct candidates *table;

/* In place of calloc(3), for the service too. */
static bool memory_is_short;
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);

void *__wrap_calloc(size_t n, size_t size)
{
	return memory_is_short ? NULL : __real_calloc(n, size);
}

static int setup(void **state)
{
	(void)state;
	memory_is_short = false;
	table = candidates_new();
	return table ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	candidates_free(table);
	return 0;
}

static void learn(const char *owner, uint32_t start, uint32_t count, uint64_t due_usec)
{
	const struct subid_range range = { start, count };
	const struct subid_range *const ranges[2] = { &range, NULL };
	const size_t n[2] = { count > 0, 0 };

	assert_int_equal(candidates_learn(table, owner, ranges, n, due_usec), 0);
}

static void has(uint32_t id, const char *want)
{
	const char *owner = candidates_find(table, SUBID_UID, id);

	check_text("the owner", owner ? owner : "nobody", want);
}

static void positions_run_over_all_ranges_of_an_owner(void **state)
{
	static const struct subid_range ranges[] = {
		{ 100, 10 }, { UINT32_MAX, 1 }, { 105, 10 }, { 0, UINT32_MAX }
	};
	static const struct {
		uint32_t id;
		uint64_t position;
	} cases[] = { { 100, 0 }, { 109, 9 }, { UINT32_MAX, 10 }, { 110, 16 }, { 0, 21 } };
	uint64_t position;
	uint32_t id;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(subid_ranges_find_id(ranges, 4, cases[i].id, &position), 0);
		assert_int_equal(position, cases[i].position);
		assert_int_equal(subid_ranges_find_position(ranges, 4, position, &id), 0);
		assert_int_equal(id, cases[i].id);
	}
	/* The first position of an ID counts, but each position has its ID. */
	assert_int_equal(subid_ranges_find_position(ranges, 4, 11, &id), 0);
	assert_int_equal(id, 105);
	assert_int_equal(subid_ranges_find_position(ranges, 4, UINT64_C(21) + UINT32_MAX, &id),
			 -ENOENT);
	assert_int_equal(subid_ranges_find_id(ranges, 1, 110, &position), -ENOENT);
	assert_int_equal(subid_ranges_find_id(NULL, 0, 0, &position), -ENOENT);
}

static void an_id_is_found_in_ranges_that_overlap(void **state)
{
	(void)state;
	learn("wide", 10, 90, 1);
	learn("inner", 20, 5, 1);
	learn("last", UINT32_MAX - 9, 10, 1);
	has(9, "nobody");
	has(10, "wide");
	has(20, "inner");
	has(24, "inner");
	has(25, "wide");
	has(99, "wide");
	has(100, "nobody");
	has(UINT32_MAX, "last");
	assert_null(candidates_find(table, SUBID_GID, 20));
}

static void without_memory_to_sort_an_id_is_found_all_the_same(void **state)
{
	(void)state;
	learn("a", 10, 10, 1);
	learn("b", 30, 10, 1);
	memory_is_short = true;
	has(9, "nobody");
	has(10, "a");
	has(39, "b");
	has(40, "nobody");
	assert_null(candidates_find(table, SUBID_GID, 10));
	memory_is_short = false;
	has(39, "b");
}

static void what_an_owner_had_is_what_it_said_last(void **state)
{
	(void)state;
	learn("a", 10, 10, 1);
	has(10, "a");
	learn("a", 30, 10, 2);
	has(10, "nobody");
	has(30, "a");
	learn("a", 0, 0, 3);
	has(30, "nobody");
	assert_int_equal(candidates_count(table), 1);
	/* One without ranges does not become a candidate. */
	learn("b", 0, 0, 3);
	assert_int_equal(candidates_count(table), 1);
}

/* A name is asked for once, and never by a text that no owner may have. */
static void a_candidate_is_an_owner_and_there_once(void **state)
{
	char longest[SUBID_OWNER_MAX_BYTES + 2];

	(void)state;
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(candidates_add(table, longest), 0);
	assert_int_equal(candidates_add(table, ""), 0);
	assert_int_equal(candidates_add(table, "a:b"), 0);
	assert_int_equal(candidates_add(table, "../a"), 0);
	assert_int_equal(candidates_count(table), 0);
	assert_int_equal(candidates_add(table, "a"), 0);
	assert_int_equal(candidates_add(table, "a"), 0);
	assert_int_equal(candidates_count(table), 1);
}

static void next_is(const char *want, uint64_t want_due_usec)
{
	uint64_t due_usec = 77;
	const char *owner = candidates_next(table, &due_usec);

	check_text("the next", owner ? owner : "nobody", want);
	assert_int_equal(due_usec, want_due_usec);
}

static void new_ones_come_first_then_those_with_the_earliest_time(void **state)
{
	(void)state;
	next_is("nobody", 77);
	learn("a", 1, 1, 5);
	learn("b", 2, 1, 6);
	next_is("a", 5);
	assert_int_equal(candidates_add(table, "c"), 0);
	next_is("c", 0);
	candidates_put_off(table, "c", 7);
	next_is("a", 5);
	learn("a", 1, 1, 8);
	next_is("b", 6);
	/* One that could not be asked may be put off for a shorter time. */
	candidates_put_off(table, "a", 5);
	next_is("a", 5);
	candidates_put_off(table, "a", 7);
	next_is("b", 6);
}

static void the_least_recently_used_makes_room(void **state)
{
	char name[16];

	(void)state;
	for (int i = 0; i < CANDIDATES_MAX; i++) {
		(void)snprintf(name, sizeof(name), "u%d", i);
		learn(name, 100000 + (uint32_t)i * 10, 10, 1);
	}
	has(100000, "u0");
	(void)candidates_use(table, "u0");
	learn("new", 5, 1, 2);
	assert_int_equal(candidates_count(table), CANDIDATES_MAX);
	has(100000, "u0");
	has(100010, "nobody");
	has(100020, "u2");
	has(5, "new");
}

static void used_are(const char *want)
{
	const char *owner = NULL;
	char got[128] = "";

	while ((owner = candidates_next_used(table, owner))) {
		strcat(got, owner);
		strcat(got, " ");
	}
	check_text("those used", got, want);
}

static void those_used_are_kept_in_the_order_of_use(void **state)
{
	(void)state;
	learn("a", 1, 1, 1);
	learn("b", 2, 1, 1);
	learn("c", 3, 1, 1);
	used_are("");
	assert_true(candidates_use(table, "b"));
	assert_true(candidates_use(table, "a"));
	assert_false(candidates_use(table, "b"));
	assert_false(candidates_use(table, "nobody"));
	used_are("a b ");
}

/* --- state.h ------------------------------------------------------------------------- */

static int here(void)
{
	static int fd = -1;

	if (fd >= 0)
		(void)close(fd);
	fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd;
}

static void owners_come_back_in_the_same_order(void **state)
{
	(void)state;
	scratch_write("owners.new", "left by a crash\n");
	learn("a", 1, 1, 1);
	learn("b b", 2, 1, 1);
	learn("not used", 3, 1, 1);
	(void)candidates_use(table, "b b");
	(void)candidates_use(table, "a");
	assert_int_equal(state_save(here(), table), 0);
	assert_int_equal(access("owners.new", F_OK), -1);
	candidates_free(table);
	table = candidates_new();
	assert_int_equal(state_load(here(), table), 0);
	used_are("b b a ");
	next_is("a", 0);
}

static void a_file_that_somebody_else_wrote_names_owners_at_most(void **state)
{
	static const char bytes[] = "\na\nb:c\n..\nwith\0nul\nb\n\0\nc\n\x1b[31m\nlast";

	(void)state;
	scratch_write_bytes("owners", bytes, sizeof(bytes) - 1);
	assert_int_equal(state_load(here(), table), 0);
	used_are("a b c ");
	assert_int_equal(candidates_count(table), 3);
}

static void a_line_that_is_too_long_is_skipped_whole(void **state)
{
	char text[4096];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text + sizeof(text) - 7, "\nnext\n", 7);
	scratch_write("owners", text);
	assert_int_equal(state_load(here(), table), 0);
	used_are("next ");
}

static void a_file_that_is_far_too_large_is_not_read(void **state)
{
	(void)state;
	scratch_write("owners", "alice\n");
	assert_int_equal(truncate("owners", (off_t)1 << 32), 0);
	assert_int_equal(state_load(here(), table), -EINVAL);
	assert_int_equal(candidates_count(table), 0);
	assert_int_equal(truncate("owners", 6), 0);
	assert_int_equal(state_load(here(), table), 0);
	used_are("alice ");
}

static void only_a_regular_file_is_read(void **state)
{
	(void)state;
	(void)unlink("owners");
	assert_int_equal(state_load(here(), table), 0);
	assert_int_equal(symlink("/etc/passwd", "owners"), 0);
	assert_int_equal(state_load(here(), table), -ELOOP);
	(void)unlink("owners");
	assert_int_equal(mkfifo("owners", 0600), 0);
	assert_int_equal(state_load(here(), table), -EINVAL);
	(void)unlink("owners");
	assert_int_equal(candidates_count(table), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(positions_run_over_all_ranges_of_an_owner),
		TEST(an_id_is_found_in_ranges_that_overlap),
		TEST(without_memory_to_sort_an_id_is_found_all_the_same),
		TEST(what_an_owner_had_is_what_it_said_last),
		TEST(a_candidate_is_an_owner_and_there_once),
		TEST(new_ones_come_first_then_those_with_the_earliest_time),
		TEST(the_least_recently_used_makes_room),
		TEST(those_used_are_kept_in_the_order_of_use),
		TEST(owners_come_back_in_the_same_order),
		TEST(a_file_that_somebody_else_wrote_names_owners_at_most),
		TEST(a_line_that_is_too_long_is_skipped_whole),
		TEST(a_file_that_is_far_too_large_is_not_read),
		TEST(only_a_regular_file_is_read),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
