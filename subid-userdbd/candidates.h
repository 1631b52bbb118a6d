/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "owner.h"
#include "range.h"

/*
 * Owners that are worth asking for their ranges when somebody asks for an ID, and the ranges
 * that they had when they were last asked. What stands here is never an answer: the source
 * is asked again for the owner that is found.
 *
 *     by name   a hash table of all of them
 *     by use    least recently used first: the first one makes room for a new one
 *     by age    never asked first, then longest ago first: whom to ask next
 *     by ID     for each kind, the ranges sorted by their first ID; `reach` is the highest
 *               last ID so far, so that a search that walks down knows when to stop
 *
 *               first   10   20   30   90
 *               last    15   80   40   95     35 is in the third range and in the second;
 *               reach   15   80   80   95     the walk ends at the first: it reaches 15
 */
struct candidates;

/* More than this are not kept. */
#define CANDIDATES_MAX 65536
#define CANDIDATES_RANGES_MAX 524288

/* Returns NULL if memory is short. Ownership: end with candidates_free(). */
__attribute__((malloc, warn_unused_result)) struct candidates *candidates_new(void);
void candidates_free(struct candidates *candidates);

/*
 * candidates_add: an owner that may be worth asking. One that is there already stays as it is.
 *
 * Returns 0, also for a text that no owner may have, which is left out; or -ENOMEM.
 */
__attribute__((nonnull, warn_unused_result)) int candidates_add(struct candidates *candidates,
								const char *owner);

/*
 * candidates_learn: what an owner, who need not be a candidate, was found to have.
 *
 * @ranges, @n: by enum subid_kind; copied. With none of either kind, an owner that is no
 * candidate does not become one.
 * @usec: when it was asked, on a clock that is never 0.
 * Returns 0, or -ENOMEM.
 */
__attribute__((nonnull, warn_unused_result)) int
candidates_learn(struct candidates *candidates, const char *owner,
		 const struct subid_range *const ranges[2], const size_t n[2], uint64_t usec);

/*
 * candidates_use: a candidate has just been part of an answer. It stays longest, and is one
 * of those that candidates_next_used() names.
 *
 * Returns whether that is new.
 */
__attribute__((nonnull)) bool candidates_use(struct candidates *candidates, const char *owner);

/*
 * candidates_find: which candidate had @id when it was last asked?
 *
 * Returns the owner's text, valid until the table is changed; or NULL.
 */
__attribute__((nonnull, warn_unused_result)) const char *
candidates_find(struct candidates *candidates, enum subid_kind kind, uint32_t id);

/*
 * candidates_oldest: whom to ask next?
 *
 * @ret_usec: set if there is one, to when it was asked last; 0: never.
 * Returns the owner's text, valid until the table is changed; or NULL.
 */
__attribute__((nonnull, warn_unused_result)) const char *
candidates_oldest(const struct candidates *candidates, uint64_t *ret_usec);

/*
 * candidates_asked: the candidate's turn has come.
 *
 * @usec: as if it had been asked then.
 */
__attribute__((nonnull)) void candidates_asked(struct candidates *candidates, const char *owner,
					       uint64_t usec);

/*
 * candidates_next_used: the candidate that was part of an answer after @owner, which is NULL
 * for the least recent one.
 *
 * Returns the owner's text, valid until the table is changed; or NULL at the end.
 */
__attribute__((nonnull(1), warn_unused_result)) const char *
candidates_next_used(const struct candidates *candidates, const char *owner);

__attribute__((nonnull, warn_unused_result)) size_t
candidates_count(const struct candidates *candidates);
