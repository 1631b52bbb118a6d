/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "content.h"

/*
 * An archive holds the files of many test cases as one text that people can read
 * and edit:
 *
 *   Text before the first file says what the archive is for.
 *   @ NAME                 a file begins; its lines follow
 *   @symlink NAME          a file that is reached through a symbolic link
 *   @absent NAME           a file that is not there
 *
 * In a line of a file:
 *
 *   \t \r \\               a tab, a carriage return, a backslash
 *   \xHH                   a byte
 *   \{COUNT TEXT}          TEXT, COUNT times; TEXT may have the escapes above
 *   \c at the end          no newline here: the file goes on in the next line, or ends
 *
 * A line that begins with "@" is written with \x40, and a "}" in TEXT with \x7d.
 * tests/archive/pack writes an archive, tests/archive/unpack makes its files.
 */

enum stored {
	STORED_FILE,
	STORED_SYMLINK,
	STORED_ABSENT,
};

struct archive {
	const char *path;
	struct content text;
	/* The current line, or NULL at the end; and the text behind it. */
	char *line, *next;
	unsigned int line_number;

	/* The file that archive_next() has read. */
	char name[128];
	enum stored stored;
	struct content content;
};

/*
 * archive_open: begin to read an archive, whose path must stay valid. If the archive cannot
 * be read or has a mistake, this and archive_next() end the program. They print TAP's
 * "Bail out!" with the place and the reason.
 */
__attribute__((nonnull)) void archive_open(struct archive *archive, const char *path);

/* archive_next: read the next file. Returns false at the end. */
__attribute__((nonnull, warn_unused_result)) bool archive_next(struct archive *archive);

/* archive_close: free the memory. */
__attribute__((nonnull)) void archive_close(struct archive *archive);
