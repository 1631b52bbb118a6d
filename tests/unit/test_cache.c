/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "inject.h"
#include "scratch.h"
#include "subid.h"

/* So many lookups are no start any more. */
#define LOOKUPS_TO_WARM 16

/* The value that a thread adds to a seat when it replaces the index. */
#define CLAIMED UINT32_C(0x80000000)

static struct subid_cache cache;

/* The system calls that a lookup made. */
static struct {
	unsigned int opens, stats, maps;
} cost;

static void note_calls(void)
{
	cost.opens = inject_calls(INJECT_OPEN);
	cost.stats = inject_calls(INJECT_STAT);
	cost.maps = inject_calls(INJECT_MMAP);
}

static void note_cost(void)
{
	cost.opens = inject_calls(INJECT_OPEN) - cost.opens;
	cost.stats = inject_calls(INJECT_STAT) - cost.stats;
	cost.maps = inject_calls(INJECT_MMAP) - cost.maps;
	assert_int_equal(inject_open_files(), 0);
}

static const struct subid_database database = { "subuid", &cache };

/* Whose is the ID? The whole answer is the owner's name and the position. */
static int whose_of(const struct subid_database *which, uint32_t id, const char **ret_name,
		    uint64_t *ret_position)
{
	static struct subid_owner owner;
	int r;

	*ret_position = 77;
	note_calls();
	r = subid_by_id(which, id, &owner, ret_position);
	note_cost();
	*ret_name = owner.text;
	return r;
}

static int whose(uint32_t id, const char **ret_name, uint64_t *ret_position)
{
	return whose_of(&database, id, ret_name, ret_position);
}

static void check_owner(const char *reason, uint32_t id, const char *name, uint64_t position)
{
	const char *got;
	uint64_t got_position;

	check_int(reason, whose(id, &got, &got_position), 0);
	check_text(reason, got, name);
	check_int(reason, (intmax_t)got_position, (intmax_t)position);
}

static void check_nobody(const char *reason, uint32_t id)
{
	const char *name;
	uint64_t position;

	check_int(reason, whose(id, &name, &position), -ENOENT);
	check_int(reason, (intmax_t)position, 77);
}

static const char two_lines[] = "alice:100000:10\nbob:200000:10\n";

static int setup(void **state)
{
	(void)inject_reset(state);
	/* Of a test that has failed. */
	if (getuid() == 0)
		(void)seteuid(0);
	subid_index_free(cache.index);
	memset(&cache, 0, sizeof(cache));
	(void)remove("subuid");
	scratch_write("subuid", two_lines);
	return 0;
}

static void check_nobody_inside(void)
{
	for (size_t i = 0; i < SUBID_CACHE_SEATS; i++)
		assert_int_equal(atomic_load(&cache.seats[i].readers), 0);
}

static int teardown(void **state)
{
	(void)state;
	check_nobody_inside();
	subid_index_free(cache.index);
	memset(&cache, 0, sizeof(cache));
	assert_int_equal(inject_open_maps(), 0);
	return 0;
}

/* And no other is mapped. */
static void check_index_is_kept(void)
{
	assert_non_null(cache.index);
	assert_int_equal(inject_open_maps(), 1);
}

/* Ask until an index answers, and nothing is opened. */
static void warm_within(unsigned int most)
{
	unsigned int lookups = 0;
	const char *name;
	uint64_t position;

	do {
		assert_in_range(++lookups, 1, most);
		(void)whose(5, &name, &position);
	} while (cost.opens > 0);
	check_index_is_kept();
}

static void warm(void)
{
	warm_within(LOOKUPS_TO_WARM);
}

static void check_read(const char *reason)
{
	check_int(reason, cost.opens, 1);
}

static void check_not_read(const char *reason)
{
	check_int(reason, cost.opens, 0);
	check_int(reason, cost.stats, 1);
	check_int(reason, cost.maps, 0);
}

static void the_first_lookups_read_the_file_and_later_ones_only_its_stamp(void **state)
{
	unsigned int reads = 0;

	(void)state;
	check_owner("the first", 100003, "alice", 3);
	check_read("the first");
	assert_int_equal(cost.stats, 0);
	assert_int_equal(cost.maps, 0);

	while (cost.opens > 0) {
		assert_in_range(++reads, 1, LOOKUPS_TO_WARM);
		check_owner("warming up", 200003, "bob", 3);
		/* An index is of use from where it is built. */
		if (cost.maps > 0)
			break;
	}
	assert_in_range(reads, 3, LOOKUPS_TO_WARM);

	for (int i = 0; i < 100; i++) {
		check_owner("an index", 100009, "alice", 9);
		check_not_read("a hit");
		check_nobody("an index", 100010);
		check_not_read("a miss");
	}
	check_index_is_kept();
}

/* @scans before the attempt, and what each lookup costs until an index answers. */
static void check_scans_before_index(const char *reason, unsigned int scans, bool was_indexed)
{
	for (unsigned int n = 1; n <= scans; n++) {
		check_owner(reason, 100003, "alice", 3);
		check_int(reason, cost.opens, 1);
		check_int(reason, cost.maps, 0);
		/* A process that looks up one ID does not even pay for the stamp. */
		check_int(reason, cost.stats, n > 3 || was_indexed);
	}
	check_owner(reason, 100003, "alice", 3);
	check_int(reason, cost.opens, 2);
	check_int(reason, cost.maps, 1);
	check_owner(reason, 100003, "alice", 3);
	check_not_read(reason);
}

static void a_file_is_scanned_so_often_before_it_is_indexed(void **state)
{
	static const struct {
		const char *reason;
		size_t bytes; /* of the file */
		unsigned int scans;
	} rows[] = {
		{ "the smallest", 0, 3 },	 { "one byte less", 1023, 3 },
		{ "one more scan", 1024, 4 },	 { "10 KiB", 10240, 13 },
		{ "just not large", 29695, 31 }, { "large", 29696, 32 },
		{ "larger", 30720, 32 },	 { "much larger", 200000, 32 },
	};
	static char text[200001];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		for (int change = 0; change < 2; change++) {
			size_t len = strlen(two_lines);

			if (change == 0)
				(void)setup(NULL);
			else
				(void)remove("subuid");
			(void)strcpy(text, two_lines);
			for (; len < rows[i].bytes; len++)
				text[len] = len % 64 == 0 ? '#' : '\n';
			scratch_write_bytes("subuid", text, len);
			check_scans_before_index(rows[i].reason, rows[i].scans, change == 1);
		}
}

static void an_index_answers_all_three_questions(void **state)
{
	static struct subid_owner bob;
	uint64_t position = 77;
	uint32_t id = 77;

	(void)state;
	warm();
	assert_int_equal(subid_owner_set(&bob, "bob", 3), 0);
	note_calls();
	assert_int_equal(subid_by_owner(&database, &bob, 200004, &position), 0);
	note_cost();
	check_not_read("by owner");
	assert_int_equal(position, 4);
	note_calls();
	assert_int_equal(subid_by_position(&database, &bob, 4, &id), 0);
	note_cost();
	check_not_read("by position");
	assert_int_equal(id, 200004);
	note_calls();
	assert_int_equal(subid_by_position(&database, &bob, 10, &id), -ENOENT);
	note_cost();
	check_not_read("by a position that is none");
}

static void the_index_is_entered_and_left(void **state)
{
	struct subid_cache_seat *seat = NULL, *same = NULL;
	const struct subid_index *index;

	(void)state;
	warm();
	index = subid_cache_enter(&cache, "subuid", &seat);
	assert_ptr_equal(index, cache.index);
	assert_in_range(seat - cache.seats, 0, SUBID_CACHE_SEATS - 1);
	assert_int_equal(atomic_load(&seat->readers), 1);

	/* One thread, as a child of vfork(2) may be, twice. */
	assert_ptr_equal(subid_cache_enter(&cache, "subuid", &same), index);
	assert_int_equal(atomic_load(&same->readers), 2);
	subid_cache_leave(same);
	subid_cache_leave(seat);
}

static void without_a_cache_the_file_is_read_each_time(void **state)
{
	static const struct subid_database uncached = { "subuid", NULL };
	const char *name;
	uint64_t position;

	(void)state;
	for (int i = 0; i < 2 * LOOKUPS_TO_WARM; i++) {
		assert_int_equal(whose_of(&uncached, 200003, &name, &position), 0);
		assert_int_equal(position, 3);
		check_read("no cache");
		assert_int_equal(cost.stats, 0);
		assert_int_equal(cost.maps, 0);
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
	warm();
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		assert_int_equal(whose_of(&groups, 100003, &name, &position), 0);
		assert_string_equal(name, "carol");
		check_owner("the other file", 100003, "alice", 3);
	}
	check_not_read("the other file");
	assert_non_null(other.index);
	assert_int_equal(inject_open_maps(), 2);
	subid_index_free(other.index);
	check_index_is_kept();
}

/* --- changes ------------------------------------------------------------------- */

static void replace(void)
{
	scratch_replace("subuid", "carol:100000:10\n");
}

static void replace_by_one_of_equal_size(void)
{
	scratch_replace("subuid", "carol:100000:10\nbo:200000:10\n");
}

static void edit_in_place(void)
{
	scratch_overwrite("subuid", 0, "carol");
}

static void put_mtime_back(void)
{
	struct stat stamp;
	struct timespec times[2];

	assert_int_equal(stat("subuid", &stamp), 0);
	scratch_overwrite("subuid", 0, "carol");
	times[0] = stamp.st_atim;
	times[1] = stamp.st_mtim;
	assert_int_equal(utimensat(AT_FDCWD, "subuid", times, 0), 0);
}

static void hand_to_carol_and_point_elsewhere(void)
{
	scratch_write("elsewhere", "carol:100000:10\n");
	assert_int_equal(remove("subuid"), 0);
	assert_int_equal(symlink("elsewhere", "subuid"), 0);
}

static void cut(void)
{
	assert_int_equal(truncate("subuid", 3), 0);
}

static void empty(void)
{
	assert_int_equal(truncate("subuid", 0), 0);
}

static void remove_file(void)
{
	assert_int_equal(remove("subuid"), 0);
}

static void every_change_is_seen_by_the_very_next_lookup(void **state)
{
	static const struct {
		const char *reason;
		void (*change)(void);
		const char *owner; /* of 100003, or nobody */
	} rows[] = {
		{ "renamed into place", replace, "carol" },
		{ "of equal size", replace_by_one_of_equal_size, "carol" },
		{ "edited in place", edit_in_place, "carol" },
		{ "with its mtime put back", put_mtime_back, "carol" },
		{ "a link to another", hand_to_carol_and_point_elsewhere, "carol" },
		{ "cut", cut, NULL },
		{ "emptied", empty, NULL },
		{ "removed", remove_file, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		(void)setup(NULL);
		warm();
		check_owner(rows[i].reason, 100003, "alice", 3);
		check_not_read(rows[i].reason);
		rows[i].change();
		for (int n = 0; n < LOOKUPS_TO_WARM; n++) {
			if (rows[i].owner)
				check_owner(rows[i].reason, 100003, rows[i].owner, 3);
			else
				check_nobody(rows[i].reason, 100003);
			if (n == 0)
				check_read(rows[i].reason);
		}
		if (rows[i].change != remove_file)
			check_not_read(rows[i].reason);
		/* The former index is gone where there is a new one. */
		check_index_is_kept();
	}
}

static void an_appended_line_is_seen_by_the_very_next_lookup(void **state)
{
	(void)state;
	warm();
	for (uint32_t i = 0; i < 20; i++) {
		char line[32];

		check_nobody("not yet", 300000 + i);
		(void)snprintf(line, sizeof(line), "owner%u:%u:1\n", i, 300000 + i);
		scratch_append("subuid", line);
		line[strcspn(line, ":")] = '\0';
		check_owner("appended", 300000 + i, line, 0);
	}
}

/* As a process sees it that has given up being root. */
static void as_nobody(void (*ask)(void))
{
	gid_t gid = getegid();
	bool is_root = geteuid() == 0;

	if (is_root) {
		assert_int_equal(chmod(".", 0711), 0);
		assert_int_equal(setegid(65534), 0);
		assert_int_equal(seteuid(65534), 0);
	}
	ask();
	if (is_root) {
		assert_int_equal(seteuid(0), 0);
		assert_int_equal(setegid(gid), 0);
	}
}

static void check_that_nobody_is_seen(void)
{
	for (int i = 0; i < LOOKUPS_TO_WARM; i++)
		check_nobody("not for us", 100003);
}

static void change_mode(mode_t mode)
{
	struct stat before, now;

	assert_int_equal(stat("subuid", &before), 0);
	do {
		assert_int_equal(chmod("subuid", mode), 0);
		assert_int_equal(stat("subuid", &now), 0);
	} while (before.st_ctim.tv_sec == now.st_ctim.tv_sec &&
		 before.st_ctim.tv_nsec == now.st_ctim.tv_nsec);
}

static void what_a_process_may_not_read_any_more_is_not_answered(void **state)
{
	static const mode_t modes[] = { 0000, 0600, 0640, 0200 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		if (geteuid() != 0 && (modes[i] & 0400) != 0)
			continue;
		(void)setup(NULL);
		warm();
		change_mode(modes[i]);
		as_nobody(check_that_nobody_is_seen);
	}
}

static void what_a_process_might_not_read_later_is_not_indexed(void **state)
{
	(void)state;
	change_mode(0600);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		check_owner("ours alone", 100003, "alice", 3);
		check_read("ours alone");
		assert_int_equal(cost.maps, 0);
	}
	if (geteuid() == 0)
		as_nobody(check_that_nobody_is_seen);
}

static void a_file_that_changed_just_now_is_not_indexed(void **state)
{
	(void)state;
	inject_clock(0);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		check_owner("recent", 100003, "alice", 3);
		assert_int_equal(cost.maps, 0);
		assert_true(cost.opens > 0);
	}
	inject_clock(60);
	warm();
	check_owner("old", 100003, "alice", 3);
	check_not_read("old");
}

static void a_file_that_changed_just_now_is_not_asked_of_its_former_index(void **state)
{
	(void)state;
	warm();
	edit_in_place();
	inject_clock(0);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		check_owner("recent", 100003, "carol", 3);
		assert_int_equal(cost.maps, 0);
	}
}

/* A change between the stamp and the reading, or in the middle of the reading. */
static void a_file_that_changes_while_it_is_indexed_is_answered_as_it_is(void **state)
{
	static void (*const changes[])(void) = { replace, edit_in_place, empty, remove_file };
	static const enum inject_call calls[] = { INJECT_MMAP, INJECT_OPEN,  INJECT_FSTAT,
						  INJECT_READ, INJECT_CLOSE, INJECT_STAT };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(changes); i++)
		for (size_t c = 0; c < COUNT_OF(calls); c++)
			for (unsigned int nth = 1;; nth++) {
				unsigned int lookups = 0;
				const char *name;
				uint64_t position;
				int r;

				(void)setup(NULL);
				inject_before(calls[c], nth, changes[i]);
				do {
					assert_in_range(++lookups, 1, 3 * LOOKUPS_TO_WARM);
					r = whose(100003, &name, &position);
					if (r == 0 && strcmp(name, "alice") == 0)
						assert_true(position == 3);
				} while (inject_calls(calls[c]) < nth && lookups < LOOKUPS_TO_WARM);
				if (inject_calls(calls[c]) < nth)
					break;
				inject_before(calls[c], nth, NULL);

				for (int n = 0; n < LOOKUPS_TO_WARM; n++)
					if (i < 2)
						check_owner("changed", 100003, "carol", 3);
					else
						check_nobody("changed", 100003);
				if (nth > LOOKUPS_TO_WARM)
					break;
			}
}

/* --- other threads, as far as one can play them ---------------------------------- */

static void enter(size_t seat, uint32_t readers)
{
	(void)atomic_fetch_add(&cache.seats[seat].readers, readers);
}

static void leave(size_t seat, uint32_t readers)
{
	(void)atomic_fetch_sub(&cache.seats[seat].readers, readers);
}

/* One after the other, so that it may not have got further. */
static void claim(size_t seats)
{
	for (size_t i = 0; i < seats; i++)
		enter(i, CLAIMED);
}

static void release(size_t seats)
{
	for (size_t i = 0; i < seats; i++)
		leave(i, CLAIMED);
}

static void where_another_thread_replaces_the_index_the_file_is_read(void **state)
{
	(void)state;
	warm();
	claim(SUBID_CACHE_SEATS);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		check_owner("claimed", 100003, "alice", 3);
		assert_true(cost.opens > 0);
		check_nobody("claimed", 5);
	}
	edit_in_place();
	for (int i = 0; i < LOOKUPS_TO_WARM; i++)
		check_owner("claimed, and changed", 100003, "carol", 3);
	check_index_is_kept();

	release(SUBID_CACHE_SEATS);
	check_nobody_inside();
	warm();
	check_owner("free", 100003, "carol", 3);
	check_not_read("free");
}

static void where_another_thread_is_about_to_replace_the_index_there_is_an_answer(void **state)
{
	(void)state;
	for (size_t seats = 1; seats < SUBID_CACHE_SEATS; seats++) {
		struct subid_index *former;

		(void)setup(NULL);
		warm();
		former = cache.index;
		claim(seats);
		for (int i = 0; i < LOOKUPS_TO_WARM; i++)
			check_owner("half claimed", 100003, "alice", 3);
		edit_in_place();
		for (int i = 0; i < LOOKUPS_TO_WARM; i++)
			check_owner("half claimed, and changed", 100003, "carol", 3);
		assert_ptr_equal(cache.index, former);
		release(seats);
		check_nobody_inside();
	}
}

static void where_another_thread_builds_an_index_the_file_is_read(void **state)
{
	(void)state;
	atomic_store(&cache.building, true);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		check_owner("being built", 100003, "alice", 3);
		check_read("being built");
		assert_int_equal(cost.maps, 0);
	}
	atomic_store(&cache.building, false);
	warm();

	/* The next version's, while this one's is there. */
	atomic_store(&cache.building, true);
	check_owner("the same version", 100003, "alice", 3);
	check_not_read("the same version");
	edit_in_place();
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		check_owner("being built again", 100003, "carol", 3);
		check_read("being built again");
	}
	atomic_store(&cache.building, false);
}

static void check_index_says(const struct subid_index *index, const char *name)
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

		(void)setup(NULL);
		warm();
		former = cache.index;
		enter(seat, 1);
		edit_in_place();
		for (int i = 0; i < 4 * LOOKUPS_TO_WARM; i++) {
			check_owner("the file", 100003, "carol", 3);
			assert_ptr_equal(cache.index, former);
			check_index_is_kept();
			check_index_says(former, "alice");
		}
		leave(seat, 1);
		check_nobody_inside();
		warm();
		check_owner("the new index", 100003, "carol", 3);
		check_not_read("the new index");
	}
}

static size_t entered_seat;
static unsigned int entered;

static void enter_once(void)
{
	if (entered++ == 0)
		enter(entered_seat, 1);
}

/*
 * A writer looks for readers before it builds an index, and again before it puts it in.
 * In between, a thread may have come for the former one.
 */
static void an_index_that_got_a_reader_meanwhile_is_not_replaced(void **state)
{
	static const enum inject_call calls[] = { INJECT_MMAP, INJECT_FSTAT, INJECT_CLOSE };

	(void)state;
	for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++)
		for (size_t c = 0; c < COUNT_OF(calls); c++) {
			struct subid_index *former;
			unsigned int maps;

			(void)setup(NULL);
			warm();
			former = cache.index;
			edit_in_place();
			for (int i = 0; i < 3; i++)
				check_owner("not yet", 100003, "carol", 3);

			/* The first call of this kind from here on is the builder's. */
			entered_seat = seat;
			entered = 0;
			maps = inject_calls(INJECT_MMAP);
			inject_before(calls[c], inject_calls(calls[c]) + 1, enter_once);
			check_owner("it is built", 100003, "carol", 3);
			assert_int_equal(entered, 1);
			assert_int_equal(inject_calls(INJECT_MMAP), maps + 1);

			/* But not put in, and not kept either. */
			assert_ptr_equal(cache.index, former);
			check_index_is_kept();
			check_index_says(former, "alice");
			for (size_t i = 0; i < SUBID_CACHE_SEATS; i++)
				assert_int_equal(atomic_load(&cache.seats[i].readers), i == seat);

			leave(seat, 1);
			warm();
			check_owner("the new index", 100003, "carol", 3);
			check_not_read("the new index");
		}
}

/* The same for a thread that looked in where there was nothing yet. */
static void a_first_index_is_not_put_in_under_a_thread(void **state)
{
	(void)state;
	for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++) {
		(void)setup(NULL);
		entered_seat = seat;
		entered = 0;
		inject_before(INJECT_MMAP, 1, enter_once);
		for (int i = 0; i < 4; i++)
			check_owner("no index", 100003, "alice", 3);
		assert_int_equal(entered, 1);
		assert_null(cache.index);
		assert_int_equal(inject_open_maps(), 0);
		leave(seat, 1);
		check_nobody_inside();
		warm();
	}
}

/* A child can inherit a reader that never leaves; it should not pay for it for ever. */
static void an_index_that_cannot_be_put_in_place_is_not_built_again_and_again(void **state)
{
	unsigned int maps;

	(void)state;
	warm();
	enter(SUBID_CACHE_SEATS - 1, 1);
	edit_in_place();
	maps = inject_calls(INJECT_MMAP);
	for (int i = 0; i < 400; i++)
		check_owner("the file", 100003, "carol", 3);
	leave(SUBID_CACHE_SEATS - 1, 1);
	assert_int_equal(inject_calls(INJECT_MMAP), maps);
}

static void an_index_that_is_of_this_version_has_many_readers(void **state)
{
	(void)state;
	warm();
	for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++)
		enter(seat, 1000);
	check_owner("one more", 100003, "alice", 3);
	check_not_read("one more");
	for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++)
		leave(seat, 1000);
	check_nobody_inside();
}

static int answers(const char *name, uint32_t id)
{
	static struct subid_owner owner;

	for (int i = 0; i < 4 * LOOKUPS_TO_WARM; i++) {
		uint64_t position = 77;

		if (subid_by_id(&database, id, &owner, &position) != 0)
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
		/* Rather than wait for ever for what no thread of it does. */
		(void)alarm(60);
		_exit(answers(name, 100003));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	check_int(reason, status, 0);
}

static void a_child_that_was_forked_in_the_middle_of_it_answers(void **state)
{
	static const struct {
		const char *reason;
		size_t claimed;
		uint32_t readers; /* in each seat */
		bool building, warm;
	} rows[] = {
		{ "nobody inside", 0, 0, false, true },
		{ "a reader in each seat", 0, 1, false, true },
		{ "many readers", 0, 16, false, true },
		{ "a replacement", SUBID_CACHE_SEATS, 0, true, true },
		{ "a replacement, and a thread that looked in", SUBID_CACHE_SEATS, 1, true, true },
		{ "a replacement that began", 1, 0, true, true },
		{ "a replacement half-way", SUBID_CACHE_SEATS / 2, 0, true, true },
		{ "a replacement that met a reader", SUBID_CACHE_SEATS / 2, 1, true, true },
		{ "a replacement but for one", SUBID_CACHE_SEATS - 1, 0, true, true },
		{ "an index being built", 0, 0, true, true },
		{ "an index being built and readers", 0, 1, true, true },
		{ "the first index being built", 0, 0, true, false },
		{ "the first replacement", SUBID_CACHE_SEATS, 0, true, false },
		{ "a thread that looked in before the first index", 0, 1, false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		(void)setup(NULL);
		if (rows[i].warm)
			warm();
		claim(rows[i].claimed);
		for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++)
			enter(seat, rows[i].readers);
		atomic_store(&cache.building, rows[i].building);

		check_child(rows[i].reason, "alice");
		edit_in_place();
		check_child(rows[i].reason, "carol");

		for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++)
			leave(seat, rows[i].readers);
		release(rows[i].claimed);
		check_nobody_inside();
	}
}

/* --- faults -------------------------------------------------------------------- */

static void without_memory_there_is_no_index_but_every_answer(void **state)
{
	(void)state;
	for (unsigned int nth = INJECT_EVERY; nth <= 6; nth++) {
		unsigned int maps;

		(void)setup(NULL);
		inject_fail(INJECT_MMAP, nth, ENOMEM);
		for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
			check_owner("no memory", 100003, "alice", 3);
			check_nobody("no memory", 5);
		}
		if (nth == INJECT_EVERY)
			assert_int_equal(inject_open_maps(), 0);
		/* Not at every lookup: it costs. */
		maps = inject_calls(INJECT_MMAP);
		assert_in_range(maps, 1, LOOKUPS_TO_WARM);

		/* Nor as soon as before, after so many failures. */
		(void)inject_reset(NULL);
		warm_within(4 * LOOKUPS_TO_WARM);
		check_owner("memory again", 100003, "alice", 3);
		check_not_read("memory again");
	}
}

static void what_cannot_be_indexed_is_tried_ever_more_rarely(void **state)
{
	/* After 3 scans, then 6, 12, 24, 48, and no more than that. */
	static const unsigned int scans[] = { 3, 6, 12, 24, 48, 48, 48 };

	(void)state;
	inject_fail(INJECT_MMAP, INJECT_EVERY, ENOMEM);
	for (size_t i = 0; i < COUNT_OF(scans); i++) {
		for (unsigned int n = 0; n < scans[i]; n++) {
			check_owner("no memory", 100003, "alice", 3);
			assert_int_equal(cost.maps, 0);
		}
		check_owner("an attempt", 100003, "alice", 3);
		assert_int_equal(cost.maps, 1);
	}

	/* A success counts as the first. */
	inject_fail(INJECT_MMAP, INJECT_EVERY, 0);
	warm_within(51);
	edit_in_place();
	warm_within(5);
}

static void without_a_stamp_the_file_is_read(void **state)
{
	static const int faults[] = { ENOMEM, EIO, EOVERFLOW, EINTR, EACCES, ELOOP };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(faults); i++) {
		(void)setup(NULL);
		warm();
		inject_fail(INJECT_STAT, INJECT_EVERY, faults[i]);
		for (int n = 0; n < LOOKUPS_TO_WARM; n++) {
			check_owner("no stamp", 100003, "alice", 3);
			check_read("no stamp");
		}
	}
}

static void a_file_with_a_fault_says_so(void **state)
{
	const char *name;
	uint64_t position;

	(void)state;
	warm();
	edit_in_place();
	inject_fail(INJECT_READ, INJECT_EVERY, EIO);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++)
		assert_int_equal(whose(100003, &name, &position), -EIO);
	inject_fail(INJECT_READ, INJECT_EVERY, 0);
	inject_fail(INJECT_OPEN, INJECT_EVERY, EMFILE);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++)
		assert_int_equal(whose(100003, &name, &position), -EMFILE);
	(void)inject_reset(NULL);
	check_owner("no fault", 100003, "carol", 3);
}

static void an_owner_with_too_many_ids_is_answered_by_the_file(void **state)
{
	(void)state;
	scratch_write("subuid", "alice:0:4294967295\nalice:0:4294967295\nbob:4294967295:1\n");
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		check_owner("too many", 100003, "alice", 100003);
		check_owner("too many", UINT32_MAX, "bob", 0);
	}
	assert_int_equal(inject_open_maps(), 0);
}

static void what_is_no_file_is_no_file_with_an_index_either(void **state)
{
	const char *name;
	uint64_t position;

	(void)state;
	warm();
	assert_int_equal(remove("subuid"), 0);
	assert_int_equal(mkfifo("subuid", 0644), 0);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++)
		assert_int_equal(whose(100003, &name, &position), -EINVAL);
	assert_int_equal(remove("subuid"), 0);
}

int main(void)
{
#define CACHE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
		CACHE_TEST(the_first_lookups_read_the_file_and_later_ones_only_its_stamp),
		CACHE_TEST(a_file_is_scanned_so_often_before_it_is_indexed),
		CACHE_TEST(an_index_answers_all_three_questions),
		CACHE_TEST(the_index_is_entered_and_left),
		CACHE_TEST(without_a_cache_the_file_is_read_each_time),
		CACHE_TEST(two_files_have_two_indexes),
		CACHE_TEST(every_change_is_seen_by_the_very_next_lookup),
		CACHE_TEST(an_appended_line_is_seen_by_the_very_next_lookup),
		CACHE_TEST(what_a_process_may_not_read_any_more_is_not_answered),
		CACHE_TEST(what_a_process_might_not_read_later_is_not_indexed),
		CACHE_TEST(a_file_that_changed_just_now_is_not_indexed),
		CACHE_TEST(a_file_that_changed_just_now_is_not_asked_of_its_former_index),
		CACHE_TEST(a_file_that_changes_while_it_is_indexed_is_answered_as_it_is),
		CACHE_TEST(where_another_thread_replaces_the_index_the_file_is_read),
		CACHE_TEST(where_another_thread_is_about_to_replace_the_index_there_is_an_answer),
		CACHE_TEST(where_another_thread_builds_an_index_the_file_is_read),
		CACHE_TEST(an_index_with_a_reader_is_not_replaced),
		CACHE_TEST(an_index_that_got_a_reader_meanwhile_is_not_replaced),
		CACHE_TEST(a_first_index_is_not_put_in_under_a_thread),
		CACHE_TEST(an_index_that_cannot_be_put_in_place_is_not_built_again_and_again),
		CACHE_TEST(an_index_that_is_of_this_version_has_many_readers),
		CACHE_TEST(a_child_that_was_forked_in_the_middle_of_it_answers),
		CACHE_TEST(without_memory_there_is_no_index_but_every_answer),
		CACHE_TEST(what_cannot_be_indexed_is_tried_ever_more_rarely),
		CACHE_TEST(without_a_stamp_the_file_is_read),
		CACHE_TEST(a_file_with_a_fault_says_so),
		CACHE_TEST(an_owner_with_too_many_ids_is_answered_by_the_file),
		CACHE_TEST(what_is_no_file_is_no_file_with_an_index_either),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
