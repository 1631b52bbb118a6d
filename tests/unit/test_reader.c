/* SPDX-License-Identifier: BSD-3-Clause */
#include "reading.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "check.h"
#include "draft.h"
#include "inject.h"
#include "scratch.h"

#define TEXT(literal) literal, sizeof(literal) - 1

static void add_line(char filling, size_t len)
{
	assert_in_range(len + 1, 0, sizeof(draft.text) - draft.len);
	memset(draft.text + draft.len, filling, len);
	draft.text[draft.len + len] = '\n';
	draft.len += len + 1;
}

/* Checks two passes over the file, once with an old stamp and once with a recent one. */
static void check_delivers(const char *reason)
{
	static const time_t clocks[] = { 60, 0 };

	draft_write("lines");
	for (size_t i = 0; i < COUNT_OF(clocks); i++) {
		inject_clock(clocks[i]);
		reading_open("lines");
		reading_check_pass(reason);
		subid_reader_rewind(&reading);
		reading_check_pass(reason);
		check_int(reason, subid_reader_verify(&reading), 0);
		reading_close();
	}
}

static void delivers_lines_of_any_bytes_without_their_newlines(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *reason;
	} rows[] = {
		{ TEXT(""), "an empty file" },
		{ TEXT("\n"), "an empty line" },
		{ TEXT("\n\n\n"), "empty lines" },
		{ TEXT("a"), "one byte" },
		{ TEXT("a\n"), "one line" },
		{ TEXT("a\nb"), "no newline at the end" },
		{ TEXT("a\n\nb\n"), "an empty line between two" },
		{ TEXT("a\0b\nc\n"), "a NUL inside a line" },
		{ TEXT("\0\n\0"), "lines of one NUL" },
		{ TEXT("a\r\nb\r\n"), "carriage returns" },
		{ TEXT("\xff\xfe\n\x80"), "bytes that are not UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		draft_clear();
		draft_add_bytes(rows[i].bytes, rows[i].len);
		check_delivers(rows[i].reason);
	}
}

static void cuts_an_overlong_line_at_any_offset(void **state)
{
	static const size_t lengths[] = {
		1021, 1022, 1023, 1024, 1025, 2048, 4094, 4095, 4096, 4097, 5119, 5120, 8192, 10000,
	};
	static const size_t before[] = { 0, 1, 1000, 1023, 3071, 3072, 3073, 4094, 4095, 4096 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lengths); i++)
		for (size_t b = 0; b < COUNT_OF(before); b++) {
			char reason[64];

			(void)snprintf(reason, sizeof(reason), "%zu bytes after %zu", lengths[i],
				       before[b]);
			draft_clear();
			for (size_t n = before[b]; n > 0;) {
				size_t line = n < 100 ? n : 100;

				add_line('b', line - 1);
				n -= line;
			}
			add_line('l', lengths[i]);
			draft_add("after\n");
			check_delivers(reason);

			draft.len -= sizeof("\nafter\n") - 1;
			check_delivers(reason);
		}
}

/* At some of these offsets the buffer ends just behind the bytes that are kept of the line. */
static void an_overlong_line_takes_at_most_eight_reads(void **state)
{
	static const size_t before[] = { 0, 1000, 3071, 3072 };

	(void)state;
	for (size_t b = 0; b < COUNT_OF(before); b++) {
		draft_clear();
		if (before[b] > 0)
			add_line('b', before[b] - 1);
		add_line('l', 10000);
		draft_write("lines");
		(void)inject_reset(NULL);
		reading_open("lines");
		check_int("bytes", reading_to_the_end(), -ENOENT);
		assert_in_range(inject_calls(INJECT_READ), 4, 8);
		reading_close();
	}
}

static void delivers_files_that_fill_the_buffer_exactly(void **state)
{
	(void)state;
	for (size_t size = 2 * SUBID_READER_BYTES - 3; size <= 2 * SUBID_READER_BYTES + 3; size++)
		for (size_t half = 1; half <= 2; half++) {
			draft_clear();
			while (draft.len < size / half)
				add_line('x', 63);
			draft.len = size / half;
			check_delivers("no newline at the end");
			draft.text[draft.len - 1] = '\n';
			check_delivers("a newline at the end");
		}
}

/* Writes lines of every kind, which are more than the buffer holds. */
static void write_all_kinds(void)
{
	draft_clear();
	draft_add_bytes(TEXT("alice:100000:65536\n\n#\nnul\0nul\n"));
	add_line('a', 1023);
	add_line('b', 1024);
	add_line('c', 5000);
	for (size_t len = 0; len < 60; len++)
		add_line('d', len);
	draft_add("the last line");
	draft_write("lines");
}

static void short_reads_of_every_size_give_the_same_lines(void **state)
{
	(void)state;
	write_all_kinds();
	for (size_t bytes = 1; bytes <= SUBID_READER_BYTES + 1; bytes++) {
		inject_short_reads(bytes);
		reading_open("lines");
		reading_check_pass("a short read");
		reading_close();
	}
}

static void an_interrupted_call_is_repeated(void **state)
{
	(void)state;
	write_all_kinds();
	inject_interrupt(INJECT_OPEN);
	inject_interrupt(INJECT_READ);
	inject_short_reads(100);
	reading_open("lines");
	assert_int_equal(inject_calls(INJECT_OPEN), 2);
	reading_check_pass("an interrupted read");
	assert_int_equal(inject_calls(INJECT_READ) % 2, 0);
	reading_close();
}

static void an_interrupted_close_is_not_repeated(void **state)
{
	(void)state;
	scratch_write("lines", "a\n");
	inject_fail(INJECT_CLOSE, 1, EINTR);
	reading_open("lines");
	reading_close();
	assert_int_equal(inject_calls(INJECT_CLOSE), 1);
}

static void open_sets_cloexec_noctty_and_nonblock(void **state)
{
	(void)state;
	scratch_write("lines", "a\n");
	reading_open("lines");
	assert_int_equal(inject_open_flags() & O_ACCMODE, O_RDONLY);
	assert_true(inject_open_flags() & O_CLOEXEC);
	assert_true(inject_open_flags() & O_NOCTTY);
	assert_true(inject_open_flags() & O_NONBLOCK);
	reading_close();
}

static void open_returns_its_errno_or_enoent_if_the_file_may_not_be_seen(void **state)
{
	static const struct {
		int fault, r;
	} rows[] = {
		{ ENOENT, -ENOENT },
		{ EACCES, -ENOENT },
		{ EPERM, -ENOENT },
		{ ENOTDIR, -ENOENT },
		{ EMFILE, -EMFILE },
		{ ENFILE, -ENFILE },
		{ ENOMEM, -ENOMEM },
		{ EAGAIN, -EAGAIN },
		{ EIO, -EIO },
		{ ELOOP, -ELOOP },
		{ ENXIO, -ENXIO },
		{ EOVERFLOW, -EOVERFLOW },
		{ ENAMETOOLONG, -ENAMETOOLONG },
	};

	(void)state;
	scratch_write("lines", "a\n");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		(void)inject_reset(NULL);
		inject_fail(INJECT_OPEN, 1, rows[i].fault);
		check_int(strerror(rows[i].fault), subid_reader_open(&reading, "lines"), rows[i].r);
		assert_int_equal(inject_calls(INJECT_CLOSE), 0);
	}
}

static void open_fails_and_closes_when_the_file_cannot_be_examined(void **state)
{
	static const int faults[] = { EIO, ENOMEM, EOVERFLOW, EACCES };

	(void)state;
	scratch_write("lines", "a\n");
	for (size_t i = 0; i < COUNT_OF(faults); i++) {
		(void)inject_reset(NULL);
		inject_fail(INJECT_FSTAT, 1, faults[i]);
		inject_fail(INJECT_CLOSE, 1, EINTR);
		check_int(strerror(faults[i]), subid_reader_open(&reading, "lines"), -faults[i]);
		assert_int_equal(inject_calls(INJECT_OPEN), 1);
		assert_int_equal(inject_open_files(), 0);
	}
}

static void open_refuses_what_is_not_a_regular_file_without_waiting(void **state)
{
	static const struct {
		const char *path;
		int r;
	} rows[] = {
		{ "fifo", -EINVAL },	      { "directory", -EINVAL },
		{ "/dev/null", -EINVAL },     { "link-to-fifo", -EINVAL },
		{ "missing", -ENOENT },	      { "link-to-missing", -ENOENT },
		{ "lines/below", -ENOENT },   { "missing/below", -ENOENT },
		{ "link-to-itself", -ELOOP },
	};

	(void)state;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(mkdir("directory", 0700), 0);
	assert_int_equal(symlink("fifo", "link-to-fifo"), 0);
	assert_int_equal(symlink("missing", "link-to-missing"), 0);
	assert_int_equal(symlink("link-to-itself", "link-to-itself"), 0);
	scratch_write("lines", "a\n");

	(void)alarm(20);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_int(rows[i].path, subid_reader_open(&reading, rows[i].path), rows[i].r);
		assert_int_equal(inject_open_files(), 0);
	}
	(void)alarm(0);
}

static void open_follows_a_symbolic_link(void **state)
{
	(void)state;
	reading_write("a\n");
	assert_int_equal(symlink("lines", "link"), 0);
	reading_open("link");
	reading_check_pass("a link");
	reading_close();
}

static void a_read_that_fails_is_not_taken_for_the_end(void **state)
{
	unsigned int nth = 0;
	int r;

	(void)state;
	write_all_kinds();
	do {
		(void)inject_reset(NULL);
		inject_short_reads(1000);
		inject_fail(INJECT_READ, ++nth, EIO);
		reading_open("lines");
		r = reading_check_until_fault();
		reading_close();
		assert_int_equal(r, inject_has_failed(INJECT_READ) ? -EIO : -ENOENT);
	} while (r != -ENOENT);
	assert_true(nth > draft.len / 1000);
}

static void an_enoent_after_the_open_is_returned_as_eio(void **state)
{
	const char *text;
	size_t len;

	(void)state;
	reading_write("a\n");

	inject_fail(INJECT_FSTAT, 1, ENOENT);
	assert_int_equal(subid_reader_open(&reading, "lines"), -EIO);

	(void)inject_reset(NULL);
	reading_open("lines");
	inject_fail(INJECT_READ, 1, ENOENT);
	assert_int_equal(subid_reader_next(&reading, &text, &len), -EIO);
	inject_fail(INJECT_FSTAT, 2, ENOENT);
	assert_int_equal(subid_reader_verify(&reading), -EIO);
	reading_close();
}

static void rewind_rereads_only_what_has_left_the_buffer(void **state)
{
	(void)state;
	reading_write("a\nb\n");
	reading_open("lines");
	reading_check_pass("the first");
	inject_fail(INJECT_READ, INJECT_EVERY, EIO);
	subid_reader_rewind(&reading);
	reading_check_pass("from the buffer");
	reading_close();

	(void)inject_reset(NULL);
	write_all_kinds();
	reading_open("lines");
	reading_check_pass("the first");
	subid_reader_rewind(&reading);
	assert_int_equal(inject_calls(INJECT_REREAD), 0);
	reading_check_pass("from the file");
	assert_int_equal(inject_calls(INJECT_REREAD), 1);
	reading_close();
}

static void rewind_begins_at_the_first_line_after_any_number_of_lines(void **state)
{
	size_t lines = 1; /* the last one, which has no newline */
	const char *text;
	size_t len;

	(void)state;
	write_all_kinds();
	for (size_t i = 0; i < draft.len; i++)
		lines += draft.text[i] == '\n';
	for (size_t delivered = 0; delivered <= lines; delivered++) {
		reading_open("lines");
		for (size_t i = 0; i < delivered; i++)
			assert_int_equal(subid_reader_next(&reading, &text, &len), 0);
		subid_reader_rewind(&reading);
		reading_check_pass("after a rewind");
		reading_close();
	}
}

int main(void)
{
#define READER_TEST(name) cmocka_unit_test_setup(name, inject_reset)
	static const struct CMUnitTest tests[] = {
		READER_TEST(delivers_lines_of_any_bytes_without_their_newlines),
		READER_TEST(cuts_an_overlong_line_at_any_offset),
		READER_TEST(an_overlong_line_takes_at_most_eight_reads),
		READER_TEST(delivers_files_that_fill_the_buffer_exactly),
		READER_TEST(short_reads_of_every_size_give_the_same_lines),
		READER_TEST(an_interrupted_call_is_repeated),
		READER_TEST(an_interrupted_close_is_not_repeated),
		READER_TEST(open_sets_cloexec_noctty_and_nonblock),
		READER_TEST(open_returns_its_errno_or_enoent_if_the_file_may_not_be_seen),
		READER_TEST(open_fails_and_closes_when_the_file_cannot_be_examined),
		READER_TEST(open_refuses_what_is_not_a_regular_file_without_waiting),
		READER_TEST(open_follows_a_symbolic_link),
		READER_TEST(a_read_that_fails_is_not_taken_for_the_end),
		READER_TEST(an_enoent_after_the_open_is_returned_as_eio),
		READER_TEST(rewind_rereads_only_what_has_left_the_buffer),
		READER_TEST(rewind_begins_at_the_first_line_after_any_number_of_lines),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
