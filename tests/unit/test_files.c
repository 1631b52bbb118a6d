/* SPDX-License-Identifier: BSD-3-Clause */
#include "scanned.h"

#include <errno.h>

#include "check.h"
#include "inject.h"
#include "named.h"
#include "reader.h"
#include "scratch.h"

/* Checks by all three scans that @id is at @position of the owner @name. */
static void check_position(const char *reason, const char *name, uint32_t id, uint64_t position)
{
	uint64_t got;
	uint32_t got_id;

	check_int(reason, scanned_by_id(id, &got), 0);
	check_text(reason, scanned_owner.text, name);
	check_int(reason, (intmax_t)scanned_owner.len, (intmax_t)strlen(name));
	check_int(reason, (intmax_t)got, (intmax_t)position);

	check_int(reason, scanned_by_owner(name, id, &got), 0);
	check_int(reason, (intmax_t)got, (intmax_t)position);

	check_int(reason, scanned_by_position(name, position, &got_id), 0);
	check_int(reason, got_id, id);
}

static void check_no_owner(const char *reason, uint32_t id)
{
	uint64_t position;

	check_int(reason, scanned_by_id(id, &position), -ENOENT);
	check_int(reason, (intmax_t)position, 77);
}

static void check_not_owned_by(const char *reason, const char *name, uint32_t id)
{
	uint64_t position;

	check_int(reason, scanned_by_owner(name, id, &position), -ENOENT);
	check_int(reason, (intmax_t)position, 77);
}

static void check_no_position(const char *reason, const char *name, uint64_t position)
{
	uint32_t id;

	check_int(reason, scanned_by_position(name, position, &id), -ENOENT);
	check_int(reason, id, 77);
}

static void a_range_has_its_own_ids_and_no_neighbour(void **state)
{
	(void)state;
	scratch_write("subuid", "alice:100000:65536\n");
	check_position("the first", "alice", 100000, 0);
	check_position("the second", "alice", 100001, 1);
	check_position("the last", "alice", 165535, 65535);
	check_no_owner("before the first", 99999);
	check_no_owner("after the last", 165536);
	check_no_owner("0", 0);
	check_no_owner("2^32-1", UINT32_MAX);

	check_not_owned_by("before the first", "alice", 99999);
	check_not_owned_by("another owner", "bob", 100000);
	check_no_position("after the last", "alice", 65536);
	check_no_position("2^32 does not wrap to 0", "alice", UINT64_C(4294967296));
	check_no_position("2^64-1", "alice", UINT64_MAX);
	check_no_position("another owner", "bob", 0);
}

static void positions_count_an_owners_ids_in_the_order_of_the_file(void **state)
{
	(void)state;
	scratch_write("subuid", "bob:500:5\n"
				"alice:300000:10\n"
				"bob:700:5\n"
				"alice:100000:10\n"
				"alice:200000:1\n"
				"bob:600:5\n");
	check_position("the first in the file, not the lowest", "alice", 300000, 0);
	check_position("the last of the first range", "alice", 300009, 9);
	check_position("the first of the second range", "alice", 100000, 10);
	check_position("the third range", "alice", 200000, 20);
	check_position("another owner", "bob", 600, 10);
}

static void an_id_that_is_listed_twice_is_at_its_first_position(void **state)
{
	uint64_t position;
	uint32_t id;

	(void)state;
	scratch_write("subuid", "alice:100:10\n"
				"alice:105:10\n"
				"alice:100:10\n");
	check_position("on two lines", "alice", 107, 7);
	assert_int_equal(scanned_by_owner("alice", 114, &position), 0);
	assert_int_equal(position, 19);

	/* Each of its positions leads to it. */
	assert_int_equal(scanned_by_position("alice", 12, &id), 0);
	assert_int_equal(id, 107);
	assert_int_equal(scanned_by_position("alice", 27, &id), 0);
	assert_int_equal(id, 107);
	check_no_position("the last, plus one", "alice", 30);
}

static void positions_go_beyond_32_bits(void **state)
{
	(void)state;
	scratch_write("subuid", "alice:10:4294967286\n"
				"bob:5:1\n"
				"alice:0:10\n");
	check_position("all IDs in two ranges", "alice", 9, UINT64_C(4294967295));

	scratch_write("subuid", "alice:2:4294967294\n"
				"alice:2:4294967294\n"
				"alice:1:1\n");
	check_position("more positions than IDs", "alice", 1, UINT64_C(8589934588));
}

static void the_first_line_with_an_id_names_its_owner(void **state)
{
	uint64_t position;
	uint32_t id;

	(void)state;
	scratch_write("subuid", "carol:900:1\n"
				"alice:100:10\n"
				"bob:90:100\n"
				"alice:95:1\n");
	check_position("alice's line is the first", "alice", 105, 5);
	check_position("bob's line is the first", "bob", 95, 5);

	assert_int_equal(scanned_by_owner("bob", 105, &position), 0);
	assert_int_equal(position, 15);
	assert_int_equal(scanned_by_position("bob", 15, &id), 0);
	assert_int_equal(id, 105);
	assert_int_equal(scanned_by_owner("alice", 95, &position), 0);
	assert_int_equal(position, 10);
	check_not_owned_by("an owner of another ID", "carol", 105);
}

static void lines_that_delegate_nothing_are_ignored(void **state)
{
	(void)state;
	scratch_write("subuid", "# alice:1:1\n"
				"#alice:100:10\n"
				"\n"
				"alice:100\n"
				"alice:100:0\n"
				"alice:100:10:\n"
				"alice:100:99999999999\n"
				"+alice:100:10\n"
				" alice:100:10\n"
				"alice:300:10\n"
				"alice:100:10");
	check_position("the first good line", "alice", 300, 0);
	check_position("the last line, without a newline", "alice", 100, 10);
}

static void owners_are_compared_whole_and_as_written(void **state)
{
	uint64_t position;

	(void)state;
	scratch_write("subuid", "alic:100:10\n"
				"alice2:100:10\n"
				"Alice:100:10\n"
				"alice:100:10\n");
	assert_int_equal(scanned_by_owner("alice", 103, &position), 0);
	assert_int_equal(position, 3);
}

/* This holds although UID 1000 may be alice: see owner.h. */
static void a_number_and_a_name_are_two_owners(void **state)
{
	(void)state;
	scratch_write("subuid", "1000:100:10\n"
				"alice:200:10\n"
				"01000:300:10\n"
				"1000:400:10\n"
				"0x3e8:500:10\n"
				"4294967295:600:10\n");
	check_position("a number", "1000", 103, 3);
	check_position("its second range", "1000", 403, 13);
	check_position("a name", "alice", 203, 3);
	check_position("not canonical", "01000", 303, 3);
	check_position("hexadecimal", "0x3e8", 503, 3);
	check_position("not a UID", "4294967295", 603, 3);
	check_not_owned_by("another owner", "1000", 303);
	check_no_position("another owner", "1000", 20);
}

static void a_missing_or_empty_file_has_no_owners(void **state)
{
	const struct subid_owner alice = named_owner("alice");
	uint64_t position = 77;
	uint32_t id = 77;

	(void)state;
	assert_int_equal(subid_files_scan_id("missing", 100000, &scanned_owner, &position),
			 -ENOENT);
	assert_int_equal(subid_files_scan_owner("missing", &alice, 100000, &position), -ENOENT);
	assert_int_equal(subid_files_scan_position("missing", &alice, 0, &id), -ENOENT);
	assert_int_equal(position, 77);
	assert_int_equal(id, 77);
	assert_int_equal(inject_open_files(), 0);

	scratch_write("subuid", "");
	check_no_owner("an empty file", 100000);
	check_not_owned_by("an empty file", "alice", 100000);
	check_no_position("an empty file", "alice", 0);
}

static void a_scan_leaves_nothing_of_an_earlier_answer(void **state)
{
	(void)state;
	scratch_write("subuid", "alice-the-elder:100:10\nbob:200:10\n");
	check_position("a long name", "alice-the-elder", 103, 3);
	check_position("a shorter one", "bob", 203, 3);
}

static void a_file_larger_than_the_buffer_is_read_whole(void **state)
{
	(void)state;
	scanned_write(9000);
	for (size_t bytes = 1; bytes < 5000; bytes += 613) {
		inject_short_reads(bytes);
		check_position("behind the padding", "alice", 100005, 15);
		check_no_owner("an ID without an owner", 400000);
	}
}

/* A reader moves such a line to the front of its buffer, where the first line of the file stood. */
static void a_line_across_the_end_of_the_buffer_is_not_the_first(void **state)
{
	(void)state;
	for (size_t padding = SUBID_READER_BYTES - 50; padding < SUBID_READER_BYTES; padding++) {
		scanned_write(padding);
		check_position("across the end", "alice", 100005, 15);
	}
}

static void a_file_is_opened_once_for_a_question(void **state)
{
	uint64_t position;
	uint32_t id;

	(void)state;
	scanned_write(9000);
	assert_int_equal(scanned_by_id(100005, &position), 0);
	assert_int_equal(inject_calls(INJECT_OPEN), 1);
	assert_int_equal(scanned_by_owner("bob", 100005, &position), 0);
	assert_int_equal(inject_calls(INJECT_OPEN), 2);
	assert_int_equal(scanned_by_position("bob", 5, &id), 0);
	assert_int_equal(inject_calls(INJECT_OPEN), 3);
	assert_int_equal(inject_calls(INJECT_MMAP), 0);
}

int main(void)
{
#define FILES_TEST(name) cmocka_unit_test_setup(name, inject_reset)
	static const struct CMUnitTest tests[] = {
		FILES_TEST(a_range_has_its_own_ids_and_no_neighbour),
		FILES_TEST(positions_count_an_owners_ids_in_the_order_of_the_file),
		FILES_TEST(an_id_that_is_listed_twice_is_at_its_first_position),
		FILES_TEST(positions_go_beyond_32_bits),
		FILES_TEST(the_first_line_with_an_id_names_its_owner),
		FILES_TEST(lines_that_delegate_nothing_are_ignored),
		FILES_TEST(owners_are_compared_whole_and_as_written),
		FILES_TEST(a_number_and_a_name_are_two_owners),
		FILES_TEST(a_missing_or_empty_file_has_no_owners),
		FILES_TEST(a_scan_leaves_nothing_of_an_earlier_answer),
		FILES_TEST(a_file_larger_than_the_buffer_is_read_whole),
		FILES_TEST(a_line_across_the_end_of_the_buffer_is_not_the_first),
		FILES_TEST(a_file_is_opened_once_for_a_question),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
