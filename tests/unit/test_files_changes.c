/* SPDX-License-Identifier: BSD-3-Clause */
#include "scanned.h"

#include <errno.h>
#include <unistd.h>

#include "check.h"
#include "inject.h"
#include "scratch.h"

static void overwrite_line_1_with_a_wide_range(void)
{
	scratch_overwrite("subuid", 0, "bob00:10:1000000000\n");
}

static void overwrite_line_1_with_another_owner(void)
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

			scanned_write(9000);
			(void)inject_reset(NULL);
			inject_clock(clocks[k]);
			inject_before(INJECT_READ, nth, overwrite_line_1_with_another_owner);
			r = scanned_by_id(100005, &position);
			if (r == -ESTALE) {
				assert_int_equal(position, 77);
				stale++;
				continue;
			}
			assert_int_equal(r, 0);
			assert_string_equal(scanned_owner.text, "alice");
			assert_int_equal(position, 15);
			if (inject_calls(INJECT_READ) < nth)
				break;
			/* Comparing does not notice a change after the last read of line 1. */
			assert_int_equal(clocks[k], 0);
		}
		assert_true(stale >= 4);
	}
}

/*
 * A scan for an ID of alice's second range is stale if @change is made before its second pass,
 * which reads the file again, because it does not fit into the buffer.
 */
static void check_stale_on_the_second_pass(const char *line_1, void (*change)(void))
{
	uint64_t position;

	scanned_write(9000);
	scratch_overwrite("subuid", 0, line_1);
	inject_clock(0);
	inject_before(INJECT_REREAD, 1, change);
	assert_int_equal(scanned_by_id(100005, &position), -ESTALE);
	assert_int_equal(inject_calls(INJECT_REREAD), 1);
	assert_int_equal(position, 77);
}

static void an_id_of_another_owner_on_the_second_pass_is_stale(void **state)
{
	(void)state;
	check_stale_on_the_second_pass("#...................\n",
				       overwrite_line_1_with_a_wide_range);
}

static void overwrite_line_1_with_the_same_range(void)
{
	scratch_overwrite("subuid", 0, "bob00:100000:65536\n");
}

/* The new first line is of another owner, and has the same range as the owner's line. */
static void the_same_range_of_another_owner_on_the_second_pass_is_stale(void **state)
{
	(void)state;
	check_stale_on_the_second_pass("#.................\n",
				       overwrite_line_1_with_the_same_range);
}

static void truncate_to_100_bytes(void)
{
	assert_int_equal(truncate("subuid", 100), 0);
}

static void a_range_that_is_gone_on_the_second_pass_is_stale(void **state)
{
	(void)state;
	check_stale_on_the_second_pass("alice", truncate_to_100_bytes);
}

static void overwrite_3_bytes(void)
{
	scratch_overwrite("subuid", 0, "bob");
}

static void a_scan_that_finds_nothing_is_verified_too(void **state)
{
	uint64_t position;
	uint32_t id;

	(void)state;
	scanned_write(9000);
	inject_clock(0);
	inject_before(INJECT_REREAD, 1, overwrite_3_bytes);
	assert_int_equal(scanned_by_id(400000, &position), -ESTALE);

	scanned_write(9000);
	(void)inject_reset(NULL);
	inject_before(INJECT_FSTAT, 2, overwrite_3_bytes);
	assert_int_equal(scanned_by_owner("carol", 400000, &position), -ESTALE);

	scanned_write(9000);
	(void)inject_reset(NULL);
	inject_before(INJECT_FSTAT, 2, overwrite_3_bytes);
	assert_int_equal(scanned_by_position("carol", 0, &id), -ESTALE);
	assert_int_equal(id, 77);
}

static void each_scan_returns_its_faults(void **state)
{
	static const struct {
		enum inject_call call;
		unsigned int nth;
		int fault, r;
	} rows[] = {
		{ INJECT_OPEN, 1, EMFILE, -EMFILE },  { INJECT_OPEN, 1, EACCES, -ENOENT },
		{ INJECT_OPEN, 1, EPERM, -ENOENT },   { INJECT_FSTAT, 1, ENOMEM, -ENOMEM },
		{ INJECT_FSTAT, 2, ENOMEM, -ENOMEM }, { INJECT_READ, 1, EIO, -EIO },
		{ INJECT_READ, 2, EIO, -EIO },	      { INJECT_READ, 3, EIO, -EIO },
	};

	(void)state;
	scanned_write(9000);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t position;
		uint32_t id;

		(void)inject_reset(NULL);
		inject_fail(rows[i].call, rows[i].nth, rows[i].fault);
		check_int("by ID", scanned_by_id(100005, &position), rows[i].r);
		check_int("by ID", (intmax_t)position, 77);
		assert_true(inject_has_failed(rows[i].call));

		(void)inject_reset(NULL);
		inject_fail(rows[i].call, rows[i].nth, rows[i].fault);
		check_int("by owner", scanned_by_owner("bob", 100005, &position), rows[i].r);
		check_int("by owner", (intmax_t)position, 77);
		assert_true(inject_has_failed(rows[i].call));

		(void)inject_reset(NULL);
		inject_fail(rows[i].call, rows[i].nth, rows[i].fault);
		check_int("by position", scanned_by_position("bob", 5, &id), rows[i].r);
		check_int("by position", id, 77);
		assert_true(inject_has_failed(rows[i].call));
	}
}

int main(void)
{
#define FILES_TEST(name) cmocka_unit_test_setup(name, inject_reset)
	static const struct CMUnitTest tests[] = {
		FILES_TEST(a_file_that_changes_between_reads_is_stale),
		FILES_TEST(an_id_of_another_owner_on_the_second_pass_is_stale),
		FILES_TEST(the_same_range_of_another_owner_on_the_second_pass_is_stale),
		FILES_TEST(a_range_that_is_gone_on_the_second_pass_is_stale),
		FILES_TEST(a_scan_that_finds_nothing_is_verified_too),
		FILES_TEST(each_scan_returns_its_faults),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
