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
	struct holdings_stray *items; /* .ids.last is 0: empty, since 0 is root's */
	size_t n, room;
};

/* The last ID that was asked for: most files have the owner of the one before. */
struct recent {
	bool valid;
	uint32_t id;
	struct whose_answer answer;
};

/* The files that one worker of a walk has seen. */
struct tally {
	const struct whose_map *map;
	struct holdings_use *uses[2]; /* by segment */
	uint32_t *kept[2];	      /* marks of each segment */
	struct strays strays[2];
	struct recent recent[2];
	struct holdings_mark *marks;
	size_t n_marks, marks_room, of_kind[HOLDINGS_MARK_KINDS];
	uint64_t more[HOLDINGS_MARK_KINDS];
};

/*
 * tally_begin: nothing is seen yet.
 * @map: must outlive the tally.
 * Ownership: end with tally_free(), which leaves the paths of the marks to the caller.
 */
__attribute__((nonnull)) void tally_begin(const struct whose_map *map, struct tally *ret);
__attribute__((nonnull)) void tally_free(struct tally *tally);

/* tally_visit, tally_unread: for struct tree_visitor; the context is the tally. */
__attribute__((nonnull)) void tally_visit(struct tree_entry *entry, void *context);
__attribute__((nonnull)) void tally_unread(const struct tree_entry *entry, int r, void *context);

/*
 * tally_place: the place that a directory is.
 *
 * @whose: of its UID. @ret: set if it is an account's.
 * Returns false for a directory of a subordinate ID, which says nothing of who put it there.
 */
__attribute__((nonnull)) bool tally_place(enum whose whose, const struct statx *stat,
					  struct place *ret);
