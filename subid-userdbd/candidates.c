/* SPDX-License-Identifier: BSD-3-Clause */
#include "candidates.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

/* gcc's analyzer loses track of memory that a member of a list points to. */
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#pragma GCC diagnostic ignored "-Wanalyzer-possible-null-argument"
#endif

#define BUCKETS CANDIDATES_MAX

struct candidate {
	LIST_ENTRY(candidate) same_bucket;
	TAILQ_ENTRY(candidate) by_use, by_due;
	uint64_t due_usec; /* when to ask next; 0: at once */
	bool used;
	struct subid_range *ranges[2]; /* by enum subid_kind */
	size_t n[2];
	char owner[];
};

LIST_HEAD(bucket, candidate);
TAILQ_HEAD(candidate_list, candidate);

struct entry {
	uint32_t first, last, reach;
	const struct candidate *candidate;
};

struct sorted {
	struct entry *entries;
	size_t n;
	bool stale; /* sort again before looking */
};

struct candidates {
	struct bucket buckets[BUCKETS];
	struct candidate_list by_use, by_due;
	struct sorted by_id[2]; /* by enum subid_kind */
	size_t count, n_ranges;
};

/* --- by name ------------------------------------------------------------------------- */

/* FNV-1a, without a key: a stranger cannot choose the names, which are those of accounts. */
static size_t bucket_of(const char *owner)
{
	uint32_t hash = UINT32_C(0x811c9dc5);

	for (; *owner != '\0'; owner++)
		hash = (hash ^ (unsigned char)*owner) * UINT32_C(0x01000193);
	return (hash ^ hash >> 16) % BUCKETS;
}

static struct candidate *lookup(const struct candidates *candidates, const char *owner)
{
	struct candidate *candidate;

	LIST_FOREACH (candidate, &candidates->buckets[bucket_of(owner)], same_bucket)
		if (strcmp(candidate->owner, owner) == 0)
			return candidate;
	return NULL;
}

/* --- by ID --------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	const struct entry *x = (const struct entry *)a, *y = (const struct entry *)b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->last != y->last)
		return x->last < y->last ? -1 : 1;
	return strcmp(x->candidate->owner, y->candidate->owner);
}

static size_t collect(const struct candidates *candidates, enum subid_kind kind,
		      struct entry *entries)
{
	const struct candidate *candidate;
	size_t n = 0;

	TAILQ_FOREACH (candidate, &candidates->by_use, by_use)
		for (size_t i = 0; i < candidate->n[kind]; i++)
			entries[n++] = (struct entry){
				.first = candidate->ranges[kind][i].start,
				.last = subid_range_last(&candidate->ranges[kind][i]),
				.candidate = candidate,
			};
	return n;
}

/* If memory is short, the ranges stay stale. */
static void sort(struct candidates *candidates, enum subid_kind kind)
{
	struct sorted *sorted = &candidates->by_id[kind];
	struct entry *entries;
	uint32_t reach = 0;

	free(sorted->entries);
	*sorted = (struct sorted){ .stale = true };
	entries = (struct entry *)calloc(candidates->n_ranges + 1, sizeof(*entries));
	if (!entries)
		return;
	sorted->n = collect(candidates, kind, entries);
	sorted->entries = entries;
	sorted->stale = false;
	qsort(entries, sorted->n, sizeof(*entries), compare);
	for (size_t i = 0; i < sorted->n; i++) {
		reach = entries[i].last > reach ? entries[i].last : reach;
		entries[i].reach = reach;
	}
}

/* How many ranges begin at or below @id. */
static size_t count_below(const struct sorted *sorted, uint32_t id)
{
	size_t low = 0, high = sorted->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sorted->entries[middle].first <= id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const char *find_unsorted(const struct candidates *candidates, enum subid_kind kind,
				 uint32_t id)
{
	const struct candidate *candidate;

	TAILQ_FOREACH (candidate, &candidates->by_use, by_use)
		for (size_t i = 0; i < candidate->n[kind]; i++)
			if (subid_range_contains(&candidate->ranges[kind][i], id))
				return candidate->owner;
	return NULL;
}

const char *candidates_find(struct candidates *candidates, enum subid_kind kind, uint32_t id)
{
	struct sorted *sorted = &candidates->by_id[kind];

	if (sorted->stale)
		sort(candidates, kind);
	/* Without memory to sort them, look at all: NULL would say that no candidate has the ID. */
	if (sorted->stale)
		return find_unsorted(candidates, kind, id);
	for (size_t i = count_below(sorted, id); i > 0 && sorted->entries[i - 1].reach >= id; i--)
		if (sorted->entries[i - 1].last >= id)
			return sorted->entries[i - 1].candidate->owner;
	return NULL;
}

/* --- coming and going ---------------------------------------------------------------- */

/* Free a candidate's ranges of both kinds. The sorted entries that point to it become stale. */
static void drop_ranges(struct candidates *candidates, struct candidate *candidate)
{
	for (int kind = SUBID_UID; kind <= SUBID_GID; kind++) {
		candidates->by_id[kind].stale |= candidate->n[kind] > 0;
		candidates->n_ranges -= candidate->n[kind];
		free(candidate->ranges[kind]);
		candidate->ranges[kind] = NULL;
		candidate->n[kind] = 0;
	}
}

static void drop(struct candidates *candidates, struct candidate *candidate)
{
	drop_ranges(candidates, candidate);
	LIST_REMOVE(candidate, same_bucket);
	TAILQ_REMOVE(&candidates->by_use, candidate, by_use);
	TAILQ_REMOVE(&candidates->by_due, candidate, by_due);
	candidates->count--;
	free(candidate);
}

static struct candidate *add(struct candidates *candidates, const char *owner)
{
	size_t size = strlen(owner) + 1;
	struct candidate *candidate;

	candidate = (struct candidate *)calloc(1, sizeof(*candidate) + size);
	if (!candidate)
		return NULL;
	if (candidates->count == CANDIDATES_MAX)
		drop(candidates, TAILQ_FIRST(&candidates->by_use));
	memcpy(candidate->owner, owner, size);
	LIST_INSERT_HEAD(&candidates->buckets[bucket_of(owner)], candidate, same_bucket);
	TAILQ_INSERT_TAIL(&candidates->by_use, candidate, by_use);
	TAILQ_INSERT_HEAD(&candidates->by_due, candidate, by_due);
	candidates->count++;
	return candidate;
}

int candidates_add(struct candidates *candidates, const char *text)
{
	struct subid_owner owner;

	if (subid_owner_set(&owner, text, strnlen(text, sizeof(owner.text))) < 0 ||
	    lookup(candidates, owner.text))
		return 0;
	return add(candidates, owner.text) ? 0 : -ENOMEM;
}

/* --- what they have ------------------------------------------------------------------ */

static bool has_ranges(const struct candidate *candidate, enum subid_kind kind,
		       const struct subid_range *ranges, size_t n)
{
	return candidate->n[kind] == n &&
	       (n == 0 || memcmp(candidate->ranges[kind], ranges, n * sizeof(*ranges)) == 0);
}

/* NULL if memory is short. Ownership: free(3). */
static struct subid_range *copy_ranges(const struct subid_range *ranges, size_t n)
{
	struct subid_range *copy = (struct subid_range *)calloc(n + 1, sizeof(*copy));

	if (copy && n > 0)
		memcpy(copy, ranges, n * sizeof(*copy));
	return copy;
}

static void keep_ranges(struct candidates *candidates, struct candidate *candidate,
			enum subid_kind kind, struct subid_range *ranges, size_t n)
{
	candidate->ranges[kind] = ranges;
	candidate->n[kind] = n;
	candidates->n_ranges += n;
	candidates->by_id[kind].stale = true;
}

static int set_ranges(struct candidates *candidates, struct candidate *candidate,
		      const struct subid_range *const ranges[2], const size_t n[2])
{
	struct subid_range *uids = copy_ranges(ranges[SUBID_UID], n[SUBID_UID]);
	struct subid_range *gids = copy_ranges(ranges[SUBID_GID], n[SUBID_GID]);

	drop_ranges(candidates, candidate);
	if (!uids || !gids) {
		free(uids);
		free(gids);
		return -ENOMEM;
	}
	keep_ranges(candidates, candidate, SUBID_UID, uids, n[SUBID_UID]);
	keep_ranges(candidates, candidate, SUBID_GID, gids, n[SUBID_GID]);
	return 0;
}

/* Set when to ask a candidate next, and move it in `by_due`: nearly always to the end. */
static void put_off(struct candidates *candidates, struct candidate *candidate, uint64_t due_usec)
{
	struct candidate *before;

	TAILQ_REMOVE(&candidates->by_due, candidate, by_due);
	candidate->due_usec = due_usec;
	before = TAILQ_LAST(&candidates->by_due, candidate_list);
	/* cppcheck-suppress nullPointerRedundantCheck */
	while (before && before->due_usec > due_usec)
		before = TAILQ_PREV(before, candidate_list, by_due);
	if (before)
		TAILQ_INSERT_AFTER(&candidates->by_due, before, candidate, by_due);
	else
		TAILQ_INSERT_HEAD(&candidates->by_due, candidate, by_due);
}

int candidates_learn(struct candidates *candidates, const char *owner,
		     const struct subid_range *const ranges[2], const size_t n[2],
		     uint64_t due_usec)
{
	struct candidate *candidate = lookup(candidates, owner);

	if (!candidate && n[SUBID_UID] + n[SUBID_GID] == 0)
		return 0;
	if (!candidate)
		candidate = add(candidates, owner);
	if (!candidate)
		return -ENOMEM;
	put_off(candidates, candidate, due_usec);
	if (has_ranges(candidate, SUBID_UID, ranges[SUBID_UID], n[SUBID_UID]) &&
	    has_ranges(candidate, SUBID_GID, ranges[SUBID_GID], n[SUBID_GID]))
		return 0;

	/* If there are too many ranges, these are not kept: its IDs are found by name only. */
	if (n[SUBID_UID] + n[SUBID_GID] > CANDIDATES_RANGES_MAX - candidates->n_ranges) {
		drop_ranges(candidates, candidate);
		return 0;
	}
	return set_ranges(candidates, candidate, ranges, n);
}

bool candidates_use(struct candidates *candidates, const char *owner)
{
	struct candidate *candidate = lookup(candidates, owner);
	bool is_new = candidate && !candidate->used;

	if (!candidate)
		return false;
	candidate->used = true;
	TAILQ_REMOVE(&candidates->by_use, candidate, by_use);
	TAILQ_INSERT_TAIL(&candidates->by_use, candidate, by_use);
	return is_new;
}

const char *candidates_next(const struct candidates *candidates, uint64_t *ret_due_usec)
{
	const struct candidate *candidate = TAILQ_FIRST(&candidates->by_due);

	if (!candidate)
		return NULL;
	*ret_due_usec = candidate->due_usec;
	return candidate->owner;
}

void candidates_put_off(struct candidates *candidates, const char *owner, uint64_t due_usec)
{
	struct candidate *candidate = lookup(candidates, owner);

	if (candidate)
		put_off(candidates, candidate, due_usec);
}

const char *candidates_next_used(const struct candidates *candidates, const char *owner)
{
	const struct candidate *candidate = owner ? lookup(candidates, owner) : NULL;

	candidate = candidate ? TAILQ_NEXT(candidate, by_use) : TAILQ_FIRST(&candidates->by_use);
	while (candidate && !candidate->used)
		candidate = TAILQ_NEXT(candidate, by_use);
	return candidate ? candidate->owner : NULL;
}

size_t candidates_count(const struct candidates *candidates)
{
	return candidates->count;
}

/* --- the table ----------------------------------------------------------------------- */

struct candidates *candidates_new(void)
{
	struct candidates *candidates = (struct candidates *)calloc(1, sizeof(*candidates));

	if (!candidates)
		return NULL;
	TAILQ_INIT(&candidates->by_use);
	TAILQ_INIT(&candidates->by_due);
	return candidates;
}

void candidates_free(struct candidates *candidates)
{
	struct candidate *candidate, *next;

	if (!candidates)
		return;
	for (candidate = TAILQ_FIRST(&candidates->by_use); candidate; candidate = next) {
		next = TAILQ_NEXT(candidate, by_use);
		free(candidate->ranges[SUBID_UID]);
		free(candidate->ranges[SUBID_GID]);
		free(candidate);
	}
	free(candidates->by_id[SUBID_UID].entries);
	free(candidates->by_id[SUBID_GID].entries);
	free(candidates);
}
