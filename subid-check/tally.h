/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holdings.h"
#include "place.h"
#include "tree.h"

/* Stray IDs, in a table with open addressing, at most half full. */
struct strays {
	struct holdings_stray *items; /* empty where ids.last is 0: root's ID is never a stray */
	size_t n, room;
};

/* The last ID that was looked up. Most files have the same owner as the file before. */
struct recent {
	bool valid;
	uint32_t id;
	struct whose_answer answer;
};

/* The files that one worker of a walk has seen. */
struct tally {
	const struct whose_map *map;
	struct holdings_use *uses[2]; /* by enum subid_kind, then by index of the segment */
	uint32_t *kept[2];	      /* likewise: marks of the segment, whether kept or refused */
	struct strays strays[2];
	struct recent recent[2];
	struct holdings_mark *marks;
	size_t n_marks, marks_room, of_kind[HOLDINGS_MARK_KINDS];
	uint64_t more[HOLDINGS_MARK_KINDS];
};

/*
 * tally_begin: begin to count.
 * @map: must outlive the tally.
 * Ownership: end with tally_free(), which leaves the paths of the marks to the caller.
 */
__attribute__((nonnull)) void tally_begin(const struct whose_map *map, struct tally *ret);
__attribute__((nonnull)) void tally_free(struct tally *tally);

/* tally_visit, tally_unread: for struct tree_visitor; the context is the tally. */
__attribute__((nonnull)) void tally_visit(struct tree_entry *entry, void *context);
__attribute__((nonnull)) void tally_unread(const struct tree_entry *entry, int r, void *context);

/*
 * tally_place: find the place of the files in a directory.
 *
 * @whose: whose the directory's UID is. @ret: set on success only.
 * Returns false for a directory of a subordinate ID, or of an ID that systemd allocates. Such a
 * directory is no place of its own: its files lie where the directory lies.
 */
__attribute__((nonnull)) bool tally_place(enum whose whose, const struct statx *stat,
					  struct place *ret);
