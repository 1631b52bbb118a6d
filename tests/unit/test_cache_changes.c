/* SPDX-License-Identifier: BSD-3-Clause */
#include "cached.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "inject.h"
#include "scratch.h"

static void replace(void)
{
	scratch_replace("subuid", "carol:100000:10\n");
}

static void replace_by_equal_size(void)
{
	scratch_replace("subuid", "carol:100000:10\nbo:200000:10\n");
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
		{ "edited in place", cached_edit, "carol" },
		{ "edited, with the old mtime", edit_and_restore_mtime, "carol" },
		{ "replaced by a symbolic link", replace_by_symbolic_link, "carol" },
		{ "truncated to 3 bytes", truncate_to_3_bytes, NULL },
		{ "truncated to 0 bytes", truncate_to_0_bytes, NULL },
		{ "removed", remove_file, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		(void)cached_setup(NULL);
		cached_warm();
		cached_check_owner(rows[i].reason, 100003, "alice", 3);
		cached_check_by_index(rows[i].reason);
		rows[i].change();
		for (int n = 0; n < LOOKUPS_TO_WARM; n++) {
			if (rows[i].owner)
				cached_check_owner(rows[i].reason, 100003, rows[i].owner, 3);
			else
				cached_check_no_owner(rows[i].reason, 100003);
			if (n == 0)
				cached_check_by_file(rows[i].reason);
		}
		if (rows[i].change != remove_file)
			cached_check_by_index(rows[i].reason);
		/* A new index replaces the former one, which is unmapped. */
		cached_check_one_index();
	}
}

static void an_appended_line_is_seen_by_the_very_next_lookup(void **state)
{
	(void)state;
	cached_warm();
	for (uint32_t i = 0; i < 20; i++) {
		char line[32];

		cached_check_no_owner("not yet", 300000 + i);
		(void)snprintf(line, sizeof(line), "owner%u:%u:1\n", i, 300000 + i);
		scratch_append("subuid", line);
		line[strcspn(line, ":")] = '\0';
		cached_check_owner("appended", 300000 + i, line, 0);
	}
}

static void a_file_that_changed_just_now_is_not_indexed(void **state)
{
	(void)state;
	inject_clock(0);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		cached_check_owner("recent", 100003, "alice", 3);
		assert_int_equal(cached_cost.maps, 0);
		assert_true(cached_cost.opens > 0);
	}
	inject_clock(60);
	cached_warm();
	cached_check_owner("old", 100003, "alice", 3);
	cached_check_by_index("old");
}

static void a_file_that_changed_just_now_is_not_answered_from_its_former_index(void **state)
{
	(void)state;
	cached_warm();
	cached_edit();
	inject_clock(0);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		cached_check_owner("recent", 100003, "carol", 3);
		assert_int_equal(cached_cost.maps, 0);
	}
}

/* Each change is made before each system call in turn, such as before the first read(2). */
static void a_file_that_changes_while_it_is_indexed_is_answered_in_its_new_version(void **state)
{
	static void (*const changes[])(void) = { replace, cached_edit, truncate_to_0_bytes,
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

				(void)cached_setup(NULL);
				inject_before(calls[c], nth, changes[i]);
				do {
					lookups++;
					r = cached_look_up(100003, &name, &position);
					if (r == 0 && strcmp(name, "alice") == 0)
						assert_true(position == 3);
				} while (inject_calls(calls[c]) < nth && lookups < LOOKUPS_TO_WARM);
				if (inject_calls(calls[c]) < nth)
					break;
				inject_before(calls[c], nth, NULL);

				/* Two changes delegate the ID to carol, the others to nobody. */
				for (int n = 0; n < LOOKUPS_TO_WARM; n++)
					if (i < 2)
						cached_check_owner("changed", 100003, "carol", 3);
					else
						cached_check_no_owner("changed", 100003);
				if (nth > LOOKUPS_TO_WARM)
					break;
			}
}

/* --- who may read the file ------------------------------------------------------- */

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
		cached_check_no_owner("unreadable", 100003);
}

static void a_file_that_may_no_longer_be_read_is_not_answered_from_its_index(void **state)
{
	static const mode_t modes[] = { 0000, 0600, 0640, 0200 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		if (geteuid() != 0 && (modes[i] & 0400) != 0)
			continue;
		(void)cached_setup(NULL);
		cached_warm();
		scratch_chmod("subuid", modes[i]);
		as_nobody(check_no_owner_of_unreadable);
	}
}

static void a_file_that_not_everybody_may_read_is_not_indexed(void **state)
{
	(void)state;
	scratch_chmod("subuid", 0600);
	for (int i = 0; i < LOOKUPS_TO_WARM; i++) {
		cached_check_owner("mode 0600", 100003, "alice", 3);
		cached_check_by_file("mode 0600");
		assert_int_equal(cached_cost.maps, 0);
	}
	if (geteuid() == 0)
		as_nobody(check_no_owner_of_unreadable);
}

int main(void)
{
#define CACHE_TEST(name) cmocka_unit_test_setup_teardown(name, cached_setup, cached_teardown)
	static const struct CMUnitTest tests[] = {
		CACHE_TEST(every_change_is_seen_by_the_very_next_lookup),
		CACHE_TEST(an_appended_line_is_seen_by_the_very_next_lookup),
		CACHE_TEST(a_file_that_changed_just_now_is_not_indexed),
		CACHE_TEST(a_file_that_changed_just_now_is_not_answered_from_its_former_index),
		CACHE_TEST(a_file_that_changes_while_it_is_indexed_is_answered_in_its_new_version),
		CACHE_TEST(a_file_that_may_no_longer_be_read_is_not_answered_from_its_index),
		CACHE_TEST(a_file_that_not_everybody_may_read_is_not_indexed),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
