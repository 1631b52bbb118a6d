/* SPDX-License-Identifier: BSD-3-Clause */
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "check.h"
#include "inject.h"
#include "line.h"
#include "scratch.h"

#define TEXT(literal) literal, sizeof(literal) - 1

static struct subid_reader reader;

/* The contents of the file that is read. */
static struct {
	char bytes[65536];
	size_t len;
	size_t next; /* the offset of the first line that file_next() has not returned */
} file;

static void file_begin(void)
{
	file.len = 0;
	file.next = 0;
}

static void file_add(const char *bytes, size_t len)
{
	assert_in_range(len, 0, sizeof(file.bytes) - file.len);
	memcpy(file.bytes + file.len, bytes, len);
	file.len += len;
}

static void file_add_line(char filling, size_t len)
{
	assert_in_range(len + 1, 0, sizeof(file.bytes) - file.len);
	memset(file.bytes + file.len, filling, len);
	file.bytes[file.len + len] = '\n';
	file.len += len + 1;
}

static void file_write(const char *name)
{
	scratch_write_bytes(name, file.bytes, file.len);
}

/* The next line as reader.h specifies it. Returns false at the end. */
static bool file_next(const char **ret_text, size_t *ret_len)
{
	const char *text = file.bytes + file.next;
	size_t len = 0;

	if (file.next >= file.len)
		return false;
	while (file.next + len < file.len && text[len] != '\n')
		len++;
	file.next += len + 1;
	*ret_text = text;
	*ret_len = len > SUBID_LINE_MAX_BYTES ? SUBID_LINE_MAX_BYTES + 1 : len;
	return true;
}

static void open_reader(const char *path)
{
	memset(&reader, 0x5a, sizeof(reader));
	assert_int_equal(subid_reader_open(&reader, path), 0);
}

static void close_reader(void)
{
	subid_reader_close(&reader);
	assert_int_equal(inject_open_files(), 0);
}

/* Checks that one pass delivers every line of the file. */
static void check_pass(const char *reason)
{
	const char *got = NULL, *want = NULL;
	size_t got_len = 0, want_len = 0;

	file.next = 0;
	while (file_next(&want, &want_len)) {
		check_int(reason, subid_reader_next(&reader, &got, &got_len), 0);
		check_bytes(reason, got, got_len, want, want_len);
	}
	check_int(reason, subid_reader_next(&reader, &got, &got_len), -ENOENT);
	check_int(reason, subid_reader_next(&reader, &got, &got_len), -ENOENT);
}

/* Checks two passes over the file, once with an old stamp and once with a recent one. */
static void check_delivers(const char *reason)
{
	static const time_t clocks[] = { 60, 0 };

	file_write("lines");
	for (size_t i = 0; i < COUNT_OF(clocks); i++) {
		inject_clock(clocks[i]);
		open_reader("lines");
		check_pass(reason);
		subid_reader_rewind(&reader);
		check_pass(reason);
		check_int(reason, subid_reader_verify(&reader), 0);
		close_reader();
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
		file_begin();
		file_add(rows[i].bytes, rows[i].len);
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
			file_begin();
			for (size_t n = before[b]; n > 0;) {
				size_t line = n < 100 ? n : 100;

				file_add_line('b', line - 1);
				n -= line;
			}
			file_add_line('l', lengths[i]);
			file_add(TEXT("after\n"));
			check_delivers(reason);

			file.len -= sizeof("\nafter\n") - 1;
			check_delivers(reason);
		}
}

static int read_to_the_end(void)
{
	const char *text;
	size_t len;
	int r;

	while ((r = subid_reader_next(&reader, &text, &len)) == 0)
		;
	return r;
}

/* At some of these offsets the buffer ends just behind the bytes that are kept of the line. */
static void an_overlong_line_takes_at_most_eight_reads(void **state)
{
	static const size_t before[] = { 0, 1000, 3071, 3072 };

	(void)state;
	for (size_t b = 0; b < COUNT_OF(before); b++) {
		file_begin();
		if (before[b] > 0)
			file_add_line('b', before[b] - 1);
		file_add_line('l', 10000);
		file_write("lines");
		(void)inject_reset(NULL);
		open_reader("lines");
		check_int("bytes", read_to_the_end(), -ENOENT);
		assert_in_range(inject_calls(INJECT_READ), 4, 8);
		close_reader();
	}
}

static void delivers_files_that_fill_the_buffer_exactly(void **state)
{
	(void)state;
	for (size_t size = 2 * SUBID_READER_BYTES - 3; size <= 2 * SUBID_READER_BYTES + 3; size++)
		for (size_t half = 1; half <= 2; half++) {
			file_begin();
			while (file.len < size / half)
				file_add_line('x', 63);
			file.len = size / half;
			check_delivers("no newline at the end");
			file.bytes[file.len - 1] = '\n';
			check_delivers("a newline at the end");
		}
}

/* Sets the contents to lines of every kind, which are more than the buffer holds. */
static void file_set_all_kinds(void)
{
	file_begin();
	file_add(TEXT("alice:100000:65536\n\n#\nnul\0nul\n"));
	file_add_line('a', 1023);
	file_add_line('b', 1024);
	file_add_line('c', 5000);
	for (size_t len = 0; len < 60; len++)
		file_add_line('d', len);
	file_add(TEXT("the last line"));
}

static void short_reads_of_every_size_give_the_same_lines(void **state)
{
	(void)state;
	file_set_all_kinds();
	file_write("lines");
	for (size_t bytes = 1; bytes <= SUBID_READER_BYTES + 1; bytes++) {
		inject_short_reads(bytes);
		open_reader("lines");
		check_pass("a short read");
		close_reader();
	}
}

static void an_interrupted_call_is_repeated(void **state)
{
	(void)state;
	file_set_all_kinds();
	file_write("lines");
	inject_interrupt(INJECT_OPEN);
	inject_interrupt(INJECT_READ);
	inject_short_reads(100);
	open_reader("lines");
	assert_int_equal(inject_calls(INJECT_OPEN), 2);
	check_pass("an interrupted read");
	assert_int_equal(inject_calls(INJECT_READ) % 2, 0);
	close_reader();
}

static void an_interrupted_close_is_not_repeated(void **state)
{
	(void)state;
	scratch_write("lines", "a\n");
	inject_fail(INJECT_CLOSE, 1, EINTR);
	open_reader("lines");
	close_reader();
	assert_int_equal(inject_calls(INJECT_CLOSE), 1);
}

static void open_sets_cloexec_noctty_and_nonblock(void **state)
{
	(void)state;
	scratch_write("lines", "a\n");
	open_reader("lines");
	assert_int_equal(inject_open_flags() & O_ACCMODE, O_RDONLY);
	assert_true(inject_open_flags() & O_CLOEXEC);
	assert_true(inject_open_flags() & O_NOCTTY);
	assert_true(inject_open_flags() & O_NONBLOCK);
	close_reader();
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
		check_int(strerror(rows[i].fault), subid_reader_open(&reader, "lines"), rows[i].r);
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
		check_int(strerror(faults[i]), subid_reader_open(&reader, "lines"), -faults[i]);
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
		check_int(rows[i].path, subid_reader_open(&reader, rows[i].path), rows[i].r);
		assert_int_equal(inject_open_files(), 0);
	}
	(void)alarm(0);
}

static void open_follows_a_symbolic_link(void **state)
{
	(void)state;
	file_begin();
	file_add(TEXT("a\n"));
	file_write("lines");
	assert_int_equal(symlink("lines", "link"), 0);
	open_reader("link");
	check_pass("a link");
	close_reader();
}

/* Reads lines until the end or a fault, and checks each one. Returns the last result. */
static int read_and_check(void)
{
	const char *got = NULL, *want = NULL;
	size_t got_len = 0, want_len = 0;
	int r;

	while ((r = subid_reader_next(&reader, &got, &got_len)) == 0) {
		assert_true(file_next(&want, &want_len));
		check_bytes("a line before the fault", got, got_len, want, want_len);
	}
	return r;
}

static void a_read_that_fails_is_not_taken_for_the_end(void **state)
{
	unsigned int nth = 0;
	int r;

	(void)state;
	file_set_all_kinds();
	file_write("lines");
	do {
		(void)inject_reset(NULL);
		inject_short_reads(1000);
		inject_fail(INJECT_READ, ++nth, EIO);
		open_reader("lines");
		file.next = 0;
		r = read_and_check();
		close_reader();
		assert_int_equal(r, inject_has_failed(INJECT_READ) ? -EIO : -ENOENT);
	} while (r != -ENOENT);
	assert_true(nth > file.len / 1000);
}

static void an_enoent_after_the_open_is_returned_as_eio(void **state)
{
	const char *text;
	size_t len;

	(void)state;
	file_begin();
	file_add(TEXT("a\n"));
	file_write("lines");

	inject_fail(INJECT_FSTAT, 1, ENOENT);
	assert_int_equal(subid_reader_open(&reader, "lines"), -EIO);

	(void)inject_reset(NULL);
	open_reader("lines");
	inject_fail(INJECT_READ, 1, ENOENT);
	assert_int_equal(subid_reader_next(&reader, &text, &len), -EIO);
	inject_fail(INJECT_FSTAT, 2, ENOENT);
	assert_int_equal(subid_reader_verify(&reader), -EIO);
	close_reader();
}

static void rewind_rereads_only_what_has_left_the_buffer(void **state)
{
	(void)state;
	file_begin();
	file_add(TEXT("a\nb\n"));
	file_write("lines");
	open_reader("lines");
	check_pass("the first");
	inject_fail(INJECT_READ, INJECT_EVERY, EIO);
	subid_reader_rewind(&reader);
	check_pass("from the buffer");
	close_reader();

	(void)inject_reset(NULL);
	file_set_all_kinds();
	file_write("lines");
	open_reader("lines");
	check_pass("the first");
	subid_reader_rewind(&reader);
	assert_int_equal(inject_calls(INJECT_REREAD), 0);
	check_pass("from the file");
	assert_int_equal(inject_calls(INJECT_REREAD), 1);
	close_reader();
}

static void rewind_begins_at_the_first_line_after_any_number_of_lines(void **state)
{
	size_t lines = 0;
	const char *text;
	size_t len;

	(void)state;
	file_set_all_kinds();
	file_write("lines");
	for (file.next = 0; file_next(&text, &len);)
		lines++;
	for (size_t delivered = 0; delivered <= lines; delivered++) {
		open_reader("lines");
		for (size_t i = 0; i < delivered; i++)
			assert_int_equal(subid_reader_next(&reader, &text, &len), 0);
		subid_reader_rewind(&reader);
		check_pass("after a rewind");
		close_reader();
	}
}

static void verify_returns_the_faults_of_its_calls(void **state)
{
	(void)state;
	file_begin();
	file_add(TEXT("a\nb\n"));
	file_write("lines");

	inject_fail(INJECT_FSTAT, 2, EIO);
	open_reader("lines");
	check_pass("all");
	assert_int_equal(subid_reader_verify(&reader), -EIO);
	close_reader();

	(void)inject_reset(NULL);
	inject_clock(0);
	inject_fail(INJECT_REREAD, 1, EINVAL);
	open_reader("lines");
	check_pass("all");
	assert_int_equal(subid_reader_verify(&reader), -EINVAL);
	close_reader();

	/* Reads 3 and 4 are those of subid_reader_verify(): of the lines, and of the end. */
	for (unsigned int nth = 3; nth <= 4; nth++) {
		(void)inject_reset(NULL);
		inject_clock(0);
		inject_fail(INJECT_READ, nth, EIO);
		open_reader("lines");
		check_pass("all");
		assert_int_equal(subid_reader_verify(&reader), -EIO);
		close_reader();
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
	file_begin();
	file_add(TEXT("a\n"));
	file_write("lines");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		(void)inject_reset(NULL);
		inject_clock(rows[i].clock);
		open_reader("lines");
		check_pass(rows[i].reason);
		check_int(rows[i].reason, subid_reader_verify(&reader), 0);
		check_int(rows[i].reason, inject_calls(INJECT_REREAD), rows[i].compared);
		check_int(rows[i].reason, inject_calls(INJECT_FSTAT), rows[i].compared ? 1 : 2);
		close_reader();
	}

	(void)inject_reset(NULL);
	inject_fail(INJECT_TIME, 1, EFAULT);
	open_reader("lines");
	check_pass("the time is not known");
	assert_int_equal(subid_reader_verify(&reader), 0);
	assert_int_equal(inject_calls(INJECT_REREAD), 1);
	close_reader();
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
		open_reader("lines");
		check_int(rows[i].reason, subid_reader_verify(&reader), rows[i].r);
		close_reader();
	}
}

/* Writes 200 lines that begin with "old NNN", which are more than the buffer holds, and "end". */
static void write_old_version(void)
{
	char line[32];

	file_begin();
	for (int i = 0; i < 200; i++)
		file_add(line,
			 (size_t)snprintf(line, sizeof(line), "old %03d 4567890123456789\n", i));
	file_add(TEXT("end\n"));
	file_write("lines");
}

static void overwrite_first_line(void)
{
	scratch_overwrite("lines", 0, "new");
}

static void overwrite_last_line(void)
{
	scratch_overwrite("lines", file.len - 4, "END");
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

static void check_change(void (*change)(void), unsigned int before_read, time_t clock, int r)
{
	write_old_version();
	(void)inject_reset(NULL);
	inject_clock(clock);
	inject_before(INJECT_READ, before_read, change);
	open_reader("lines");
	assert_int_equal(read_to_the_end(), -ENOENT);
	/* To compare the stamp, subid_reader_verify() makes no read, so the change comes here. */
	if (inject_calls(INJECT_READ) < before_read && clock != 0)
		change();
	assert_int_equal(subid_reader_verify(&reader), r);
	close_reader();
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

static void verify_compares_no_line_that_was_not_delivered(void **state)
{
	const char *text;
	size_t len;

	(void)state;
	write_old_version();
	inject_clock(0);
	open_reader("lines");
	assert_int_equal(subid_reader_next(&reader, &text, &len), 0);
	overwrite_last_line();
	assert_int_equal(subid_reader_verify(&reader), 0);
	close_reader();

	open_reader("lines");
	assert_int_equal(subid_reader_next(&reader, &text, &len), 0);
	overwrite_first_line();
	assert_int_equal(subid_reader_verify(&reader), -ESTALE);
	close_reader();
}

/* Overwriting bytes from @offset on, between the two readings, is noticed. */
static void check_overwritten(const char *lines, size_t offset, const char *bytes)
{
	inject_clock(0);
	scratch_write("lines", lines);
	open_reader("lines");
	assert_int_equal(read_to_the_end(), -ENOENT);
	scratch_overwrite("lines", offset, bytes);
	assert_int_equal(subid_reader_verify(&reader), -ESTALE);
	close_reader();
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
	open_reader("lines");
	assert_int_equal(read_to_the_end(), -ENOENT);
	overwrite_first_line();
	subid_reader_rewind(&reader);
	assert_int_equal(subid_reader_next(&reader, &text, &len), 0);
	check_bytes("the new version", text, 3, "new", 3);
	assert_int_equal(subid_reader_verify(&reader), 0);
	close_reader();
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
			open_reader("lines");
			check_pass("the old file");
			/* The pass saw one version, but the loss of its name changes the ctime. */
			r = subid_reader_verify(&reader);
			assert_true(r == 0 || (r == -ESTALE && clocks[k] != 0));
			close_reader();
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
		READER_TEST(verify_returns_the_faults_of_its_calls),
		READER_TEST(verify_compares_a_file_that_may_change_without_a_new_stamp),
		READER_TEST(verify_looks_at_every_part_of_the_stamp),
		READER_TEST(verify_notices_every_change_of_lines_that_were_read),
		READER_TEST(verify_compares_no_line_that_was_not_delivered),
		READER_TEST(verify_notices_that_a_newline_has_moved),
		READER_TEST(verify_notices_that_the_last_newline_was_added),
		READER_TEST(verify_compares_only_the_last_pass),
		READER_TEST(a_file_replaced_while_it_is_read_gives_the_lines_of_the_old_one),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
