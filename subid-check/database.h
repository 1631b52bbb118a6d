/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "accounts.h"
#include "line.h"
#include "owners.h"
#include "range.h"

/* A line that delegates a range. */
struct entry {
	struct subid_range range;
	uint32_t line; /* its number, from 1 */
	bool dialect;  /* a number in octal, hexadecimal, or with a sign or blanks */
	size_t owner;  /* index into the owners */
	size_t next;   /* index of the owner's next entry, or OWNER_NO_ENTRY */
	uint64_t laid; /* the position of its first ID */
	uint64_t used; /* how many of its IDs are in use by processes */
};

/* A line that delegates nothing: it has a fault, or is a comment. */
struct refusal {
	uint32_t line;
	enum subid_line_fault fault;
	bool to_shadow; /* a comment for the module, but a delegation for shadow */
};

/* A stretch of IDs, both ends inclusive. */
struct stretch {
	uint32_t first, last;
};

/* A file of subuid(5) format, as the module reads it. */
struct database {
	const char *path; /* on the host that is checked */
	bool exists;
	bool unterminated; /* the last line has no newline */
	uint32_t lines;
	struct stat stat;
	struct entry *entries; /* in file order */
	size_t n, room;
	struct refusal *refusals;
	size_t n_refusals, refusals_room;
	size_t *sorted;		 /* the entries by first ID, long ones first */
	struct stretch *covered; /* all IDs of the entries: ascending stretches with gaps between */
	size_t n_covered;
};

/*
 * database_read: read the lines of a file, and add their owners to @owners.
 *
 * @path: on the host that is checked; kept.
 * Returns 0, also for a file that does not exist; -EFBIG for more than ROOT_LINES_MAX lines;
 * or what root_read() returns. Ownership: end with database_free(), whatever is returned.
 */
int database_read(const struct root *root, const char *path, struct owners *owners,
		  struct database *ret);

/* database_parse: add the lines of a file's text. Returns 0 or -EFBIG. */
int database_parse(const char *text, size_t len, struct owners *owners, struct database *database);

/*
 * database_join: find the owners' accounts, compute the positions of their ranges, and sort the
 * entries. Call it when both databases have been read.
 */
void database_join(struct database databases[2], struct owners *owners,
		   const struct accounts *users);
void database_free(struct database *database);

/* database_contains: does an entry contain @id? Call database_join() before. */
bool database_contains(const struct database *database, uint32_t id);

/* entry_last: its last ID. */
static inline uint32_t entry_last(const struct entry *entry)
{
	return entry->range.start + (entry->range.count - 1);
}
