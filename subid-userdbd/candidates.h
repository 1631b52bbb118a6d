/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "owner.h"
#include "range.h"

/*
 * Owners that are worth asking for their ranges when somebody asks for an ID, and the ranges
 * that they had when they were last asked. They are never used as an answer: for the owner that
 * is found, the source is asked again.
 *
 *     by name   a hash table of all of them
 *     by use    least recently used first: the first one makes room for a new one
 *     by age    those never asked first, then the one asked longest ago: which to ask next
 *     by ID     for each kind, the ranges sorted by their first ID; `reach` is the highest
 *               ID of a range and all ranges before it, so that a search that walks back
 *               knows when to stop
 *
 *               first   10   20   30   90
 *               last    15   80   40   95     35 is in the third range and in the second;
 *               reach   15   80   80   95     the search ends at the first: it reaches 15
 */
struct candidates;

/* How many candidates, and how many of their ranges, are kept at most. */
#define CANDIDATES_MAX 65536
#define CANDIDATES_RANGES_MAX 524288

/* Returns NULL if memory is short. Ownership: end with candidates_free(). */
__attribute__((malloc, warn_unused_result)) struct candidates *candidates_new(void);
void candidates_free(struct candidates *candidates);

/*
 * candidates_add: add an owner that may be worth asking. One that is there already is unchanged.
 *
 * Returns 0, also for a text that no owner may have, which is left out; or -ENOMEM.
 */
__attribute__((nonnull, warn_unused_result)) int candidates_add(struct candidates *candidates,
								const char *owner);

/*
 * candidates_learn: store the ranges that the source has just returned for an owner.
 *
 * The owner becomes a candidate, unless it has no ranges at all.
 * @ranges, @n: by enum subid_kind; copied.
 * @due_usec: see candidates_put_off().
 * Returns 0, or -ENOMEM.
 */
__attribute__((nonnull, warn_unused_result)) int
candidates_learn(struct candidates *candidates, const char *owner,
		 const struct subid_range *const ranges[2], const size_t n[2], uint64_t due_usec);

/*
 * candidates_use: note that a candidate has just been part of an answer. It is now the last one
 * to be removed, and candidates_next_used() returns it.
 *
 * Returns whether this is its first answer.
 */
__attribute__((nonnull)) bool candidates_use(struct candidates *candidates, const char *owner);

/*
 * candidates_find: which candidate had @id when it was last asked?
 *
 * Returns the owner's text, valid until the table is changed; or NULL if there is none.
 */
__attribute__((nonnull, warn_unused_result)) const char *
candidates_find(struct candidates *candidates, enum subid_kind kind, uint32_t id);

/*
 * candidates_next: which candidate to ask next?
 *
 * @ret_due_usec: set on success only, to the time from which on it may be asked; 0 for one that
 * is new.
 * Returns the owner's text, valid until the table is changed; or NULL.
 */
__attribute__((nonnull, warn_unused_result)) const char *
candidates_next(const struct candidates *candidates, uint64_t *ret_due_usec);

/*
 * candidates_put_off: set when to ask a candidate next. The one with the earliest time comes first.
 *
 * @due_usec: in microseconds, on any clock that is never 0.
 */
__attribute__((nonnull)) void candidates_put_off(struct candidates *candidates, const char *owner,
						 uint64_t due_usec);

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
