/* SPDX-License-Identifier: BSD-3-Clause */
#include "reading.h"

#include <errno.h>
#include <unistd.h>

#include "check.h"
#include "draft.h"
#include "inject.h"
#include "scratch.h"

static void verify_returns_the_faults_of_its_calls(void **state)
{
	(void)state;
	reading_write("a\nb\n");

	inject_fail(INJECT_FSTAT, 2, EIO);
	reading_open("lines");
	reading_check_pass("all");
	assert_int_equal(subid_reader_verify(&reading), -EIO);
	reading_close();

	(void)inject_reset(NULL);
	inject_clock(0);
	inject_fail(INJECT_REREAD, 1, EINVAL);
	reading_open("lines");
	reading_check_pass("all");
	assert_int_equal(subid_reader_verify(&reading), -EINVAL);
	reading_close();

	/* Reads 3 and 4 are those of subid_reader_verify(): of the lines, and of the end. */
	for (unsigned int nth = 3; nth <= 4; nth++) {
		(void)inject_reset(NULL);
		inject_clock(0);
		inject_fail(INJECT_READ, nth, EIO);
		reading_open("lines");
		reading_check_pass("all");
		assert_int_equal(subid_reader_verify(&reading), -EIO);
		reading_close();
	}
}

static void verify_compares_a_file_that_may_change_without_a_new_stamp(void **state)
{
	static const struct {
		time_t clock;
		bool compared;
		const char *reason;
	} rows[] = {
		{ 60, false, "an old file" },
		{ 5, false, "a file that changed seconds ago" },
		{ 0, true, "a file that changed just now" },
		{ -60, true, "a file that changed in the future" },
	};

	(void)state;
	reading_write("a\n");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		(void)inject_reset(NULL);
		inject_clock(rows[i].clock);
		reading_open("lines");
		reading_check_pass(rows[i].reason);
		check_int(rows[i].reason, subid_reader_verify(&reading), 0);
		check_int(rows[i].reason, inject_calls(INJECT_REREAD), rows[i].compared);
		check_int(rows[i].reason, inject_calls(INJECT_FSTAT), rows[i].compared ? 1 : 2);
		reading_close();
	}

	(void)inject_reset(NULL);
	inject_fail(INJECT_TIME, 1, EFAULT);
	reading_open("lines");
	reading_check_pass("the time is not known");
	assert_int_equal(subid_reader_verify(&reading), 0);
	assert_int_equal(inject_calls(INJECT_REREAD), 1);
	reading_close();
}

static void change_size(struct stat *stamp)
{
	stamp->st_size++;
}

static void change_mtime(struct stat *stamp)
{
	stamp->st_mtim.tv_sec++;
}

static void change_mtime_fraction(struct stat *stamp)
{
	stamp->st_mtim.tv_nsec ^= 1;
}

static void change_ctime(struct stat *stamp)
{
	stamp->st_ctim.tv_sec++;
}

static void change_ctime_fraction(struct stat *stamp)
{
	stamp->st_ctim.tv_nsec ^= 1;
}

static void change_atime_and_links(struct stat *stamp)
{
	stamp->st_atim.tv_sec++;
	stamp->st_nlink++;
}

static void verify_looks_at_every_part_of_the_stamp(void **state)
{
	static const struct {
		void (*edit)(struct stat *stamp);
		int r;
		const char *reason;
	} rows[] = {
		{ change_size, -ESTALE, "size" },
		{ change_mtime, -ESTALE, "mtime, seconds" },
		{ change_mtime_fraction, -ESTALE, "mtime, nanoseconds" },
		{ change_ctime, -ESTALE, "ctime, seconds" },
		{ change_ctime_fraction, -ESTALE, "ctime, nanoseconds" },
		{ change_atime_and_links, 0, "atime and the number of links" },
	};

	(void)state;
	scratch_write("lines", "a\n");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		(void)inject_reset(NULL);
		inject_stamp(2, rows[i].edit);
		reading_open("lines");
		check_int(rows[i].reason, subid_reader_verify(&reading), rows[i].r);
		reading_close();
	}
}

/* Writes 200 lines that begin with "old NNN", which are more than the buffer holds, and "end". */
static void write_old_version(void)
{
	draft_clear();
	for (int i = 0; i < 200; i++)
		draft_add("old %03d 4567890123456789\n", i);
	draft_add("end\n");
	draft_write("lines");
}

static void overwrite_first_line(void)
{
	scratch_overwrite("lines", 0, "new");
}

static void overwrite_last_line(void)
{
	scratch_overwrite("lines", draft.len - 4, "END");
}

static void append_line(void)
{
	scratch_append("lines", "new\n");
}

static void truncate_to_24_bytes(void)
{
	assert_int_equal(truncate("lines", 24), 0);
}

static void replace_file(void)
{
	scratch_replace("lines", "new\n");
}

/*
 * Makes a change before the read with the number @before_read, and checks that
 * subid_reader_verify() returns @r. With a @clock of 60 it compares the stamp, with 0 the lines.
 */
static void check_change(void (*change)(void), unsigned int before_read, time_t clock, int r)
{
	write_old_version();
	(void)inject_reset(NULL);
	inject_clock(clock);
	inject_before(INJECT_READ, before_read, change);
	reading_open("lines");
	assert_int_equal(reading_to_the_end(), -ENOENT);
	/* No read follows if subid_reader_verify() compares the stamp, so make the change here. */
	if (inject_calls(INJECT_READ) < before_read && clock != 0)
		change();
	assert_int_equal(subid_reader_verify(&reading), r);
	reading_close();
}

static void verify_notices_every_change_of_lines_that_were_read(void **state)
{
	static const struct {
		void (*change)(void);
		int halfway; /* the result of comparing, if the change comes between two reads */
	} rows[] = {
		{ overwrite_first_line, -ESTALE },
		{ truncate_to_24_bytes, -ESTALE },
		/* These change what has not been read yet. */
		{ overwrite_last_line, 0 },
		{ append_line, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_change(rows[i].change, 2, 60, -ESTALE);
		check_change(rows[i].change, 2, 0, rows[i].halfway);
		/* The pass needs three reads: two buffers, and one that finds the end. */
		check_change(rows[i].change, 4, 60, -ESTALE);
		check_change(rows[i].change, 4, 0, -ESTALE);
	}
}

static void verify_compares_only_lines_that_were_delivered(void **state)
{
	const char *text;
	size_t len;

	(void)state;
	write_old_version();
	inject_clock(0);
	reading_open("lines");
	assert_int_equal(subid_reader_next(&reading, &text, &len), 0);
	overwrite_last_line();
	assert_int_equal(subid_reader_verify(&reading), 0);
	reading_close();

	reading_open("lines");
	assert_int_equal(subid_reader_next(&reading, &text, &len), 0);
	overwrite_first_line();
	assert_int_equal(subid_reader_verify(&reading), -ESTALE);
	reading_close();
}

/* Checks that bytes that are overwritten, from @offset on, between the two readings are noticed. */
static void check_overwritten(const char *lines, size_t offset, const char *bytes)
{
	inject_clock(0);
	scratch_write("lines", lines);
	reading_open("lines");
	assert_int_equal(reading_to_the_end(), -ENOENT);
	scratch_overwrite("lines", offset, bytes);
	assert_int_equal(subid_reader_verify(&reading), -ESTALE);
	reading_close();
}

static void verify_notices_that_a_newline_has_moved(void **state)
{
	(void)state;
	check_overwritten("ab\nc\n", 0, "a\nbc\n");
}

static void verify_notices_that_the_last_newline_was_added(void **state)
{
	(void)state;
	check_overwritten("ab\nc", 4, "\n");
}

static void verify_compares_only_the_last_pass(void **state)
{
	const char *text;
	size_t len;

	(void)state;
	write_old_version();
	inject_clock(0);
	reading_open("lines");
	assert_int_equal(reading_to_the_end(), -ENOENT);
	overwrite_first_line();
	subid_reader_rewind(&reading);
	assert_int_equal(subid_reader_next(&reading, &text, &len), 0);
	check_bytes("the new version", text, 3, "new", 3);
	assert_int_equal(subid_reader_verify(&reading), 0);
	reading_close();
}

static void a_file_replaced_while_it_is_read_gives_the_lines_of_the_old_one(void **state)
{
	static const time_t clocks[] = { 60, 0 };

	(void)state;
	for (size_t k = 0; k < COUNT_OF(clocks); k++)
		for (unsigned int nth = 1; nth <= 3; nth++) {
			int r;

			write_old_version();
			(void)inject_reset(NULL);
			inject_clock(clocks[k]);
			inject_before(INJECT_READ, nth, replace_file);
			reading_open("lines");
			reading_check_pass("the old file");
			/* The pass saw one version, but the file's ctime changes with its name. */
			r = subid_reader_verify(&reading);
			assert_true(r == 0 || (r == -ESTALE && clocks[k] != 0));
			reading_close();
		}
}

int main(void)
{
#define READER_TEST(name) cmocka_unit_test_setup(name, inject_reset)
	static const struct CMUnitTest tests[] = {
		READER_TEST(verify_returns_the_faults_of_its_calls),
		READER_TEST(verify_compares_a_file_that_may_change_without_a_new_stamp),
		READER_TEST(verify_looks_at_every_part_of_the_stamp),
		READER_TEST(verify_notices_every_change_of_lines_that_were_read),
		READER_TEST(verify_compares_only_lines_that_were_delivered),
		READER_TEST(verify_notices_that_a_newline_has_moved),
		READER_TEST(verify_notices_that_the_last_newline_was_added),
		READER_TEST(verify_compares_only_the_last_pass),
		READER_TEST(a_file_replaced_while_it_is_read_gives_the_lines_of_the_old_one),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
