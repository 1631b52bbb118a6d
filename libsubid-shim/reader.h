/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "range.h"

/*
 * The buffer lies on the stack of the thread that looks up a user, so it is small: a
 * whole lookup stays under 16 KiB, the least a thread can have (PTHREAD_STACK_MIN). It
 * holds more than two of the longest lines, so a full buffer without a newline is an
 * overlong line.
 */
#define SUBID_READER_BYTES 4096

/* A pass over the lines of a regular file. Fields are the reader's own. */
struct subid_reader {
	int fd;
	bool recent;	 /* changed so recently that its stamp may not tell */
	bool at_eof;	 /* pread(2) has returned 0 */
	bool from_start; /* buf[0] is the first byte of the file */
	bool terminated; /* the last line delivered ends with a newline */
	bool exhausted;	 /* this pass has delivered every line */
	struct stat stamp;
	uint64_t lines;	 /* delivered in this pass */
	uint64_t digest; /* of the lines delivered, kept while recent */
	off_t offset;	 /* of the bytes not yet read */
	size_t begin;	 /* of the bytes not yet delivered */
	size_t end;
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
 * @ret_text, @ret_len: set when a line is delivered, without its newline, any
 * bytes, valid until the next call. A line longer than SUBID_LINE_MAX_BYTES is
 * delivered one byte longer than that, without the rest of it.
 * Returns 0, -ENOENT at the end, or another negative errno.
 */
SUBID_CHECKED int subid_reader_next(struct subid_reader *reader, const char **ret_text,
				    size_t *ret_len);

/*
 * subid_reader_buffered, subid_reader_skip: pass over lines that need not be delivered.
 * The buffered text begins with a line and need not end with one. It is empty where the
 * file changed recently: then every line is delivered, because it is compared later.
 *
 * @ret_text, @ret_len: valid until the next call of any function here.
 * @bytes: a number of whole lines at the start of the buffered text.
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
 * The lines delivered since open or rewind are compared with the file by its
 * stamp and, where a stamp cannot tell, by reading them once more.
 * Returns 0, -ESTALE if they may be of two versions, or another negative errno.
 */
SUBID_CHECKED int subid_reader_verify(struct subid_reader *reader);

__attribute__((nonnull)) void subid_reader_close(struct subid_reader *reader);
