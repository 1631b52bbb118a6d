/* SPDX-License-Identifier: BSD-3-Clause */
#include "indexed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "check.h"
#include "draft.h"
#include "index_layout.h"
#include "inject.h"
#include "scratch.h"

/* --- what is indexed -------------------------------------------------------- */

static void only_a_file_that_changed_long_ago_and_that_all_may_read_is_indexed(void **state)
{
	static const struct {
		const char *reason;
		mode_t mode;
		off_t size;
		time_t age;
		bool may;
	} rows[] = {
		{ "an ordinary file", S_IFREG | 0644, 100, 60, true },
		{ "a read-only file", S_IFREG | 0444, 100, 60, true },
		{ "an empty file", S_IFREG | 0644, 0, 60, true },
		{ "the largest file", S_IFREG | 0644, SUBID_INDEX_FILE_MAX_BYTES, 60, true },
		{ "too large", S_IFREG | 0644, SUBID_INDEX_FILE_MAX_BYTES + 1, 60, false },
		{ "far too large", S_IFREG | 0644, INT64_C(1) << 40, 60, false },
		{ "not readable by others", S_IFREG | 0640, 100, 60, false },
		{ "not readable by anybody", S_IFREG | 0000, 100, 60, false },
		{ "writable by others, not readable", S_IFREG | 0642, 100, 60, false },
		{ "a FIFO", S_IFIFO | 0644, 100, 60, false },
		{ "a directory", S_IFDIR | 0755, 100, 60, false },
		{ "changed just now", S_IFREG | 0644, 100, 0, false },
		{ "changed a second ago", S_IFREG | 0644, 100, 1, false },
		{ "changed two seconds ago", S_IFREG | 0644, 100, 2, false },
		{ "changed three seconds ago", S_IFREG | 0644, 100, 3, true },
		{ "changed in the future", S_IFREG | 0644, 100, -1000, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct stat stamp = { .st_mode = rows[i].mode, .st_size = rows[i].size };
		struct timespec before, after;
		bool may;

		/* Repeat if the second changes meanwhile, and the age with it. */
		do {
			assert_int_equal(clock_gettime(CLOCK_REALTIME_COARSE, &before), 0);
			stamp.st_ctim.tv_sec = before.tv_sec - rows[i].age;
			may = subid_index_may_hold(&stamp);
			assert_int_equal(clock_gettime(CLOCK_REALTIME_COARSE, &after), 0);
		} while (before.tv_sec != after.tv_sec);
		check_int(rows[i].reason, may, rows[i].may);
	}
}

/* A process may keep its UID and give up a group. */
static void a_file_that_its_user_or_its_group_may_not_read_is_not_indexed(void **state)
{
	static const mode_t modes[] = { 0604, 0044, 0404, 0004 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		struct stat stamp = { .st_mode = S_IFREG | modes[i], .st_size = 100 };

		check_int("not for all", subid_index_may_hold(&stamp), false);
	}
}

static void an_index_is_only_of_its_own_version(void **state)
{
	struct stat stamp, other;
	struct subid_index *index;

	(void)state;
	draft_add("alice:5:10\n");
	index = indexed_build();
	stamp = indexed_write();
	assert_false(subid_index_is_of(index, &stamp));
	indexed_end(index);

	assert_int_equal(subid_index_build("subuid", &stamp, &index), 0);
#define CHECK_FIELD(field) \
	other = stamp;     \
	other.field ^= 1;  \
	check_int(#field, subid_index_is_of(index, &other), false)
	CHECK_FIELD(st_dev);
	CHECK_FIELD(st_ino);
	CHECK_FIELD(st_size);
	CHECK_FIELD(st_mtim.tv_sec);
	CHECK_FIELD(st_mtim.tv_nsec);
	CHECK_FIELD(st_ctim.tv_sec);
	CHECK_FIELD(st_ctim.tv_nsec);
#undef CHECK_FIELD
	other = stamp;
	other.st_atim.tv_sec ^= 1;
	assert_true(subid_index_is_of(index, &other));
	indexed_end(index);
	subid_index_free(NULL);
}

static void an_owner_with_2_to_the_32_ids_or_more_is_refused(void **state)
{
	static const struct {
		const char *file;
		int r;
	} rows[] = {
		{ "alice:0:4294967295\n", 0 },
		{ "alice:0:4294967294\nbob:0:4294967295\nalice:7:1\n", 0 },
		{ "alice:0:4294967295\nalice:7:1\n", -E2BIG },
		{ "alice:7:1\nbob:9:1\nalice:0:4294967295\n", -E2BIG },
		{ "alice:0:2147483648\nalice:0:2147483648\n", -E2BIG },
		{ "bob:0:4294967295\nalice:1:4294967295\nalice:1:4294967295\n", -E2BIG },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		indexed_begin();
		draft_add("%s", rows[i].file);
		indexed_check_build(rows[i].file, rows[i].r);
		if (rows[i].r == 0) {
			struct subid_index *index = indexed_build();

			indexed_check_position(index, "alice", 7, 7);
			indexed_end(index);
		}
	}
}

/* Neither comments nor lines too short for a range take memory. */
static void only_lines_that_can_delegate_something_are_counted(void **state)
{
	struct subid_index *index;
	size_t few;

	(void)state;
	draft_add("a:0:1\n");
	index = indexed_build();
	few = index->size;
	indexed_end(index);

	indexed_begin();
	draft_add("a:0:1\n");
	for (int i = 0; i < 1000; i++)
		draft_add("a:0:\n");
	index = indexed_build();
	assert_int_equal(index->n_lines, 1);
	/* The bytes of the short lines are reserved for owners nevertheless. */
	assert_in_range(index->size, few, few + 5000 + 64);
	indexed_end(index);
}

/* --- another version --------------------------------------------------------- */

static void replace(void)
{
	scratch_replace("subuid", draft.text);
}

static void edit_in_place(void)
{
	scratch_overwrite("subuid", 0, "bobby");
}

static void append(void)
{
	scratch_append("subuid", "bob:5:1\n");
}

static void truncate_half(void)
{
	assert_int_equal(truncate("subuid", (off_t)draft.len / 2), 0);
}

static void truncate_all(void)
{
	assert_int_equal(truncate("subuid", 0), 0);
}

static void remove_file(void)
{
	assert_int_equal(remove("subuid"), 0);
}

static void change_mode_to_0(void)
{
	scratch_chmod("subuid", 0);
}

static const struct {
	const char *reason;
	void (*change)(void);
	int r;
} changes[] = {
	{ "replaced", replace, -ESTALE },
	{ "edited in place", edit_in_place, -ESTALE },
	{ "appended to", append, -ESTALE },
	{ "truncated to its half", truncate_half, -ESTALE },
	{ "truncated to 0 bytes", truncate_all, -ESTALE },
	{ "removed", remove_file, -ENOENT },
	{ "changed to mode 0", change_mode_to_0, -ESTALE },
};

static struct stat write_large(void)
{
	indexed_begin();
	for (uint32_t i = 0; i < 2000; i++)
		draft_add("alice:%" PRIu32 ":1\n", i);
	return indexed_write();
}

static void a_file_that_changed_before_it_is_read_is_stale(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		struct stat stamp = write_large();
		int r = changes[i].change == change_mode_to_0 && geteuid() != 0 ? -ENOENT
										: changes[i].r;

		changes[i].change();
		indexed_check_fails(changes[i].reason, &stamp, r);
	}
}

static void a_file_that_changes_while_it_is_read_is_stale(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		struct stat stamp = write_large();
		unsigned int reads;

		for (unsigned int nth = 1;; nth++) {
			stamp = write_large();
			inject_before(INJECT_READ, nth, changes[i].change);
			indexed_check_fails(changes[i].reason, &stamp, -ESTALE);
			reads = inject_calls(INJECT_READ);
			/* The last read finds the end. */
			if (reads <= nth)
				break;
		}
		assert_in_range(reads, 1, 20);
	}
}

static void write_many_short_lines(void)
{
	draft_clear();
	while (draft.len < 20000)
		draft_add("a:0:1\n");
	draft_write("subuid");
}

static void write_long_comments(void)
{
	indexed_begin();
	while (draft.len < 20000)
		draft_add("#%0*d\n", 998, 0);
}

/*
 * The memory is mapped for the lines that were counted before. So many more lines would reach
 * the guard page of inject.h behind it.
 */
static void a_file_of_more_lines_than_were_counted_is_stale(void **state)
{
	struct stat stamp;

	(void)state;
	write_long_comments();
	stamp = indexed_write();
	inject_before(INJECT_MMAP, 1, write_many_short_lines);
	indexed_check_fails("more lines", &stamp, -ESTALE);
}

static void write_few_lines(void)
{
	scratch_overwrite("subuid", 0, "b:0:7\n#");
}

static void a_file_of_fewer_lines_than_were_counted_is_stale(void **state)
{
	struct stat stamp;

	(void)state;
	write_many_short_lines();
	stamp = indexed_write();
	inject_before(INJECT_MMAP, 1, write_few_lines);
	indexed_check_fails("fewer lines", &stamp, -ESTALE);
}

static off_t stamp_size;

static void set_stamp_size(struct stat *stamp)
{
	stamp->st_size = stamp_size;
}

/* A network file system may return the old size, before it notices a change by another host. */
static void owners_longer_than_the_size_in_the_stamp_are_stale(void **state)
{
	/* The owners take 10,000 bytes: 2,000 times "alice". */
	static const off_t sizes[] = { 0, 1, 4, 5, 6, 9, 10, 11, 100, 4095, 4096, 4097, 9999 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct stat stamp = write_large();

		stamp.st_size = stamp_size = sizes[i];
		inject_stamp(INJECT_EVERY, set_stamp_size);
		indexed_check_fails("owners larger than the file", &stamp, -ESTALE);
	}
}

static void a_file_may_be_smaller_than_its_stamp_says(void **state)
{
	static const off_t more[] = { 1, 6, 4096, 1000000, SUBID_INDEX_FILE_MAX_BYTES };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(more); i++) {
		struct subid_index *index = NULL;
		struct stat stamp;

		indexed_begin();
		draft_add("alice:5:10\nbob:5:10\n");
		stamp = indexed_write();
		stamp.st_size = stamp_size = more[i] + (off_t)draft.len;
		inject_stamp(INJECT_EVERY, set_stamp_size);
		assert_int_equal(subid_index_build("subuid", &stamp, &index), 0);
		indexed_check_position(index, "alice", 7, 2);
		indexed_end(index);
	}
}

/* --- faults ------------------------------------------------------------------ */

static void a_build_without_memory_leaves_no_descriptor_and_no_mapping(void **state)
{
	struct subid_index *index = NULL;
	struct stat stamp = write_large();
	unsigned int maps;

	(void)state;
	assert_int_equal(subid_index_build("subuid", &stamp, &index), 0);
	indexed_end(index);
	maps = inject_calls(INJECT_MMAP);
	assert_int_equal(maps, 1);

	(void)inject_reset(NULL);
	inject_fail(INJECT_MMAP, 1, ENOMEM);
	indexed_check_fails("no memory", &stamp, -ENOMEM);
}

static void a_build_with_a_fault_leaves_no_descriptor_and_no_mapping(void **state)
{
	static const struct {
		enum inject_call call;
		int fault, r;
	} rows[] = {
		{ INJECT_OPEN, EMFILE, -EMFILE },  { INJECT_OPEN, EACCES, -ENOENT },
		{ INJECT_FSTAT, ENOMEM, -ENOMEM }, { INJECT_READ, EIO, -EIO },
		{ INJECT_READ, EISDIR, -EISDIR },
	};
	struct stat stamp = write_large();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		for (unsigned int nth = 1;; nth++) {
			struct subid_index *index = NULL;

			(void)inject_reset(NULL);
			inject_fail(rows[i].call, nth, rows[i].fault);
			if (subid_index_build("subuid", &stamp, &index) == 0) {
				assert_false(inject_has_failed(rows[i].call));
				indexed_end(index);
				break;
			}
			(void)inject_reset(NULL);
			inject_fail(rows[i].call, nth, rows[i].fault);
			indexed_check_fails("a fault", &stamp, rows[i].r);
		}
}

int main(void)
{
#define INDEX_TEST(name) cmocka_unit_test_setup(name, indexed_setup)
	static const struct CMUnitTest tests[] = {
		INDEX_TEST(only_a_file_that_changed_long_ago_and_that_all_may_read_is_indexed),
		INDEX_TEST(a_file_that_its_user_or_its_group_may_not_read_is_not_indexed),
		INDEX_TEST(an_index_is_only_of_its_own_version),
		INDEX_TEST(an_owner_with_2_to_the_32_ids_or_more_is_refused),
		INDEX_TEST(only_lines_that_can_delegate_something_are_counted),
		INDEX_TEST(a_file_that_changed_before_it_is_read_is_stale),
		INDEX_TEST(a_file_that_changes_while_it_is_read_is_stale),
		INDEX_TEST(a_file_of_more_lines_than_were_counted_is_stale),
		INDEX_TEST(a_file_of_fewer_lines_than_were_counted_is_stale),
		INDEX_TEST(owners_longer_than_the_size_in_the_stamp_are_stale),
		INDEX_TEST(a_file_may_be_smaller_than_its_stamp_says),
		INDEX_TEST(a_build_without_memory_leaves_no_descriptor_and_no_mapping),
		INDEX_TEST(a_build_with_a_fault_leaves_no_descriptor_and_no_mapping),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
