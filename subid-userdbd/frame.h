/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "range.h"

/*
 * A question of the service to a worker, or the answer: both have the same form, and go over a
 * stream socket. First come the numbers of struct frame, then the values, then the texts. Both
 * ends are the same program on the same host.
 *
 *     +--------+------------------------+--------------------------+
 *     | header | values (uint32_t each) | texts, each with its NUL |
 *     +--------+------------------------+--------------------------+
 *
 * A worker runs a plugin that others wrote, so its answers are checked like a client's
 * messages.
 */

/* Enough for 65,536 ranges of each kind: a range takes two values. */
#define FRAME_VALUES_MAX 262144
#define FRAME_TEXTS_MAX_BYTES 262144

/* `code` of a question. */
enum frame_question {
	FRAME_FILES_BY_ID = 1, /* kind, id -> id, position, gid; text: the owner */
	FRAME_FILES_BY_NAME,   /* kind; text: the name -> likewise */
	FRAME_RANGES,	       /* text: an owner -> values: see frame_ranges() */
	FRAME_OWNERS,	       /* kind, id -> texts: owners that may have it */
	FRAME_NAMES,	       /* values: UIDs -> texts: the names of their accounts */
	FRAME_MEMBERS,	       /* text: a group -> texts: the names of its members */
	FRAME_SCAN,	       /* -> values: the UIDs that own user namespaces */
};

struct frame {
	int32_t code;  /* a question, or of an answer 0 or a negative errno */
	uint32_t kind; /* enum subid_kind */
	uint32_t id;
	uint32_t gid;
	uint64_t position;
	uint32_t n_uid_values; /* of the values, those of UIDs come first */
	uint32_t n_values;
	uint32_t texts_size; /* bytes, with the NUL of each */
	uint32_t *values;
	char *texts;
};

#define FRAME_HEADER_BYTES 40

/*
 * frame_encode: a frame as bytes.
 *
 * @ret_size: set on success only.
 * Returns the bytes, or NULL if memory is short. Ownership: free(3).
 */
__attribute__((nonnull, malloc, warn_unused_result)) char *frame_encode(const struct frame *frame,
									size_t *ret_size);

/*
 * frame_size: how long is the frame that begins with this header?
 *
 * Returns the size in bytes with the header, or 0 for a header that no frame has.
 */
__attribute__((nonnull, warn_unused_result)) size_t
frame_size(const char header[FRAME_HEADER_BYTES]);

/*
 * frame_decode: read a frame.
 *
 * @size: the bytes of the whole frame, as frame_size() returned.
 * @ret: set on success only. Ownership: end with frame_free().
 * Returns 0, -EBADMSG if the bytes are not a frame, or -ENOMEM.
 */
__attribute__((nonnull, warn_unused_result)) int frame_decode(const char *bytes, size_t size,
							      struct frame *ret);

/*
 * frame_ranges: the ranges that the answer to FRAME_RANGES has: for each its first ID and
 * how many there are.
 *
 * @ret: valid as long as the frame. @ret_n: how many.
 * Returns 0, or -EBADMSG if the values are not ranges.
 */
__attribute__((nonnull, warn_unused_result)) int frame_ranges(const struct frame *frame,
							      enum subid_kind kind,
							      const struct subid_range **ret,
							      size_t *ret_n);

/* frame_next_text: the text behind @text, which is NULL for the first; NULL at the end. */
__attribute__((nonnull(1), warn_unused_result)) const char *
frame_next_text(const struct frame *frame, const char *text);

/*
 * frame_add_text, frame_add_value: add one at the end.
 *
 * Returns 0, -E2BIG if the frame is as large as it may be, or -ENOMEM.
 */
__attribute__((nonnull, warn_unused_result)) int frame_add_text(struct frame *frame,
								const char *text);
__attribute__((nonnull, warn_unused_result)) int frame_add_value(struct frame *frame,
								 uint32_t value);

/*
 * frame_read, frame_write: move one frame through a socket that blocks. End a frame that was
 * read with frame_free().
 *
 * Returns 0; -EPIPE if the other end is gone; or another negative errno.
 */
__attribute__((nonnull, warn_unused_result)) int frame_read(int fd, struct frame *ret);
__attribute__((nonnull, warn_unused_result)) int frame_write(int fd, const struct frame *frame);

/* frame_free: free its values and texts, but not @frame. */
__attribute__((nonnull)) void frame_free(struct frame *frame);
