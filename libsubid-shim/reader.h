/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "range.h"

/*
 * The buffer lies on the stack of the thread that looks up a user, so it is small: a
 * whole lookup stays under 16 KiB, the smallest stack of a thread (PTHREAD_STACK_MIN). The
 * buffer holds more than two of the longest lines, so the start of a line can be moved from
 * the end of the buffer to the front without an overlap.
 */
#define SUBID_READER_BYTES 4096

/*
 * A pass over the lines of a regular file. A caller may read `stamp`, `first` and `terminated`; the
 * other fields are private to reader.c.
 */
struct subid_reader {
	int fd;
	bool recent;	   /* the next version of the file may have the same stamp */
	bool at_eof;	   /* pread(2) has returned 0 */
	bool from_start;   /* buf holds the file from its first byte on, without a gap */
	bool first;	   /* the line delivered last is the first one of the file */
	bool terminated;   /* the line delivered last ends with a newline */
	bool exhausted;	   /* this pass has delivered every line */
	struct stat stamp; /* of the file when it was opened */
	uint64_t lines;	   /* delivered in this pass */
	uint64_t digest;   /* of the lines delivered, if recent */
	off_t offset;	   /* in the file, of the next byte to read */
	size_t begin;	   /* in buf, of the first byte that is not yet delivered */
	size_t end;	   /* in buf, behind the last byte read */
	char buf[SUBID_READER_BYTES];
};

/*
 * subid_reader_open: begin a pass over a file.
 *
 * @path: followed if it is a symbolic link.
 * Returns 0; -ENOENT if there is no such file or this process may not see it
 * (EACCES, EPERM: a confined process must see "no such user", not an error);
 * -EINVAL if it is not a regular file; or another negative errno.
 * Ownership: on success, end with subid_reader_close().
 * Safety: MT-Safe, AS-Unsafe, AC-Unsafe (fd). errno: clobbered, here and below.
 */
SUBID_CHECKED int subid_reader_open(struct subid_reader *reader, const char *path);

/*
 * subid_reader_next: the next line.
 *
 * @ret_text, @ret_len (bytes): the line without its newline. It may hold any bytes, and is
 * valid until the next call for this reader. A line longer than SUBID_LINE_MAX_BYTES is cut to
 * SUBID_LINE_MAX_BYTES + 1 bytes. Set on success only.
 * Returns 0, -ENOENT at the end, or another negative errno.
 */
SUBID_CHECKED int subid_reader_next(struct subid_reader *reader, const char **ret_text,
				    size_t *ret_len);

/*
 * subid_reader_buffered: the text that is read but not yet delivered.
 * subid_reader_skip: pass over lines of this text, which need not be delivered.
 *
 * The text begins at the start of a line, and may end in the middle of one. It is empty if
 * the file changed recently: subid_reader_verify() then compares every line, so every line
 * must be delivered.
 *
 * @ret_text, @ret_len (bytes): valid until the next call for this reader.
 * @bytes: the size of the lines to skip, with their newlines. They are whole lines at the start
 * of the text.
 */
__attribute__((nonnull)) void subid_reader_buffered(const struct subid_reader *reader,
						    const char **ret_text, size_t *ret_len);
__attribute__((nonnull)) void subid_reader_skip(struct subid_reader *reader, size_t bytes);

/*
 * subid_reader_rewind: begin a new pass. Earlier passes may have seen another version of
 * the file.
 */
__attribute__((nonnull)) void subid_reader_rewind(struct subid_reader *reader);

/*
 * subid_reader_verify: did the last pass see one version of the file?
 *
 * The pass began with subid_reader_open() or subid_reader_rewind(). The file's stamp must be the
 * same as when the file was opened. If the file changed shortly before it was opened, the stamp
 * proves nothing, so the lines are read once more and compared instead. Returns 0; -ESTALE if the
 * lines may be from different versions; or another negative errno.
 */
SUBID_CHECKED int subid_reader_verify(struct subid_reader *reader);

/* subid_reader_close: close the file. */
__attribute__((nonnull)) void subid_reader_close(struct subid_reader *reader);
