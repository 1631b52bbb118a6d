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

/* A small file is indexed within this number of lookups. */
#define LOOKUPS_TO_WARM 16

/* The value that a writer adds to a seat to claim it. */
#define CLAIMED UINT32_C(0x80000000)

static struct subid_cache cache;

/* The system calls that the last lookup made. */
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

/* Looks up the owner and the position of an ID, and notes the cost. */
static int look_up_in(const struct subid_database *which, uint32_t id, const char **ret_name,
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

static int look_up(uint32_t id, const char **ret_name, uint64_t *ret_position)
{
	return look_up_in(&database, id, ret_name, ret_position);
}

static void check_owner(const char *reason, uint32_t id, const char *name, uint64_t position)
{
	const char *got;
	uint64_t got_position;

	check_int(reason, look_up(id, &got, &got_position), 0);
	check_text(reason, got, name);
	check_int(reason, (intmax_t)got_position, (intmax_t)position);
}

static void check_no_owner(const char *reason, uint32_t id)
{
	const char *name;
	uint64_t position;

	check_int(reason, look_up(id, &name, &position), -ENOENT);
	check_int(reason, (intmax_t)position, 77);
}

static const char two_lines[] = "alice:100000:10\nbob:200000:10\n";

static int setup(void **state)
{
	(void)inject_reset(state);
	/* Undo what a failed test has left. */
	if (getuid() == 0)
		(void)seteuid(0);
	subid_index_free(cache.index);
	memset(&cache, 0, sizeof(cache));
	(void)remove("subuid");
	scratch_write("subuid", two_lines);
	return 0;
}

static void check_seats_are_empty(void)
{
	for (size_t i = 0; i < SUBID_CACHE_SEATS; i++)
		assert_int_equal(atomic_load(&cache.seats[i].readers), 0);
}

static int teardown(void **state)
{
	(void)state;
	check_seats_are_empty();
	subid_index_free(cache.index);
	memset(&cache, 0, sizeof(cache));
	assert_int_equal(inject_open_maps(), 0);
	return 0;
}

/* There is an index, and no other mapping. */
static void check_one_index_is_mapped(void)
{
	assert_non_null(cache.index);
	assert_int_equal(inject_open_maps(), 1);
}

/* Looks up an ID until an index answers: that lookup opens no file. */
static void warm_within(unsigned int most)
{
	unsigned int lookups = 0;
	const char *name;
	uint64_t position;

	do {
		assert_in_range(++lookups, 1, most);
		(void)look_up(5, &name, &position);
	} while (cost.opens > 0);
	check_one_index_is_mapped();
}

static void warm(void)
{
	warm_within(LOOKUPS_TO_WARM);
}

static void check_answered_by_file(const char *reason)
{
	check_int(reason, cost.opens, 1);
}

static void check_answered_by_index(const char *reason)
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
	check_answered_by_file("the first");
	assert_int_equal(cost.stats, 0);
	assert_int_equal(cost.maps, 0);

	while (cost.opens > 0) {
		assert_in_range(++reads, 1, LOOKUPS_TO_WARM);
		check_owner("warming up", 200003, "bob", 3);
		/* This lookup has built the index. */
		if (cost.maps > 0)
			break;
	}
	assert_in_range(reads, 3, LOOKUPS_TO_WARM);

	for (int i = 0; i < 100; i++) {
		check_owner("an index", 100009, "alice", 9);
		check_answered_by_index("a hit");
		check_no_owner("an index", 100010);
		check_answered_by_index("a miss");
	}
	check_one_index_is_mapped();
}

/* Checks what lookups cost: @scans of them scan the file, and the next one builds an index. */
static void check_scans_before_index(const char *reason, unsigned int scans, bool was_indexed)
{
	for (unsigned int n = 1; n <= scans; n++) {
		check_owner(reason, 100003, "alice", 3);
		check_int(reason, cost.opens, 1);
		check_int(reason, cost.maps, 0);
		/* The first lookups of a process do not even call stat(2). */
		check_int(reason, cost.stats, n > 3 || was_indexed);
	}
	check_owner(reason, 100003, "alice", 3);
	check_int(reason, cost.opens, 2);
	check_int(reason, cost.maps, 1);
	check_owner(reason, 100003, "alice", 3);
	check_answered_by_index(reason);
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
			size_t len = strlen(two_lines);

			/* The second version replaces a file that has an index. */
			if (version == 0)
				(void)setup(NULL);
			else
				(void)remove("subuid");
			(void)strcpy(text, two_lines);
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
	warm();
	assert_int_equal(subid_owner_set(&bob, "bob", 3), 0);
	note_calls();
	assert_int_equal(subid_by_owner(&database, &bob, 200004, &position), 0);
	note_cost();
	check_answered_by_index("by owner");
	assert_int_equal(position, 4);
	note_calls();
	assert_int_equal(subid_by_position(&database, &bob, 4, &id), 0);
	note_cost();
	check_answered_by_index("by position");
	assert_int_equal(id, 200004);
	note_calls();
	assert_int_equal(subid_by_position(&database, &bob, 10, &id), -ENOENT);
	note_cost();
	check_answered_by_index("by a position beyond the last");
}

static void a_reader_is_counted_in_its_seat_until_it_leaves(void **state)
{
	struct subid_cache_seat *seat = NULL, *same = NULL;
	const struct subid_index *index;

	(void)state;
	warm();
	index = subid_cache_enter(&cache, "subuid", &seat);
	assert_ptr_equal(index, cache.index);
	assert_in_range(seat - cache.seats, 0, SUBID_CACHE_SEATS - 1);
	assert_int_equal(atomic_load(&seat->readers), 1);

	/* The same thread again, as after vfork(2). */
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
		assert_int_equal(look_up_in(&uncached, 200003, &name, &position), 0);
		assert_int_equal(position, 3);
		check_answered_by_file("no cache");
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
		assert_int_equal(look_up_in(&groups, 100003, &name, &position), 0);
		assert_string_equal(name, "carol");
		check_owner("the other file", 100003, "alice", 3);
	}
	check_answered_by_index("the other file");
	assert_non_null(other.index);
	assert_int_equal(inject_open_maps(), 2);
	subid_index_free(other.index);
	check_one_index_is_mapped();
}

/* --- changes ------------------------------------------------------------------- */

static void replace(void)
{
	scratch_replace("subuid", "carol:100000:10\n");
}

static void replace_by_equal_size(void)
{
	scratch_replace("subuid", "carol:100000:10\nbo:200000:10\n");
}

static void edit_in_place(void)
{
	scratch_overwrite("subuid", 0, "carol");
}

static void edit_and_restore_mtime(void)
{
	struct stat stamp;
	struct timespec times[2];

	assert_int_equal(stat("subuid", &stamp), 0);
	scratch_overwrite("subuid", 0, "carol");
	times[0] = stamp.st_atim;
	times[1] = stamp.st_mtim;
	assert_int_equal(utimensat(AT_FDCWD, "subuid", times, 0), 0);
}

static void replace_by_symbolic_link(void)
{
	scratch_write("elsewhere", "carol:100000:10\n");
	assert_int_equal(remove("subuid"), 0);
	assert_int_equal(symlink("elsewhere", "subuid"), 0);
}

static void truncate_to_3_bytes(void)
{
	assert_int_equal(truncate("subuid", 3), 0);
}

static void truncate_to_0_bytes(void)
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
		const char *owner; /* of ID 100003; NULL: none */
	} rows[] = {
		{ "renamed into place", replace, "carol" },
		{ "replaced by a file of equal size", replace_by_equal_size, "carol" },
		{ "edited in place", edit_in_place, "carol" },
		{ "edited, with the old mtime", edit_and_restore_mtime, "carol" },
		{ "replaced by a symbolic link", replace_by_symbolic_link, "carol" },
		{ "truncated to 3 bytes", truncate_to_3_bytes, NULL },
		{ "truncated to 0 bytes", truncate_to_0_bytes, NULL },
		{ "removed", remove_file, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		(void)setup(NULL);
		warm();
		check_owner(rows[i].reason, 100003, "alice", 3);
		check_answered_by_index(rows[i].reason);
		rows[i].change();
		for (int n = 0; n < LOOKUPS_TO_WARM; n++) {
			if (rows[i].owner)
				check_owner(rows[i].reason, 100003, rows[i].owner, 3);
			else
				check_no_owner(rows[i].reason, 100003);
			if (n == 0)
				check_answered_by_file(rows[i].reason);
		}
		if (rows[i].change != remove_file)
			check_answered_by_index(rows[i].reason);
		/* A new index replaces the former one, which is unmapped. */
		check_one_index_is_mapped();
	}
}

static void an_appended_line_is_seen_by_the_very_next_lookup(void **state)
{
	(void)state;
	warm();
	for (uint32_t i = 0; i < 20; i++) {
		char line[32];

		check_no_owner("not yet", 300000 + i);
		(void)snprintf(line, sizeof(line), "owner%u:%u:1\n", i, 300000 + i);
		scratch_append("subuid", line);
		line[strcspn(line, ":")] = '\0';
		check_owner("appended", 300000 + i, line, 0);
	}
}

/* Runs @ask as nobody, like a process that has given up its privileges. */
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

static void check_no_owner_of_unreadable(void)
{
	for (int i = 0; i < LOOKUPS_TO_WARM; i++)
		check_no_owner("unreadable", 100003);
}

/* Calls chmod(2) until the ctime changes, as scratch_overwrite() does with write(2). */
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

static void a_file_that_may_no_longer_be_read_is_not_answered_from_its_index(void **state)
{
	static const mode_t modes[] = { 0000, 0600, 0640, 0200 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		if (geteuid() != 0 && (modes[i] & 0400) != 0)
			continue;
		(void)setup(NULL);
		warm();
		change_mode(modes[i]);
		as_nobody(check_no_owner_of_unreadable);
	}
}

static void a_file_that_not_everybody_may_read_is_not_indexed(void **state)
{
	(void)state;
	change_mode(0600);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		check_owner("mode 0600", 100003, "alice", 3);
		check_answered_by_file("mode 0600");
		assert_int_equal(cost.maps, 0);
	}
	if (geteuid() == 0)
		as_nobody(check_no_owner_of_unreadable);
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
	check_answered_by_index("old");
}

static void a_file_that_changed_just_now_is_not_answered_from_its_former_index(void **state)
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

/* Each change is made before each system call in turn, such as before the first read(2). */
static void a_file_that_changes_while_it_is_indexed_is_answered_in_its_new_version(void **state)
{
	static void (*const changes[])(void) = { replace, edit_in_place, truncate_to_0_bytes,
						 remove_file };
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
					lookups++;
					r = look_up(100003, &name, &position);
					if (r == 0 && strcmp(name, "alice") == 0)
						assert_true(position == 3);
				} while (inject_calls(calls[c]) < nth && lookups < LOOKUPS_TO_WARM);
				if (inject_calls(calls[c]) < nth)
					break;
				inject_before(calls[c], nth, NULL);

				/* Two changes delegate the ID to carol, the others to nobody. */
				for (int n = 0; n < LOOKUPS_TO_WARM; n++)
					if (i < 2)
						check_owner("changed", 100003, "carol", 3);
					else
						check_no_owner("changed", 100003);
				if (nth > LOOKUPS_TO_WARM)
					break;
			}
}

/* --- other threads, simulated by changes to the cache ---------------------------- */

static void add_readers(size_t seat, uint32_t readers)
{
	(void)atomic_fetch_add(&cache.seats[seat].readers, readers);
}

static void remove_readers(size_t seat, uint32_t readers)
{
	(void)atomic_fetch_sub(&cache.seats[seat].readers, readers);
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
	warm();
	claim(SUBID_CACHE_SEATS);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		check_owner("all seats claimed", 100003, "alice", 3);
		assert_true(cost.opens > 0);
		check_no_owner("all seats claimed", 5);
	}
	edit_in_place();
	for (int i = 0; i < LOOKUPS_TO_WARM; i++)
		check_owner("all seats claimed, and the file changed", 100003, "carol", 3);
	check_one_index_is_mapped();

	release(SUBID_CACHE_SEATS);
	check_seats_are_empty();
	warm();
	check_owner("seats released", 100003, "carol", 3);
	check_answered_by_index("seats released");
}

static void a_lookup_is_answered_while_another_thread_claims_the_seats(void **state)
{
	(void)state;
	for (size_t seats = 1; seats < SUBID_CACHE_SEATS; seats++) {
		struct subid_index *former;

		(void)setup(NULL);
		warm();
		former = cache.index;
		claim(seats);
		for (int i = 0; i < LOOKUPS_TO_WARM; i++)
			check_owner("some seats claimed", 100003, "alice", 3);
		edit_in_place();
		for (int i = 0; i < LOOKUPS_TO_WARM; i++)
			check_owner("some seats claimed, and the file changed", 100003, "carol", 3);
		assert_ptr_equal(cache.index, former);
		release(seats);
		check_seats_are_empty();
	}
}

static void the_file_is_read_while_another_thread_builds_its_index(void **state)
{
	(void)state;
	atomic_store(&cache.building, true);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		check_owner("being built", 100003, "alice", 3);
		check_answered_by_file("being built");
		assert_int_equal(cost.maps, 0);
	}
	atomic_store(&cache.building, false);
	warm();

	/* A version that has an index is answered from it while the next index is built. */
	atomic_store(&cache.building, true);
	check_owner("the same version", 100003, "alice", 3);
	check_answered_by_index("the same version");
	edit_in_place();
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		check_owner("being built again", 100003, "carol", 3);
		check_answered_by_file("being built again");
	}
	atomic_store(&cache.building, false);
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

		(void)setup(NULL);
		warm();
		former = cache.index;
		add_readers(seat, 1);
		edit_in_place();
		for (int i = 0; i < 4 * LOOKUPS_TO_WARM; i++) {
			check_owner("the file", 100003, "carol", 3);
			assert_ptr_equal(cache.index, former);
			check_one_index_is_mapped();
			check_owner_in_index(former, "alice");
		}
		remove_readers(seat, 1);
		check_seats_are_empty();
		warm();
		check_owner("the new index", 100003, "carol", 3);
		check_answered_by_index("the new index");
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

			(void)setup(NULL);
			warm();
			former = cache.index;
			edit_in_place();
			for (int i = 0; i < 3; i++)
				check_owner("not yet", 100003, "carol", 3);

			/* The next call of this kind is part of building an index. */
			late_seat = seat;
			late_calls = 0;
			maps = inject_calls(INJECT_MMAP);
			inject_before(calls[c], inject_calls(calls[c]) + 1, add_late_reader_once);
			check_owner("the lookup that builds an index", 100003, "carol", 3);
			assert_int_equal(late_calls, 1);
			assert_int_equal(inject_calls(INJECT_MMAP), maps + 1);

			/* The new index is discarded. */
			assert_ptr_equal(cache.index, former);
			check_one_index_is_mapped();
			check_owner_in_index(former, "alice");
			for (size_t i = 0; i < SUBID_CACHE_SEATS; i++)
				assert_int_equal(atomic_load(&cache.seats[i].readers), i == seat);

			remove_readers(seat, 1);
			warm();
			check_owner("the new index", 100003, "carol", 3);
			check_answered_by_index("the new index");
		}
}

/* A thread takes a seat before it sees that there is no index. So a writer may find it there. */
static void the_first_index_is_discarded_if_a_thread_is_in_a_seat(void **state)
{
	(void)state;
	for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++) {
		(void)setup(NULL);
		late_seat = seat;
		late_calls = 0;
		inject_before(INJECT_MMAP, 1, add_late_reader_once);
		for (int i = 0; i < 4; i++)
			check_owner("no index", 100003, "alice", 3);
		assert_int_equal(late_calls, 1);
		assert_null(cache.index);
		/* Without an index, a process with few lookups makes no stat(2) for one. */
		assert_false(atomic_load(&cache.indexed));
		assert_int_equal(atomic_load(&cache.failures), 1);
		assert_int_equal(inject_open_maps(), 0);
		remove_readers(seat, 1);
		check_seats_are_empty();
		warm();
	}
}

/* A child can inherit a reader that never leaves. It does not build index after index in vain. */
static void no_index_is_built_while_a_reader_holds_the_former_one(void **state)
{
	unsigned int maps;

	(void)state;
	warm();
	add_readers(SUBID_CACHE_SEATS - 1, 1);
	edit_in_place();
	maps = inject_calls(INJECT_MMAP);
	for (int i = 0; i < 400; i++)
		check_owner("the file", 100003, "carol", 3);
	remove_readers(SUBID_CACHE_SEATS - 1, 1);
	assert_int_equal(inject_calls(INJECT_MMAP), maps);
}

static void an_index_has_many_readers_at_once(void **state)
{
	(void)state;
	warm();
	for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++)
		add_readers(seat, 1000);
	check_owner("one more reader", 100003, "alice", 3);
	check_answered_by_index("one more reader");
	for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++)
		remove_readers(seat, 1000);
	check_seats_are_empty();
}

static int look_up_in_child(const char *name, uint32_t id)
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
		(void)setup(NULL);
		if (rows[i].warm)
			warm();
		claim(rows[i].claimed);
		for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++)
			add_readers(seat, rows[i].readers);
		atomic_store(&cache.building, rows[i].building);

		check_child(rows[i].reason, "alice");
		edit_in_place();
		check_child(rows[i].reason, "carol");

		for (size_t seat = 0; seat < SUBID_CACHE_SEATS; seat++)
			remove_readers(seat, rows[i].readers);
		release(rows[i].claimed);
		check_seats_are_empty();
	}
}

/* --- faults -------------------------------------------------------------------- */

static void without_memory_for_an_index_the_file_is_read(void **state)
{
	(void)state;
	/* INJECT_EVERY is 0: first every call fails, then one of the first six. */
	for (unsigned int nth = INJECT_EVERY; nth <= 6; nth++) {
		unsigned int maps;

		(void)setup(NULL);
		inject_fail(INJECT_MMAP, nth, ENOMEM);
		for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
			check_owner("no memory", 100003, "alice", 3);
			check_no_owner("no memory", 5);
		}
		if (nth == INJECT_EVERY)
			assert_int_equal(inject_open_maps(), 0);
		/* Building an index was attempted, but not in each of the lookups. */
		maps = inject_calls(INJECT_MMAP);
		assert_in_range(maps, 1, LOOKUPS_TO_WARM);

		/* After failures, it takes more lookups until an index is built. */
		(void)inject_reset(NULL);
		warm_within(4 * LOOKUPS_TO_WARM);
		check_owner("memory again", 100003, "alice", 3);
		check_answered_by_index("memory again");
	}
}

static void each_failure_doubles_the_scans_before_the_next_attempt_up_to_48(void **state)
{
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

	/* After a success, few scans are enough again. */
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
			check_answered_by_file("no stamp");
		}
	}
}

static void a_fault_of_the_file_is_returned(void **state)
{
	const char *name;
	uint64_t position;

	(void)state;
	warm();
	edit_in_place();
	inject_fail(INJECT_READ, INJECT_EVERY, EIO);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++)
		assert_int_equal(look_up(100003, &name, &position), -EIO);
	inject_fail(INJECT_READ, INJECT_EVERY, 0);
	inject_fail(INJECT_OPEN, INJECT_EVERY, EMFILE);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++)
		assert_int_equal(look_up(100003, &name, &position), -EMFILE);
	(void)inject_reset(NULL);
	check_owner("no fault", 100003, "carol", 3);
}

static void an_owner_with_too_many_ids_is_answered_from_the_file(void **state)
{
	(void)state;
	scratch_write("subuid", "alice:0:4294967295\nalice:0:4294967295\nbob:4294967295:1\n");
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		check_owner("too many", 100003, "alice", 100003);
		check_owner("too many", UINT32_MAX, "bob", 0);
	}
	assert_int_equal(inject_open_maps(), 0);
}

static void a_fifo_in_place_of_an_indexed_file_is_refused(void **state)
{
	const char *name;
	uint64_t position;

	(void)state;
	warm();
	assert_int_equal(remove("subuid"), 0);
	assert_int_equal(mkfifo("subuid", 0644), 0);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++)
		assert_int_equal(look_up(100003, &name, &position), -EINVAL);
	assert_int_equal(remove("subuid"), 0);
}

int main(void)
{
#define CACHE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	static const struct CMUnitTest tests[] = {
		CACHE_TEST(the_first_lookups_read_the_file_and_later_ones_only_its_stamp),
		CACHE_TEST(a_larger_file_is_scanned_more_often_before_it_is_indexed),
		CACHE_TEST(an_index_answers_all_three_questions),
		CACHE_TEST(a_reader_is_counted_in_its_seat_until_it_leaves),
		CACHE_TEST(without_a_cache_the_file_is_read_each_time),
		CACHE_TEST(two_files_have_two_indexes),
		CACHE_TEST(every_change_is_seen_by_the_very_next_lookup),
		CACHE_TEST(an_appended_line_is_seen_by_the_very_next_lookup),
		CACHE_TEST(a_file_that_may_no_longer_be_read_is_not_answered_from_its_index),
		CACHE_TEST(a_file_that_not_everybody_may_read_is_not_indexed),
		CACHE_TEST(a_file_that_changed_just_now_is_not_indexed),
		CACHE_TEST(a_file_that_changed_just_now_is_not_answered_from_its_former_index),
		CACHE_TEST(a_file_that_changes_while_it_is_indexed_is_answered_in_its_new_version),
		CACHE_TEST(the_file_is_read_while_another_thread_replaces_the_index),
		CACHE_TEST(a_lookup_is_answered_while_another_thread_claims_the_seats),
		CACHE_TEST(the_file_is_read_while_another_thread_builds_its_index),
		CACHE_TEST(an_index_with_a_reader_is_not_replaced),
		CACHE_TEST(an_index_that_gets_a_reader_while_the_next_is_built_is_not_replaced),
		CACHE_TEST(the_first_index_is_discarded_if_a_thread_is_in_a_seat),
		CACHE_TEST(no_index_is_built_while_a_reader_holds_the_former_one),
		CACHE_TEST(an_index_has_many_readers_at_once),
		CACHE_TEST(a_child_answers_whatever_the_cache_was_doing_at_fork),
		CACHE_TEST(without_memory_for_an_index_the_file_is_read),
		CACHE_TEST(each_failure_doubles_the_scans_before_the_next_attempt_up_to_48),
		CACHE_TEST(without_a_stamp_the_file_is_read),
		CACHE_TEST(a_fault_of_the_file_is_returned),
		CACHE_TEST(an_owner_with_too_many_ids_is_answered_from_the_file),
		CACHE_TEST(a_fifo_in_place_of_an_indexed_file_is_refused),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
