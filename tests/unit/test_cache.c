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

/* So many lookups are no start any more. */
#define LOOKUPS_TO_WARM 16

/* What another thread puts in the slots that replaces the index. */
#define TAKEN UINT32_C(0x80000000)

static struct subid_cache cache;

/* What a lookup had to do for its answer. */
static struct {
	unsigned int opens, stats, maps;
} cost;

static int ask_of(struct subid_cache *which, const char *path, struct subid_owner *owner,
		  struct subid_place *place)
{
	unsigned int opens = inject_calls(INJECT_OPEN), stats = inject_calls(INJECT_STAT);
	unsigned int maps = inject_calls(INJECT_MMAP);
	int r = subid_cache_ask(which, path, owner, place);

	cost.opens = inject_calls(INJECT_OPEN) - opens;
	cost.stats = inject_calls(INJECT_STAT) - stats;
	cost.maps = inject_calls(INJECT_MMAP) - maps;
	assert_int_equal(inject_open_files(), 0);
	return r;
}

/* Who has the ID? An answer in all: the owner's position, and its name. */
static int whose(uint32_t id, const char **ret_name, uint64_t *ret_position)
{
	static struct subid_owner owner;
	struct subid_place place = { .sought = SUBID_SEEK_OWNER, .id = id, .position = 77 };
	int r;

	owner.name_len = 0;
	owner.uid_len = 0;
	owner.resolved = false;
	r = ask_of(&cache, "subuid", &owner, &place);
	*ret_name = owner.name;
	*ret_position = place.position;
	return r;
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

static int teardown(void **state)
{
	(void)state;
	subid_index_free(cache.index);
	memset(&cache, 0, sizeof(cache));
	assert_int_equal(inject_open_maps(), 0);
	return 0;
}

/* A small index lies in the cache, and what it was built in is given back. */
static void check_index_is_kept(void)
{
	assert_ptr_equal(cache.index, cache.room);
	assert_int_equal(inject_open_maps(), 0);
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

static void an_index_answers_all_three_questions(void **state)
{
	static struct subid_owner owner;
	struct subid_place place = { .sought = SUBID_SEEK_POSITION, .id = 200004 };

	(void)state;
	warm();
	assert_int_equal(subid_owner_set(&owner, "bob", 3), 0);
	assert_int_equal(ask_of(&cache, "subuid", &owner, &place), 0);
	check_not_read("by ID of an owner");
	assert_int_equal(place.position, 4);
	place.sought = SUBID_SEEK_ID;
	place.id = 77;
	assert_int_equal(ask_of(&cache, "subuid", &owner, &place), 0);
	check_not_read("by position of an owner");
	assert_int_equal(place.id, 200004);
	place.position = 10;
	assert_int_equal(ask_of(&cache, "subuid", &owner, &place), -ENOENT);
	check_not_read("by a position that is none");
}

static void an_owner_that_is_written_both_ways_is_read_from_the_file(void **state)
{
	static struct subid_owner owner;
	struct subid_place place = { .sought = SUBID_SEEK_OWNER, .id = 200004 };

	(void)state;
	scratch_write("subuid", "alice:100000:10\n1000:200000:10\nbob:300000:10\n");
	warm();
	assert_int_equal(subid_owner_set(&owner, "1000", 4), 0);
	assert_int_equal(subid_owner_set_account(&owner, "alice"), 0);
	owner.resolved = true;
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		place.sought = SUBID_SEEK_OWNER;
		assert_int_equal(ask_of(&cache, "subuid", &owner, &place), 0);
		check_read("both ways");
		assert_int_equal(place.position, 14);
		assert_string_equal(owner.name, "alice");

		place.sought = SUBID_SEEK_ID;
		place.id = 77;
		assert_int_equal(ask_of(&cache, "subuid", &owner, &place), 0);
		assert_int_equal(place.id, 200004);
	}
	check_index_is_kept();
	check_nobody("another owner's", 300010);
	check_not_read("another owner's");
}

static void write_lines(unsigned int lines, const char *last)
{
	char text[4096] = "";

	for (unsigned int i = 0; i < lines; i++)
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "o%u:%u:10\n", i,
			       300000 + i * 10);
	(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s", last);
	scratch_write("subuid", text);
}

/* The room is used up to its last byte, and given back and taken again. */
static void a_large_index_takes_turns_with_a_small_one(void **state)
{
	unsigned int small = 0, large = 0;

	(void)state;
	for (unsigned int lines = 0; lines < 40; lines++) {
		for (unsigned int turn = 0; turn < 2; turn++) {
			unsigned int lookups = 0;
			char name[16];

			write_lines(turn == 0 ? lines : 39 - lines, "dora:100000:10\n");
			do {
				assert_in_range(++lookups, 1, LOOKUPS_TO_WARM);
				check_owner("dora", 100003, "dora", 3);
			} while (cost.opens > 0);
			check_nobody("dora", 100010);
			if (lines > 0 && turn == 0) {
				check_owner("the first", 300009, "o0", 9);
				(void)snprintf(name, sizeof(name), "o%u", lines - 1);
				check_owner("the last", 300000 + lines * 10 - 1, name, 9);
			}
			if (cache.index == (const void *)cache.room) {
				assert_int_equal(inject_open_maps(), 0);
				small++;
			} else {
				assert_int_equal(inject_open_maps(), 1);
				large++;
			}
		}
	}
	assert_true(small > 0);
	assert_true(large > 0);
}

static void without_a_cache_the_file_is_read_each_time(void **state)
{
	static struct subid_owner owner;

	(void)state;
	for (int i = 0; i < 2 * LOOKUPS_TO_WARM; i++) {
		struct subid_place place = { .sought = SUBID_SEEK_OWNER, .id = 200003 };

		assert_int_equal(ask_of(NULL, "subuid", &owner, &place), 0);
		assert_int_equal(place.position, 3);
		check_read("no cache");
		assert_int_equal(cost.stats, 0);
		assert_int_equal(cost.maps, 0);
	}
}

static void two_files_have_two_indexes(void **state)
{
	static struct subid_cache other;
	static struct subid_owner owner;

	(void)state;
	scratch_write("subgid", "carol:100000:10\n");
	warm();
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		struct subid_place place = { .sought = SUBID_SEEK_OWNER, .id = 100003 };

		owner.name_len = 0;
		assert_int_equal(ask_of(&other, "subgid", &owner, &place), 0);
		assert_string_equal(owner.name, "carol");
		check_owner("the other file", 100003, "alice", 3);
	}
	check_not_read("the other file");
	check_index_is_kept();
	assert_ptr_equal(other.index, other.room);
	subid_index_free(other.index);
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
				/* One that was in the middle of it may ask again. */
				do {
					assert_in_range(++lookups, 1, 3 * LOOKUPS_TO_WARM);
					r = whose(100003, &name, &position);
					if (r == -ESTALE)
						continue;
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

static void enter(size_t slot, uint32_t readers)
{
	(void)atomic_fetch_add(&cache.slots[slot].readers, readers);
}

static void leave(size_t slot, uint32_t readers)
{
	(void)atomic_fetch_sub(&cache.slots[slot].readers, readers);
}

/* One after the other, so that it may not have got further. */
static void take(size_t slots)
{
	for (size_t i = 0; i < slots; i++)
		enter(i, TAKEN);
}

static void release(size_t slots)
{
	for (size_t i = 0; i < slots; i++)
		leave(i, TAKEN);
}

static void check_nobody_inside(void)
{
	for (size_t i = 0; i < SUBID_CACHE_SLOTS; i++)
		assert_int_equal(atomic_load(&cache.slots[i].readers), 0);
}

static void where_another_thread_replaces_the_index_the_file_is_read(void **state)
{
	(void)state;
	warm();
	take(SUBID_CACHE_SLOTS);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		check_owner("taken", 100003, "alice", 3);
		assert_true(cost.opens > 0);
		check_nobody("taken", 5);
	}
	edit_in_place();
	for (int i = 0; i < LOOKUPS_TO_WARM; i++)
		check_owner("taken, and changed", 100003, "carol", 3);
	check_index_is_kept();

	release(SUBID_CACHE_SLOTS);
	check_nobody_inside();
	warm();
	check_owner("free", 100003, "carol", 3);
	check_not_read("free");
}

static void where_another_thread_is_about_to_replace_the_index_there_is_an_answer(void **state)
{
	(void)state;
	for (size_t slots = 1; slots < SUBID_CACHE_SLOTS; slots++) {
		struct subid_index *former;

		(void)setup(NULL);
		warm();
		former = cache.index;
		take(slots);
		for (int i = 0; i < LOOKUPS_TO_WARM; i++)
			check_owner("half taken", 100003, "alice", 3);
		edit_in_place();
		for (int i = 0; i < LOOKUPS_TO_WARM; i++)
			check_owner("half taken, and changed", 100003, "carol", 3);
		assert_ptr_equal(cache.index, former);
		release(slots);
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

static void an_index_with_a_reader_is_not_replaced(void **state)
{
	static struct subid_owner owner;

	(void)state;
	for (size_t slot = 0; slot < SUBID_CACHE_SLOTS; slot++) {
		struct subid_index *former;

		(void)setup(NULL);
		warm();
		former = cache.index;
		enter(slot, 1);
		edit_in_place();
		for (int i = 0; i < 4 * LOOKUPS_TO_WARM; i++) {
			struct subid_place place = { .sought = SUBID_SEEK_OWNER, .id = 100003 };

			check_owner("the file", 100003, "carol", 3);
			assert_ptr_equal(cache.index, former);
			check_index_is_kept();
			owner.name_len = 0;
			owner.uid_len = 0;
			assert_int_equal(subid_index_ask(former, &owner, &place), 0);
			assert_string_equal(owner.name, "alice");
		}
		leave(slot, 1);
		check_nobody_inside();
		warm();
		check_owner("the new index", 100003, "carol", 3);
		check_not_read("the new index");
		check_nobody_inside();
	}
}

/* A child can inherit a reader that never leaves; it should not pay for it for ever. */
static void an_index_that_cannot_be_put_in_place_is_not_built_again_and_again(void **state)
{
	unsigned int maps;

	(void)state;
	warm();
	enter(SUBID_CACHE_SLOTS - 1, 1);
	edit_in_place();
	maps = inject_calls(INJECT_MMAP);
	for (int i = 0; i < 400; i++)
		check_owner("the file", 100003, "carol", 3);
	leave(SUBID_CACHE_SLOTS - 1, 1);
	assert_in_range(inject_calls(INJECT_MMAP) - maps, 0, 20);
}

static void an_index_that_is_of_this_version_has_many_readers(void **state)
{
	(void)state;
	warm();
	for (size_t slot = 0; slot < SUBID_CACHE_SLOTS; slot++)
		enter(slot, 1000);
	check_owner("one more", 100003, "alice", 3);
	check_not_read("one more");
	for (size_t slot = 0; slot < SUBID_CACHE_SLOTS; slot++)
		leave(slot, 1000);
	check_nobody_inside();
}

static int answers(const char *name, uint32_t id)
{
	static struct subid_owner owner;

	for (int i = 0; i < 4 * LOOKUPS_TO_WARM; i++) {
		struct subid_place place = { .sought = SUBID_SEEK_OWNER, .id = id };

		owner.name_len = 0;
		owner.uid_len = 0;
		if (subid_cache_ask(&cache, "subuid", &owner, &place) != 0)
			return 2;
		if (strcmp(owner.name, name) != 0 || place.position != 3)
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
		size_t taken;
		uint32_t readers; /* in each slot */
		bool building, warm;
	} rows[] = {
		{ "nobody inside", 0, 0, false, true },
		{ "a reader in each slot", 0, 1, false, true },
		{ "many readers", 0, 16, false, true },
		{ "a replacement", SUBID_CACHE_SLOTS, 0, true, true },
		{ "a replacement, and who looked in", SUBID_CACHE_SLOTS, 1, true, true },
		{ "a replacement that began", 1, 0, true, true },
		{ "a replacement half-way", SUBID_CACHE_SLOTS / 2, 0, true, true },
		{ "a replacement that met a reader", SUBID_CACHE_SLOTS / 2, 1, true, true },
		{ "a replacement but for one", SUBID_CACHE_SLOTS - 1, 0, true, true },
		{ "an index being built", 0, 0, true, true },
		{ "an index being built and readers", 0, 1, true, true },
		{ "the first index being built", 0, 0, true, false },
		{ "the first replacement", SUBID_CACHE_SLOTS, 0, true, false },
		{ "who looked in before the first index", 0, 1, false, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		(void)setup(NULL);
		if (rows[i].warm)
			warm();
		take(rows[i].taken);
		for (size_t slot = 0; slot < SUBID_CACHE_SLOTS; slot++)
			enter(slot, rows[i].readers);
		atomic_store(&cache.building, rows[i].building);

		check_child(rows[i].reason, "alice");
		edit_in_place();
		check_child(rows[i].reason, "carol");

		for (size_t slot = 0; slot < SUBID_CACHE_SLOTS; slot++)
			leave(slot, rows[i].readers);
		release(rows[i].taken);
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
	unsigned int maps;

	(void)state;
	inject_fail(INJECT_MMAP, INJECT_EVERY, ENOMEM);
	for (int i = 0; i < 500; i++)
		check_owner("no memory", 100003, "alice", 3);
	maps = inject_calls(INJECT_MMAP);
	assert_in_range(maps, 5, 20);
}

static void a_large_file_is_indexed_for_who_reads_it_often(void **state)
{
	unsigned int lookups = 0;

	(void)state;
	scratch_write("subuid", scratch_padding(16000));
	for (int i = 0; i < 2; i++)
		scratch_append("subuid", scratch_padding(16000));
	scratch_append("subuid", two_lines);
	do {
		assert_in_range(++lookups, 1, 100);
		check_owner("large", 100003, "alice", 3);
	} while (cost.opens > 0);
	assert_in_range(lookups, 30, 40);
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
		CACHE_TEST(an_index_answers_all_three_questions),
		CACHE_TEST(an_owner_that_is_written_both_ways_is_read_from_the_file),
		CACHE_TEST(a_large_index_takes_turns_with_a_small_one),
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
		CACHE_TEST(an_index_that_cannot_be_put_in_place_is_not_built_again_and_again),
		CACHE_TEST(an_index_that_is_of_this_version_has_many_readers),
		CACHE_TEST(a_child_that_was_forked_in_the_middle_of_it_answers),
		CACHE_TEST(without_memory_there_is_no_index_but_every_answer),
		CACHE_TEST(what_cannot_be_indexed_is_tried_ever_more_rarely),
		CACHE_TEST(a_large_file_is_indexed_for_who_reads_it_often),
		CACHE_TEST(without_a_stamp_the_file_is_read),
		CACHE_TEST(a_file_with_a_fault_says_so),
		CACHE_TEST(an_owner_with_too_many_ids_is_answered_by_the_file),
		CACHE_TEST(what_is_no_file_is_no_file_with_an_index_either),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
