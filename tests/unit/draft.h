/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>

#include "index.h"

/*
 * The draft: a text that a test composes, such as the contents of a file before they are written.
 * There is one draft in a process. Its @len bytes may include NULs. A test may reduce @len.
 */
extern struct draft {
	char text[SUBID_INDEX_FILE_MAX_BYTES + 2];
	size_t len;
} draft;

/* draft_clear: begin a new draft. */
void draft_clear(void);

/* draft_add, draft_add_bytes: add to the end. A draft that gets too long fails the test. */
void draft_add(const char *format, ...) __attribute__((format(printf, 1, 2)));
void draft_add_bytes(const char *bytes, size_t len);

/* draft_write: write the draft to a file of scratch.h. */
void draft_write(const char *name);
