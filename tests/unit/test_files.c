/* SPDX-License-Identifier: BSD-3-Clause */
#include "files.h"

#include <errno.h>

#include "check.h"
#include "inject.h"
#include "scratch.h"

static struct subid_owner owner;

/* An owner as a question names it; "" is nobody yet. */
static void set_owner(const char *text, bool resolved)
{
	memset(&owner, 0x5a, sizeof(owner));
	owner.name_len = 0;
	owner.uid_len = 0;
	if (*text)
		assert_int_equal(subid_owner_set(&owner, text, strlen(text)), 0);
	owner.resolved = resolved;
}

static int ask(struct subid_place *place)
{
	int r = subid_files_ask("subuid", &owner, place);

	assert_int_equal(inject_open_files(), 0);
	return r;
}

static int seek_owner(uint32_t id, uint64_t *ret_position)
{
	struct subid_place place = { .sought = SUBID_SEEK_OWNER, .id = id, .position = 77 };
	int r = ask(&place);

	assert_int_equal(place.id, id);
	*ret_position = place.position;
	return r;
}

static int seek_position(uint32_t id, uint64_t *ret_position)
{
	struct subid_place place = { .sought = SUBID_SEEK_POSITION, .id = id, .position = 77 };
	int r = ask(&place);

	assert_int_equal(place.id, id);
	*ret_position = place.position;
	return r;
}

static int seek_id(uint64_t position, uint32_t *ret_id)
{
	struct subid_place place = { .sought = SUBID_SEEK_ID, .id = 77, .position = position };
	int r = ask(&place);

	assert_int_equal(place.position, position);
	*ret_id = place.id;
	return r;
}

/* One ID, its owner and its position, asked for in all three ways. */
static void check_place(const char *reason, const char *name, uint32_t id, uint64_t position)
{
	uint64_t got;
	uint32_t got_id;

	set_owner("", false);
	check_int(reason, seek_owner(id, &got), 0);
	check_text(reason, owner.name, name);
	check_int(reason, (intmax_t)got, (intmax_t)position);

	set_owner(name, false);
	check_int(reason, seek_position(id, &got), 0);
	check_int(reason, (intmax_t)got, (intmax_t)position);

	set_owner(name, false);
	check_int(reason, seek_id(position, &got_id), 0);
	check_int(reason, got_id, id);
}

static void check_no_owner(const char *reason, uint32_t id)
{
	uint64_t position;

	set_owner("", false);
	check_int(reason, seek_owner(id, &position), -ENOENT);
	check_int(reason, (intmax_t)position, 77);
}

static void one_range_has_its_own_ids_and_no_neighbour(void **state)
{
	uint32_t id;

	(void)state;
	scratch_write("subuid", "alice:100000:65536\n");
	check_place("the first", "alice", 100000, 0);
	check_place("the second", "alice", 100001, 1);
	check_place("the last", "alice", 165535, 65535);
	check_no_owner("before the first", 99999);
	check_no_owner("after the last", 165536);
	check_no_owner("0", 0);
	check_no_owner("2^32-1", UINT32_MAX);

	set_owner("alice", false);
	assert_int_equal(seek_id(65536, &id), -ENOENT);
	assert_int_equal(id, 77);
	assert_int_equal(seek_id(UINT64_MAX, &id), -ENOENT);
}

static void ranges_are_laid_end_to_end_in_the_order_of_the_file(void **state)
{
	(void)state;
	scratch_write("subuid", "bob:500:5\n"
				"alice:300000:10\n"
				"bob:700:5\n"
				"alice:100000:10\n"
				"alice:200000:1\n"
				"bob:600:5\n");
	check_place("the first in the file, not the lowest", "alice", 300000, 0);
	check_place("the end of the first", "alice", 300009, 9);
	check_place("the begin of the second", "alice", 100000, 10);
	check_place("the third", "alice", 200000, 20);
	check_place("another owner", "bob", 600, 10);
}

static void an_id_that_is_listed_twice_is_at_its_first_position(void **state)
{
	uint64_t position;
	uint32_t id;

	(void)state;
	scratch_write("subuid", "alice:100:10\n"
				"alice:105:10\n"
				"alice:100:10\n");
	set_owner("", false);
	assert_int_equal(seek_owner(107, &position), 0);
	assert_int_equal(position, 7);
	assert_int_equal(seek_position(107, &position), 0);
	assert_int_equal(position, 7);
	assert_int_equal(seek_position(114, &position), 0);
	assert_int_equal(position, 19);

	/* Its other positions are positions of it too. */
	assert_int_equal(seek_id(12, &id), 0);
	assert_int_equal(id, 107);
	assert_int_equal(seek_id(27, &id), 0);
	assert_int_equal(id, 107);
	assert_int_equal(seek_id(30, &id), -ENOENT);
}

static void positions_go_beyond_32_bits(void **state)
{
	(void)state;
	scratch_write("subuid", "alice:10:4294967286\n"
				"bob:5:1\n"
				"alice:0:10\n");
	check_place("all IDs in two ranges", "alice", 9, UINT64_C(4294967295));

	scratch_write("subuid", "alice:2:4294967294\n"
				"alice:2:4294967294\n"
				"alice:1:1\n");
	check_place("more positions than IDs", "alice", 1, UINT64_C(8589934588));
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
	check_place("alice's line is the first", "alice", 105, 5);
	check_place("bob's line is the first", "bob", 95, 5);

	set_owner("bob", false);
	assert_int_equal(seek_position(105, &position), 0);
	assert_int_equal(position, 15);
	assert_int_equal(seek_id(15, &id), 0);
	assert_int_equal(id, 105);
	set_owner("alice", false);
	assert_int_equal(seek_position(95, &position), 0);
	assert_int_equal(position, 10);
	set_owner("carol", false);
	assert_int_equal(seek_position(105, &position), -ENOENT);
	assert_int_equal(position, 77);
}

static void lines_that_delegate_nothing_are_not_there(void **state)
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
	check_place("the first good line", "alice", 300, 0);
	check_place("the last line, without a newline", "alice", 100, 10);
}

static void owners_are_compared_whole_and_as_written(void **state)
{
	uint64_t position;

	(void)state;
	scratch_write("subuid", "alic:100:10\n"
				"alice2:100:10\n"
				"Alice:100:10\n"
				"alice:100:10\n");
	set_owner("alice", false);
	assert_int_equal(seek_position(103, &position), 0);
	assert_int_equal(position, 3);
}

static void a_missing_or_empty_file_has_nobody(void **state)
{
	struct subid_place place = { .sought = SUBID_SEEK_OWNER, .id = 100000 };

	(void)state;
	set_owner("", false);
	assert_int_equal(subid_files_ask("missing", &owner, &place), -ENOENT);
	assert_int_equal(inject_open_files(), 0);

	scratch_write("subuid", "");
	check_no_owner("an empty file", 100000);
}

static void a_numeric_owner_is_unresolved_until_the_accounts_were_asked(void **state)
{
	uint64_t position;
	uint32_t id;

	(void)state;
	scratch_write("subuid", "1000:100000:65536\n");

	set_owner("", false);
	assert_int_equal(seek_owner(100005, &position), SUBID_UNRESOLVED);
	assert_string_equal(owner.name, "1000");
	owner.resolved = true;
	assert_int_equal(seek_owner(100005, &position), 0);
	assert_string_equal(owner.name, "1000");
	assert_int_equal(position, 5);

	set_owner("1000", false);
	assert_int_equal(seek_position(100005, &position), SUBID_UNRESOLVED);
	assert_int_equal(seek_id(5, &id), SUBID_UNRESOLVED);
	assert_int_equal(id, 77);

	set_owner("alice", false);
	assert_int_equal(seek_position(100005, &position), SUBID_UNRESOLVED);
	owner.resolved = true;
	assert_int_equal(seek_position(100005, &position), -ENOENT);
	subid_owner_set_uid(&owner, 1000);
	assert_int_equal(seek_position(100005, &position), 0);
	assert_int_equal(position, 5);
}

static void a_name_and_its_uid_are_one_owner_once_resolved(void **state)
{
	uint64_t position;
	uint32_t id;

	(void)state;
	scratch_write("subuid", "alice:100:10\n"
				"1000:200:10\n"
				"1001:300:10\n"
				"alice:400:10\n");
	set_owner("alice", true);
	subid_owner_set_uid(&owner, 1000);
	for (uint32_t i = 0; i < 30; i++) {
		static const uint32_t starts[] = { 100, 200, 400 };
		uint32_t want = starts[i / 10] + i % 10;

		assert_int_equal(seek_id(i, &id), 0);
		assert_int_equal(id, want);
		assert_int_equal(seek_owner(want, &position), 0);
		assert_int_equal(position, i);
		assert_string_equal(owner.name, "alice");
		assert_int_equal(owner.uid_len, 4);
	}
	assert_int_equal(seek_id(30, &id), -ENOENT);
}

static void only_a_file_with_numeric_owners_is_unresolved(void **state)
{
	static const struct {
		const char *file;
		int r;
		const char *reason;
	} rows[] = {
		{ "alice:100:10\n", 0, "no number" },
		{ "alice:100:10\n1000:200:10\n", 0, "a number after the answer changes nothing" },
		{ "1000:200:10\nalice:100:10\n", SUBID_UNRESOLVED, "a number before the answer" },
		{ "#1000:200:10\nalice:100:10\n", 0, "a number in a comment" },
		{ "1000:200:0\nalice:100:10\n", 0, "a number that has nothing" },
		{ "01000:200:10\nalice:100:10\n", 0, "no canonical number" },
		{ "4294967295:200:10\nalice:100:10\n", 0, "no UID" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t position;

		scratch_write("subuid", rows[i].file);
		set_owner("", false);
		check_int(rows[i].reason, seek_owner(103, &position), rows[i].r);
		check_text(rows[i].reason, owner.name, "alice");
		set_owner("alice", false);
		check_int(rows[i].reason, seek_position(103, &position), rows[i].r);
	}
}

static void an_owner_that_is_known_already_is_left_alone(void **state)
{
	uint64_t position;

	(void)state;
	scratch_write("subuid", "1000:100:10\nbob:200:10\n");
	set_owner("1000", false);
	assert_int_equal(subid_owner_set_account(&owner, "alice"), 0);
	owner.resolved = true;
	assert_int_equal(seek_owner(103, &position), 0);
	assert_string_equal(owner.name, "alice");
	assert_true(owner.resolved);

	assert_int_equal(seek_owner(203, &position), SUBID_UNRESOLVED);
	assert_string_equal(owner.name, "bob");
	assert_int_equal(owner.uid_len, 0);
	assert_false(owner.resolved);
}

/* Longer than a reader's buffer, with an answer at both ends of it. */
static void write_large(void)
{
	static char text[12000];

	(void)strcpy(text, "alice:300000:10\n");
	(void)strcat(text, scratch_padding(9000));
	(void)strcat(text, "alice:100000:65536\nbob:100000:65536\n");
	scratch_write("subuid", text);
}

static void a_file_larger_than_the_buffer_is_read_whole(void **state)
{
	(void)state;
	write_large();
	for (size_t bytes = 1; bytes < 5000; bytes += 613) {
		inject_short_reads(bytes);
		check_place("behind the padding", "alice", 100005, 15);
		check_no_owner("nowhere", 400000);
	}
}

static void a_file_is_opened_once_for_a_question(void **state)
{
	uint64_t position;

	(void)state;
	write_large();
	set_owner("", false);
	assert_int_equal(seek_owner(100005, &position), 0);
	assert_int_equal(inject_calls(INJECT_OPEN), 1);
	assert_int_equal(inject_calls(INJECT_GETPWUID), 0);
	assert_int_equal(inject_calls(INJECT_GETPWNAM), 0);
}

static void insert_before(void)
{
	scratch_overwrite("subuid", 0, "bob00:10:1000000000\n");
}

static void reassign(void)
{
	scratch_overwrite("subuid", 0, "bobby:100000:99\n");
}

static void a_file_that_changes_between_reads_is_stale(void **state)
{
	static const time_t clocks[] = { 60, 0 };

	(void)state;
	for (size_t k = 0; k < COUNT_OF(clocks); k++) {
		unsigned int stale = 0;

		for (unsigned int nth = 2;; nth++) {
			uint64_t position;
			int r;

			write_large();
			(void)inject_reset(NULL);
			inject_clock(clocks[k]);
			inject_before(INJECT_READ, nth, reassign);
			set_owner("", false);
			r = seek_owner(100005, &position);
			if (r == -ESTALE) {
				assert_int_equal(position, 77);
				stale++;
				continue;
			}
			assert_int_equal(r, 0);
			assert_string_equal(owner.name, "alice");
			assert_int_equal(position, 15);
			if (inject_calls(INJECT_READ) < nth)
				break;
			/* After the first line has been read for the last time. */
			assert_int_equal(clocks[k], 0);
		}
		assert_true(stale >= 4);
	}
}

static void another_owner_on_the_second_pass_is_stale(void **state)
{
	uint64_t position;

	(void)state;
	/* The guess stands behind the buffer, so the second pass is from the file. */
	write_large();
	scratch_overwrite("subuid", 0, "#...................\n");
	inject_clock(0);
	inject_before(INJECT_REREAD, 1, insert_before);
	set_owner("", false);
	assert_int_equal(seek_owner(100005, &position), -ESTALE);
	assert_int_equal(inject_calls(INJECT_REREAD), 1);
}

static void change_what_was_read(void)
{
	scratch_overwrite("subuid", 0, "bob");
}

static void absence_is_verified_like_presence(void **state)
{
	uint64_t position;

	(void)state;
	write_large();
	inject_clock(0);
	inject_before(INJECT_REREAD, 1, change_what_was_read);
	set_owner("", false);
	assert_int_equal(seek_owner(400000, &position), -ESTALE);

	write_large();
	(void)inject_reset(NULL);
	inject_before(INJECT_FSTAT, 2, change_what_was_read);
	set_owner("carol", false);
	assert_int_equal(seek_position(400000, &position), -ESTALE);
}

int main(void)
{
#define FILES_TEST(name) cmocka_unit_test_setup(name, inject_reset)
	static const struct CMUnitTest tests[] = {
		FILES_TEST(one_range_has_its_own_ids_and_no_neighbour),
		FILES_TEST(ranges_are_laid_end_to_end_in_the_order_of_the_file),
		FILES_TEST(an_id_that_is_listed_twice_is_at_its_first_position),
		FILES_TEST(positions_go_beyond_32_bits),
		FILES_TEST(the_first_line_with_an_id_names_its_owner),
		FILES_TEST(lines_that_delegate_nothing_are_not_there),
		FILES_TEST(owners_are_compared_whole_and_as_written),
		FILES_TEST(a_missing_or_empty_file_has_nobody),
		FILES_TEST(a_numeric_owner_is_unresolved_until_the_accounts_were_asked),
		FILES_TEST(a_name_and_its_uid_are_one_owner_once_resolved),
		FILES_TEST(only_a_file_with_numeric_owners_is_unresolved),
		FILES_TEST(an_owner_that_is_known_already_is_left_alone),
		FILES_TEST(a_file_larger_than_the_buffer_is_read_whole),
		FILES_TEST(a_file_is_opened_once_for_a_question),
		FILES_TEST(a_file_that_changes_between_reads_is_stale),
		FILES_TEST(another_owner_on_the_second_pass_is_stale),
		FILES_TEST(absence_is_verified_like_presence),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
