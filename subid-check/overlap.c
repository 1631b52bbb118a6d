/* SPDX-License-Identifier: BSD-3-Clause */
#include "overlap.h"

#include <stdlib.h>

#include "memory.h"

/*
 * A sweep over the entries by first ID, long ones before short ones.
 *
 * On the stack lie entries that reach the current ID, each inside the one below it, so the top
 * is the innermost. An entry that ends behind the top replaces it: each later entry that meets
 * the replaced one meets the new one as well. So each entry leaves the stack at most once, and
 * the sweep is linear.
 */
struct sweep {
	const struct database *database;
	const struct owners *owners;
	size_t *stack;
	size_t depth;
	void (*overlap)(const struct overlap *overlap, void *context);
	void *context;
};

/* Two spellings of one account are one person. */
static size_t person_of(const struct sweep *sweep, const struct entry *entry)
{
	return sweep->owners->items[entry->owner].person;
}

static const struct entry *entry_at(const struct sweep *sweep, size_t index)
{
	return &sweep->database->entries[index];
}

static bool same_range(const struct entry *a, const struct entry *b)
{
	return a->range.start == b->range.start && a->range.count == b->range.count;
}

static bool is_nested(const struct sweep *sweep, size_t inner, size_t outer)
{
	const struct entry *a = entry_at(sweep, inner), *b = entry_at(sweep, outer);

	if (!sweep->owners->items[a->owner].nested || a->range.start < b->range.start ||
	    entry_last(a) > entry_last(b))
		return false;
	/* Of two nested owners with equal ranges, none lies inside the other. */
	return a->range.count < b->range.count || !sweep->owners->items[b->owner].nested;
}

static void tell(const struct sweep *sweep, size_t index, size_t met)
{
	const struct entry *a = entry_at(sweep, index), *b = entry_at(sweep, met);
	struct overlap overlap = { .entry = index, .other = met };

	/* @a begins at the current ID, and @b no later. */
	overlap.shared.first = a->range.start;
	overlap.shared.last = entry_last(a) < entry_last(b) ? entry_last(a) : entry_last(b);
	if (person_of(sweep, a) == person_of(sweep, b)) {
		overlap.kind = same_range(a, b) ? OVERLAP_DUPLICATE : OVERLAP_REPEATED;
	} else if (is_nested(sweep, index, met)) {
		overlap.kind = OVERLAP_NESTED;
	} else if (is_nested(sweep, met, index)) {
		overlap.kind = OVERLAP_NESTED;
		overlap.entry = met;
		overlap.other = index;
	}
	if (overlap.kind != OVERLAP_NESTED && a->line < b->line) {
		overlap.entry = met;
		overlap.other = index;
	}
	sweep->overlap(&overlap, sweep->context);
}

static void meet(struct sweep *sweep, size_t index)
{
	const struct entry *entry = entry_at(sweep, index);
	bool told_own = false, told_other = false;

	while (sweep->depth > 0) {
		size_t top = sweep->stack[sweep->depth - 1];
		const struct entry *met = entry_at(sweep, top);
		bool own = person_of(sweep, met) == person_of(sweep, entry);

		if (entry_last(met) >= entry->range.start && !(own ? told_own : told_other)) {
			tell(sweep, index, top);
			*(own ? &told_own : &told_other) = true;
		}
		if (entry_last(met) >= entry_last(entry))
			break;
		sweep->depth--;
	}
	sweep->stack[sweep->depth++] = index;
}

/*
 * Adds all entries with the same range as @first. Those of owners that may be nested come last.
 * Otherwise they would lie between the others on the stack, and hide a conflict of these.
 */
static size_t meet_equals(struct sweep *sweep, size_t first)
{
	const size_t *sorted = sweep->database->sorted;
	size_t end = first + 1;

	while (end < sweep->database->n &&
	       same_range(entry_at(sweep, sorted[first]), entry_at(sweep, sorted[end])))
		end++;
	for (size_t nested = 0; nested < 2; nested++)
		for (size_t i = first; i < end; i++)
			if (sweep->owners->items[entry_at(sweep, sorted[i])->owner].nested ==
			    (nested == 1))
				meet(sweep, sorted[i]);
	return end;
}

void overlap_find(const struct database *database, const struct owners *owners,
		  void (*overlap)(const struct overlap *overlap, void *context), void *context)
{
	struct sweep sweep = {
		.database = database,
		.owners = owners,
		.overlap = overlap,
		.context = context,
	};

	sweep.stack = (size_t *)memory_check(reallocarray(NULL, database->n + 1, sizeof(size_t)));
	for (size_t i = 0; i < database->n;)
		i = meet_equals(&sweep, i);
	free(sweep.stack);
}
