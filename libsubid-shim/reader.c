/* SPDX-License-Identifier: BSD-3-Clause */
#include "reader.h"

#include "line.h"
#include "stamp.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define DIGEST_BASIS UINT64_C(0xcbf29ce484222325) /* FNV-1a, 64 bits */
#define DIGEST_PRIME UINT64_C(0x100000001b3)

/*
 * Returns -errno. FUSE and seccomp can make any call fail with any errno, but two results would
 * mislead the caller, so -EIO replaces them: -ENOENT, which says that open(2) found no file; and
 * -ERANGE, which says that the buffer of glibc's caller is too small, so that the caller would try
 * larger and larger ones. (-ESTALE stays: it makes the caller read the file again, which does no
 * harm.)
 */
static int read_fault(void)
{
	return errno == ENOENT || errno == ERANGE ? -EIO : -errno;
}

static void begin_pass(struct subid_reader *reader)
{
	reader->begin = 0;
	reader->exhausted = false;
	reader->terminated = false;
	reader->lines = 0;
	reader->digest = DIGEST_BASIS;
}

static void begin_file(struct subid_reader *reader)
{
	reader->at_eof = false;
	reader->from_start = true;
	reader->offset = 0;
	reader->end = 0;
	begin_pass(reader);
}

static int check_file(struct subid_reader *reader)
{
	if (subid_stamp_of_file(reader->fd, &reader->stamp) < 0)
		return read_fault();
	if (!S_ISREG(reader->stamp.st_mode))
		return -EINVAL;

	reader->recent = subid_stamp_is_racy(&reader->stamp);
	return 0;
}

int subid_reader_open(struct subid_reader *reader, const char *path)
{
	int r;

	/* O_NONBLOCK: a FIFO in the place of the file must not hang sudo. */
	do
		reader->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	while (reader->fd < 0 && errno == EINTR);
	if (reader->fd < 0) {
		if (errno == ENOENT || errno == EACCES || errno == EPERM || errno == ENOTDIR)
			return -ENOENT;
		return read_fault();
	}

	r = check_file(reader);
	if (r < 0) {
		subid_reader_close(reader);
		return r;
	}

	begin_file(reader);
	return 0;
}

void subid_reader_close(struct subid_reader *reader)
{
	(void)close(reader->fd);
	reader->fd = -1;
}

/*
 * Moves the undelivered bytes to the front of the buffer. They are one line at most, and the
 * free space before them is at least as large, so source and destination do not overlap.
 */
static void move_down(struct subid_reader *reader)
{
	reader->end -= reader->begin;
	memcpy(reader->buf, reader->buf + reader->begin, reader->end);
	reader->begin = 0;
	reader->from_start = false;
}

/*
 * Keep the first SUBID_LINE_MAX_BYTES + 1 bytes of an overlong line and drop the others. This
 * frees the buffer for the bytes up to the line's newline.
 */
static void drop_rest(struct subid_reader *reader)
{
	reader->end = reader->begin + SUBID_LINE_MAX_BYTES + 1;
	reader->from_start = false;
	if (reader->begin > SUBID_LINE_MAX_BYTES)
		move_down(reader);
}

static int fill(struct subid_reader *reader)
{
	ssize_t n;

	if (reader->end == sizeof(reader->buf))
		move_down(reader);

	/* With read(2), a rewind would need lseek(2), one imported symbol more (see text.h). */
	do
		n = pread(reader->fd, reader->buf + reader->end, sizeof(reader->buf) - reader->end,
			  reader->offset);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return read_fault();

	reader->at_eof = n == 0;
	reader->offset += n;
	reader->end += (size_t)n;
	return 0;
}

static void digest_line(struct subid_reader *reader, const char *text, size_t len)
{
	uint64_t digest = reader->digest;

	for (size_t i = 0; i < len; i++)
		digest = (digest ^ (unsigned char)text[i]) * DIGEST_PRIME;
	reader->digest = (digest ^ '\n') * DIGEST_PRIME;
}

int subid_reader_next(struct subid_reader *reader, const char **ret_text, size_t *ret_len)
{
	for (;;) {
		const char *text = reader->buf + reader->begin;
		size_t have = reader->end - reader->begin;
		const char *newline = subid_text_find(text, text + have, '\n');
		size_t len = newline ? (size_t)(newline - text) : have;
		int r;

		/* The last line needs no newline. (shadow 4.20 refuses a file without it.) */
		if (newline || (reader->at_eof && have > 0)) {
			reader->first = reader->from_start && reader->begin == 0;
			reader->begin += newline ? len + 1 : len;
			reader->terminated = newline != NULL;
			reader->lines++;
			*ret_text = text;
			*ret_len = len <= SUBID_LINE_MAX_BYTES ? len : SUBID_LINE_MAX_BYTES + 1;
			if (reader->recent)
				digest_line(reader, *ret_text, *ret_len);
			return 0;
		}
		if (reader->at_eof) {
			reader->exhausted = true;
			return -ENOENT;
		}

		if (have > SUBID_LINE_MAX_BYTES)
			drop_rest(reader);
		r = fill(reader);
		if (r < 0)
			return r;
	}
}

void subid_reader_buffered(const struct subid_reader *reader, const char **ret_text,
			   size_t *ret_len)
{
	*ret_text = reader->buf + reader->begin;
	*ret_len = reader->recent ? 0 : reader->end - reader->begin;
}

void subid_reader_skip(struct subid_reader *reader, size_t bytes)
{
	reader->begin += bytes;
}

void subid_reader_rewind(struct subid_reader *reader)
{
	if (reader->from_start)
		begin_pass(reader);
	else
		begin_file(reader);
}

/*
 * Read the lines of the pass once more and compare them. The second reading begins when the first
 * one has ended. A byte that both readings find was in the file at the moment between them
 * (unless it was changed and changed back meanwhile). So if both find the same bytes, the file
 * held all of these bytes at that moment.
 */
static int compare_pass(struct subid_reader *reader)
{
	uint64_t lines = reader->lines, digest = reader->digest;
	bool exhausted = reader->exhausted, terminated = reader->terminated;
	const char *text;
	size_t len;
	int r = 0;

	begin_file(reader);
	while (r == 0 && reader->lines < lines) {
		r = subid_reader_next(reader, &text, &len);
	}
	if (r < 0)
		return r == -ENOENT ? -ESTALE : r;
	if (reader->digest != digest || reader->terminated != terminated)
		return -ESTALE;
	if (!exhausted)
		return 0;

	r = subid_reader_next(reader, &text, &len);
	if (r == 0)
		return -ESTALE;
	return r == -ENOENT ? 0 : r;
}

int subid_reader_verify(struct subid_reader *reader)
{
	struct stat now;

	if (reader->recent)
		return compare_pass(reader);

	if (subid_stamp_of_file(reader->fd, &now) < 0)
		return read_fault();
	return subid_stamp_equal(&now, &reader->stamp) ? 0 : -ESTALE;
}
