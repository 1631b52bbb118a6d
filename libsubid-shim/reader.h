/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/*
 * On the stack of whoever looks up a user, so small: the whole path stays
 * under 16 KiB, the least a thread can have (PTHREAD_STACK_MIN). More than two
 * of the longest lines, so that an unterminated full buffer is an overlong
 * line.
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
int subid_reader_open(struct subid_reader *reader, const char *path);

/*
 * subid_reader_next: the next line.
 *
 * @ret_text, @ret_len: set when a line is delivered, without its newline, any
 * bytes, valid until the next call. A line longer than SUBID_LINE_MAX_BYTES is
 * delivered one byte longer than that, without the rest of it.
 * Returns 1 for a line, 0 at the end, or a negative errno.
 */
int subid_reader_next(struct subid_reader *reader, const char **ret_text, size_t *ret_len);

/*
 * subid_reader_buffered, subid_reader_skip: pass over lines without having them
 * delivered. What is buffered begins with a line and need not end with one; it
 * is empty where every line counts, because the file is to be read again.
 *
 * @ret_text, @ret_len: valid until the next call of anything here.
 * @bytes: whole lines of what is buffered.
 */
void subid_reader_buffered(const struct subid_reader *reader, const char **ret_text,
			   size_t *ret_len);
void subid_reader_skip(struct subid_reader *reader, size_t bytes);

/*
 * subid_reader_rewind: begin a new pass; what earlier ones saw may be of
 * another version of the file.
 */
void subid_reader_rewind(struct subid_reader *reader);

/*
 * subid_reader_verify: did the last pass see one version of the file?
 *
 * The lines delivered since open or rewind are compared with the file by its
 * stamp and, where a stamp cannot tell, by reading them once more.
 * Returns 0, -ESTALE if they may be of two versions, or another negative errno.
 */
int subid_reader_verify(struct subid_reader *reader);

void subid_reader_close(struct subid_reader *reader);
