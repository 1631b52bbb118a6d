/* SPDX-License-Identifier: BSD-3-Clause */
#include "cached.h"

#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "inject.h"
#include "scratch.h"

/* The value that a writer adds to a seat to claim it. */
#define CLAIMED UINT32_C(0x80000000)

static void a_reader_is_counted_in_its_seat_until_it_leaves(void **state)
{
	struct subid_cache_seat *seat = NULL, *same = NULL;
	const struct subid_index *index;

	(void)state;
	cached_warm();
	index = subid_cache_enter(&cached, "subuid", &seat);
	assert_ptr_equal(index, cached.index);
	assert_in_range(seat - cached.seats, 0, SUBID_CACHE_SEATS - 1);
	assert_int_equal(atomic_load(&seat->readers), 1);

	/* The same thread again, as after vfork(2). */
	assert_ptr_equal(subid_cache_enter(&cached, "subuid", &same), index);
	assert_int_equal(atomic_load(&same->readers), 2);
	subid_cache_leave(same);
	subid_cache_leave(seat);
}

/* --- other threads, simulated by changes to the cache ---------------------------- */

static void add_readers(size_t seat, uint32_t readers)
{
	(void)atomic_fetch_add(&cached.seats[seat].readers, readers);
}

static void remove_readers(size_t seat, uint32_t readers)
{
	(void)atomic_fetch_sub(&cached.seats[seat].readers, readers);
}

/* A writer claims the seats one after the other. This one has claimed the first @seats. */
static void claim(size_t seats)
{
	for (size_t i = 0; i < seats; i++)
		add_readers(i, CLAIMED);
}

static void release(size_t seats)
{
	for (size_t i = 0; i < seats; i++)
		remove_readers(i, CLAIMED);
}

static void the_file_is_read_while_another_thread_replaces_the_index(void **state)
{
	(void)state;
	cached_warm();
	claim(SUBID_CACHE_SEATS);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		cached_check_owner("all seats claimed", 100003, "alice", 3);
		assert_true(cached_cost.opens > 0);
		cached_check_no_owner("all seats claimed", 5);
	}
	cached_edit();
	for (int i = 0; i < LOOKUPS_TO_WARM; i++)
		cached_check_owner("all seats claimed, and the file changed", 100003, "carol", 3);
	cached_check_one_index();

	release(SUBID_CACHE_SEATS);
	cached_check_seats_are_empty();
	cached_warm();
	cached_check_owner("seats released", 100003, "carol", 3);
	cached_check_by_index("seats released");
}

static void a_lookup_is_answered_while_another_thread_claims_the_seats(void **state)
{
	(void)state;
	for (size_t seats = 1; seats < SUBID_CACHE_SEATS; seats++) {
		struct subid_index *former;

		(void)cached_setup(NULL);
		cached_warm();
		former = cached.index;
		claim(seats);
		for (int i = 0; i < LOOKUPS_TO_WARM; i++)
			cached_check_owner("some seats claimed", 100003, "alice", 3);
		cached_edit();
		for (int i = 0; i < LOOKUPS_TO_WARM; i++)
			cached_check_owner("some seats claimed, and the file changed", 100003,
					   "carol", 3);
		assert_ptr_equal(cached.index, former);
		release(seats);
		cached_check_seats_are_empty();
	}
}

static void the_file_is_read_while_another_thread_builds_its_index(void **state)
{
	(void)state;
	atomic_store(&cached.building, true);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		cached_check_owner("being built", 100003, "alice", 3);
		cached_check_by_file("being built");
		assert_int_equal(cached_cost.maps, 0);
	}
	atomic_store(&cached.building, false);
	cached_warm();

	/* A version that has an index is answered from it while the next index is built. */
	atomic_store(&cached.building, true);
	cached_check_owner("the same version", 100003, "alice", 3);
	cached_check_by_index("the same version");
	cached_edit();
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		cached_check_owner("being built again", 100003, "carol", 3);
		cached_check_by_file("being built again");
	}
	atomic_store(&cached.building, false);
}

static void check_owner_in_index(const struct subid_index *index, const char *name)
{
	static struct subid_owner owner;
	uint64_t position = 77;

	assert_int_equal(subid_index_find_id(index, 100003, &owner, &position), 0);
	assert_string_equal(owner.text, name);
	assert_int_equal(position, 3);
}

static void an_index_with_a_reader_is_not_replaced(void **state)
{
	(void)state;
	for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++) {
		struct subid_index *former;

		(void)cached_setup(NULL);
		cached_warm();
		former = cached.index;
		add_readers(seat, 1);
		cached_edit();
		for (int i = 0; i < 4 * LOOKUPS_TO_WARM; i++) {
			cached_check_owner("the file", 100003, "carol", 3);
			assert_ptr_equal(cached.index, former);
			cached_check_one_index();
			check_owner_in_index(former, "alice");
		}
		remove_readers(seat, 1);
		cached_check_seats_are_empty();
		cached_warm();
		cached_check_owner("the new index", 100003, "carol", 3);
		cached_check_by_index("the new index");
	}
}

static size_t late_seat;
static unsigned int late_calls;

static void add_late_reader_once(void)
{
	if (late_calls++ == 0)
		add_readers(late_seat, 1);
}

/*
 * A writer looks for readers before it builds an index, and again before it replaces the former
 * one. In between, a thread may have begun to read the former one.
 */
static void an_index_that_gets_a_reader_while_the_next_is_built_is_not_replaced(void **state)
{
	static const enum inject_call calls[] = { INJECT_MMAP, INJECT_FSTAT, INJECT_CLOSE };

	(void)state;
	for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++)
		for (size_t c = 0; c < COUNT_OF(calls); c++) {
			struct subid_index *former;
			unsigned int maps;

			(void)cached_setup(NULL);
			cached_warm();
			former = cached.index;
			cached_edit();
			for (int i = 0; i < 3; i++)
				cached_check_owner("not yet", 100003, "carol", 3);

			/* The next call of this kind is part of building an index. */
			late_seat = seat;
			late_calls = 0;
			maps = inject_calls(INJECT_MMAP);
			inject_before(calls[c], inject_calls(calls[c]) + 1, add_late_reader_once);
			cached_check_owner("the lookup that builds an index", 100003, "carol", 3);
			assert_int_equal(late_calls, 1);
			assert_int_equal(inject_calls(INJECT_MMAP), maps + 1);

			/* The new index is discarded. */
			assert_ptr_equal(cached.index, former);
			cached_check_one_index();
			check_owner_in_index(former, "alice");
			for (size_t i = 0; i < SUBID_CACHE_SEATS; i++)
				assert_int_equal(atomic_load(&cached.seats[i].readers), i == seat);

			remove_readers(seat, 1);
			cached_warm();
			cached_check_owner("the new index", 100003, "carol", 3);
			cached_check_by_index("the new index");
		}
}

/* A thread takes a seat before it sees that there is no index. So a writer may find it there. */
static void the_first_index_is_discarded_if_a_thread_is_in_a_seat(void **state)
{
	(void)state;
	for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++) {
		(void)cached_setup(NULL);
		late_seat = seat;
		late_calls = 0;
		inject_before(INJECT_MMAP, 1, add_late_reader_once);
		for (int i = 0; i < 4; i++)
			cached_check_owner("no index", 100003, "alice", 3);
		assert_int_equal(late_calls, 1);
		assert_null(cached.index);
		/* Without an index, a process with few lookups makes no stat(2) for one. */
		assert_false(atomic_load(&cached.indexed));
		assert_int_equal(atomic_load(&cached.failures), 1);
		assert_int_equal(inject_open_maps(), 0);
		remove_readers(seat, 1);
		cached_check_seats_are_empty();
		cached_warm();
	}
}

/* A child can inherit a reader that never leaves. It does not build index after index in vain. */
static void no_index_is_built_while_a_reader_holds_the_former_one(void **state)
{
	unsigned int maps;

	(void)state;
	cached_warm();
	add_readers(SUBID_CACHE_SEATS - 1, 1);
	cached_edit();
	maps = inject_calls(INJECT_MMAP);
	for (int i = 0; i < 400; i++)
		cached_check_owner("the file", 100003, "carol", 3);
	remove_readers(SUBID_CACHE_SEATS - 1, 1);
	assert_int_equal(inject_calls(INJECT_MMAP), maps);
}

static void an_index_has_many_readers_at_once(void **state)
{
	(void)state;
	cached_warm();
	for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++)
		add_readers(seat, 1000);
	cached_check_owner("one more reader", 100003, "alice", 3);
	cached_check_by_index("one more reader");
	for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++)
		remove_readers(seat, 1000);
	cached_check_seats_are_empty();
}

/* --- fork(2) ---------------------------------------------------------------------- */

static int look_up_in_child(const char *name, uint32_t id)
{
	static struct subid_owner owner;

	for (int i = 0; i < 4 * LOOKUPS_TO_WARM; i++) {
		uint64_t position = 77;

		if (subid_by_id(&cached_database, id, &owner, &position) != 0)
			return 2;
		if (strcmp(owner.text, name) != 0 || position != 3)
			return 3;
	}
	return 0;
}

static void check_child(const char *reason, const char *name)
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		/* A child that waited for a thread of its parent would wait for ever. */
		(void)alarm(60);
		_exit(look_up_in_child(name, 100003));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	check_int(reason, status, 0);
}

static void a_child_answers_whatever_the_cache_was_doing_at_fork(void **state)
{
	static const struct {
		const char *reason;
		size_t claimed;
		uint32_t readers; /* in each seat */
		bool building, warm;
	} rows[] = {
		{ "no reader", 0, 0, false, true },
		{ "a reader in each seat", 0, 1, false, true },
		{ "many readers in each seat", 0, 16, false, true },
		{ "all seats claimed", SUBID_CACHE_SEATS, 0, true, true },
		{ "all seats claimed, and a reader in each", SUBID_CACHE_SEATS, 1, true, true },
		{ "one seat claimed", 1, 0, true, true },
		{ "half of the seats claimed", SUBID_CACHE_SEATS / 2, 0, true, true },
		{ "half of the seats claimed, and a reader in each", SUBID_CACHE_SEATS / 2, 1, true,
		  true },
		{ "all seats but one claimed", SUBID_CACHE_SEATS - 1, 0, true, true },
		{ "an index being built", 0, 0, true, true },
		{ "an index being built, and a reader in each seat", 0, 1, true, true },
		{ "the first index being built", 0, 0, true, false },
		{ "all seats claimed before the first index", SUBID_CACHE_SEATS, 0, true, false },
		{ "a reader in each seat before the first index", 0, 1, false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		(void)cached_setup(NULL);
		if (rows[i].warm)
			cached_warm();
		claim(rows[i].claimed);
		for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++)
			add_readers(seat, rows[i].readers);
		atomic_store(&cached.building, rows[i].building);

		check_child(rows[i].reason, "alice");
		cached_edit();
		check_child(rows[i].reason, "carol");

		for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++)
			remove_readers(seat, rows[i].readers);
		release(rows[i].claimed);
		cached_check_seats_are_empty();
	}
}

int main(void)
{
#define CACHE_TEST(name) cmocka_unit_test_setup_teardown(name, cached_setup, cached_teardown)
	static const struct CMUnitTest tests[] = {
		CACHE_TEST(a_reader_is_counted_in_its_seat_until_it_leaves),
		CACHE_TEST(the_file_is_read_while_another_thread_replaces_the_index),
		CACHE_TEST(a_lookup_is_answered_while_another_thread_claims_the_seats),
		CACHE_TEST(the_file_is_read_while_another_thread_builds_its_index),
		CACHE_TEST(an_index_with_a_reader_is_not_replaced),
		CACHE_TEST(an_index_that_gets_a_reader_while_the_next_is_built_is_not_replaced),
		CACHE_TEST(the_first_index_is_discarded_if_a_thread_is_in_a_seat),
		CACHE_TEST(no_index_is_built_while_a_reader_holds_the_former_one),
		CACHE_TEST(an_index_has_many_readers_at_once),
		CACHE_TEST(a_child_answers_whatever_the_cache_was_doing_at_fork),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
