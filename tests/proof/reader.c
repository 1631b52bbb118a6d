/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The functions of the reader, from chosen states of its buffer, with system calls that may
 * return anything.
 */
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "line.h"
#include "proof.h"

static int fault(void)
{
	errno = Frama_C_interval(1, 4095);
	return -1;
}

int open(const char *path, int flags, ...)
{
	(void)path, (void)flags;
	return proof_choose() ? fault() : Frama_C_interval(0, INT32_MAX);
}

int close(int fd)
{
	(void)fd;
	return proof_choose() ? fault() : 0;
}

int fstatat(int fd, const char *path, struct stat *ret, int flags)
{
	(void)fd, (void)path, (void)flags;
	if (proof_choose())
		return fault();
	proof_any(ret, sizeof(*ret));
	return 0;
}

int clock_gettime(clockid_t clock, struct timespec *ret)
{
	(void)clock;
	if (proof_choose())
		return fault();
	ret->tv_sec = Frama_C_long_interval(0, INT32_MAX);
	ret->tv_nsec = Frama_C_long_interval(0, 999999999);
	return 0;
}

/* Two calls may find something: a byte, or as much as there is room for. */
ssize_t pread(int fd, void *buf, size_t size, off_t offset)
{
	static int calls;

	(void)fd;
	//@ assert offset: 0 <= offset;
	if (proof_choose())
		return fault();
	if (calls == 2 || proof_choose())
		return 0;
	calls++;
	proof_any(buf, size);
	return proof_choose() ? 1 : (ssize_t)size;
}

static size_t place(void)
{
	switch (Frama_C_interval(0, 2)) {
	case 0:
		return 0;
	case 1:
		return SUBID_LINE_MAX_BYTES + 1;
	default:
		return SUBID_READER_BYTES - 1;
	}
}

static void choose(struct subid_reader *reader, size_t begin, size_t end)
{
	reader->begin = begin;
	reader->end = end;
	reader->at_eof = proof_choose();
	reader->recent = proof_choose();
	reader->from_start = proof_choose();
	reader->offset = Frama_C_long_interval(0, INT32_MAX);
	proof_any(reader->buf, end);
}

static void step(size_t begin, size_t end)
{
	struct subid_reader reader;
	const char *text;
	size_t len;

	if (subid_reader_open(&reader, "/etc/subuid") < 0)
		return;
	choose(&reader, begin, end);
	if (subid_reader_next(&reader, &text, &len) == 0) {
		//@ assert len: len <= SUBID_LINE_MAX_BYTES + 1;
		//@ assert text: \valid_read(text + (0 .. len - 1));
		//@ assert places: 1 <= reader.begin && reader.end <= SUBID_READER_BYTES;
	}
	subid_reader_buffered(&reader, &text, &len);
	subid_reader_skip(&reader, 0);
	subid_reader_rewind(&reader);
	subid_reader_close(&reader);
}

int main(void)
{
	size_t begin = place(), end = proof_choose() ? SUBID_READER_BYTES : place();

	if (begin <= end)
		step(begin, end);
	return 0;
}
