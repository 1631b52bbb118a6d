/* SPDX-License-Identifier: BSD-3-Clause */
#include "segments.h"

#include <stdlib.h>

#include "memory.h"

/* System users are below, by every distribution's default. */
#define FIRST_REGULAR 1000

/* --- the entries that contain the current ID, by line ------------------------------ */

/* A binary heap; entries that have ended leave it when they come to the top. */
struct heap {
	const struct entry *entries;
	size_t *items;
	size_t n;
};

static void swap(struct heap *heap, size_t a, size_t b)
{
	size_t item = heap->items[a];

	heap->items[a] = heap->items[b];
	heap->items[b] = item;
}

static void push(struct heap *heap, size_t item)
{
	size_t at = heap->n++;

	heap->items[at] = item;
	for (; at > 0 && heap->items[(at - 1) / 2] > heap->items[at]; at = (at - 1) / 2)
		swap(heap, at, (at - 1) / 2);
}

static void pop(struct heap *heap)
{
	size_t at = 0;

	heap->items[0] = heap->items[--heap->n];
	for (;;) {
		size_t least = at;

		for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < heap->n; child++)
			if (heap->items[child] < heap->items[least])
				least = child;
		if (least == at)
			return;
		swap(heap, at, least);
		at = least;
	}
}

/* The entry with the first line among those that contain @id, or NULL. */
static const struct entry *first_line(struct heap *heap, uint32_t id)
{
	while (heap->n > 0 && entry_last(&heap->entries[heap->items[0]]) < id)
		pop(heap);
	return heap->n > 0 ? &heap->entries[heap->items[0]] : NULL;
}

/* Set the first two, which are of two owners if any two are. */
static void set_owners(struct heap *heap, const struct survey *survey, struct segment *segment)
{
	const struct entry *entry = first_line(heap, segment->ids.first), *second;
	size_t top;

	if (!entry)
		return;
	segment->owners[0] = &survey->owners.items[entry->owner];
	top = heap->items[0];
	pop(heap);
	second = first_line(heap, segment->ids.first);
	if (second)
		segment->owners[1] = &survey->owners.items[second->owner];
	push(heap, top);
}

/* --- where one segment ends and the next begins ------------------------------------- */

static int compare_ids(const void *a, const void *b)
{
	const uint64_t *left = (const uint64_t *)a, *right = (const uint64_t *)b;

	return (*left > *right) - (*left < *right);
}

static size_t add_stretch(uint64_t *borders, size_t n, struct stretch ids)
{
	borders[n] = ids.first;
	borders[n + 1] = (uint64_t)ids.last + 1;
	return n + 2;
}

/* Returns how many; @ret: ascending, each once, from 0 to 2^32. */
static size_t find_borders(const struct database *database, uint64_t **ret)
{
	size_t most = 2 * (database->n + ranges_n_special + ranges_n_systemd) + 3, n = 0, kept = 0;
	uint64_t *borders = (uint64_t *)memory_check(reallocarray(NULL, most, sizeof(uint64_t)));

	n = add_stretch(borders, n, (struct stretch){ 0, UINT32_MAX });
	borders[n++] = FIRST_REGULAR;
	for (size_t i = 0; i < ranges_n_special; i++)
		n = add_stretch(borders, n, ranges_special[i].ids);
	for (size_t i = 0; i < ranges_n_systemd; i++)
		n = add_stretch(borders, n, ranges_systemd[i].ids);
	for (size_t i = 0; i < database->n; i++)
		n = add_stretch(borders, n,
				(struct stretch){ database->entries[i].range.start,
						  entry_last(&database->entries[i]) });
	qsort(borders, n, sizeof(*borders), compare_ids);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || borders[i] != borders[kept - 1])
			borders[kept++] = borders[i];
	*ret = borders;
	return kept;
}

static const struct taken *taken_at(uint32_t id)
{
	for (size_t i = 0; i < ranges_n_special; i++)
		if (ranges_special[i].ids.first == id)
			return &ranges_special[i];
	for (size_t i = 0; i < ranges_n_systemd; i++)
		if (id >= ranges_systemd[i].ids.first && id <= ranges_systemd[i].ids.last)
			return &ranges_systemd[i];
	return NULL;
}

static enum segment_class classify(const struct segment *segment)
{
	bool special = segment->taken && segment->taken->ids.first == segment->taken->ids.last;
	const struct owner *first = segment->owners[0], *second = segment->owners[1];

	if (first && (special || segment->accounts > 0))
		return SEGMENT_OVERLAP;
	if (first && second && first != second)
		return first->nested || second->nested ? SEGMENT_NESTED : SEGMENT_OVERLAP;
	if (special)
		return SEGMENT_SPECIAL;
	if (first)
		return SEGMENT_OWNED;
	if (segment->accounts > 0)
		return SEGMENT_ACCOUNTS;
	return segment->taken ? SEGMENT_SYSTEMD : SEGMENT_FREE;
}

static void add(struct segments *segments, const struct segment *segment)
{
	segments->items = (struct segment *)memory_room(segments->items, segments->n,
							&segments->room, sizeof(*segments->items));
	segments->items[segments->n++] = *segment;
}

static void build(const struct survey *survey, enum subid_kind kind, struct segments *ret)
{
	const struct database *database = &survey->databases[kind];
	struct heap heap = { .entries = database->entries };
	size_t n_borders, begun = 0, ended = 0;
	uint64_t *borders, *ends;

	n_borders = find_borders(database, &borders);
	heap.items = (size_t *)memory_check(reallocarray(NULL, database->n + 1, sizeof(size_t)));
	ends = (uint64_t *)memory_check(reallocarray(NULL, database->n + 1, sizeof(uint64_t)));
	for (size_t i = 0; i < database->n; i++)
		ends[i] = entry_last(&database->entries[i]);
	if (database->n > 0)
		qsort(ends, database->n, sizeof(*ends), compare_ids);

	for (size_t i = 0; i + 1 < n_borders; i++) {
		struct segment segment = {
			.ids = { (uint32_t)borders[i], (uint32_t)(borders[i + 1] - 1) },
			.segments = 1,
		};
		struct subid_range range = { .start = segment.ids.first };

		while (begun < database->n &&
		       database->entries[database->sorted[begun]].range.start <= segment.ids.first)
			push(&heap, database->sorted[begun++]);
		while (ended < database->n && ends[ended] < segment.ids.first)
			ended++;
		segment.ranges = begun - ended;
		set_owners(&heap, survey, &segment);
		segment.taken = taken_at(segment.ids.first);
		/* All 2^32 IDs are no segment: root is one. */
		range.count = segment.ids.last - segment.ids.first + 1;
		segment.accounts =
			accounts_within(&survey->accounts[kind], &range, &segment.account);
		segment.what = classify(&segment);
		segment.overlaps = segment.what == SEGMENT_OVERLAP;
		add(ret, &segment);
	}
	free(ends);
	free(heap.items);
	free(borders);
}

/* --- fewer of them ------------------------------------------------------------------ */

static bool may_fold(const struct segment *segment)
{
	return segment->what != SEGMENT_SPECIAL &&
	       (segment->owners[0] || segment->what == SEGMENT_FREE ||
		segment->what == SEGMENT_SYSTEMD);
}

static void fold_into(struct segment *into, const struct segment *segment)
{
	if (!into->owners[0]) {
		into->owners[0] = segment->owners[0];
		into->owners[1] = segment->owners[1];
	}
	into->ids.last = segment->ids.last;
	into->segments += segment->segments;
	into->overlaps += segment->overlaps;
	into->ranges += segment->ranges;
	if (into->accounts == 0)
		into->account = segment->account;
	into->accounts += segment->accounts;
	if (into->taken != segment->taken)
		into->taken = NULL;
	if (segment->what > into->what)
		into->what = segment->what;
}

/* Neighbours, @run of them at a time, where it says nothing else. */
static void fold(struct segments *segments, size_t run)
{
	size_t kept = 0;

	for (size_t i = 0; i < segments->n;) {
		struct segment *into = &segments->items[kept++];
		size_t end = i + 1;

		*into = segments->items[i];
		while (may_fold(into) && end < segments->n && end - i < run &&
		       may_fold(&segments->items[end]))
			fold_into(into, &segments->items[end++]);
		i = end;
	}
	segments->n = kept;
}

void segments_of(const struct survey *survey, enum subid_kind kind, size_t max,
		 struct segments *ret)
{
	*ret = (struct segments){ .n = 0 };
	build(survey, kind, ret);
	if (ret->n > max)
		fold(ret, (ret->n + max - 1) / max + 1);
}

void segments_free(struct segments *segments)
{
	free(segments->items);
	*segments = (struct segments){ .n = 0 };
}

/* --- words -------------------------------------------------------------------------- */

static char *owners_label(const struct segment *segment)
{
	const struct owner *first = segment->owners[0], *second = segment->owners[1];

	if (segment->segments > 1 && segment->overlaps > 0)
		return memory_print("%s and others, with overlaps", first->name);
	if (segment->segments > 1)
		return memory_print("%s and others", first->name);
	if (!second)
		return memory_print("%s", first->name);
	if (first == second)
		return memory_print("%s, %zu times", first->name, segment->ranges);
	if (segment->ranges > 2)
		return memory_print("%s + %s + %zu more", first->name, second->name,
				    segment->ranges - 2);
	return memory_print("%s + %s", first->name, second->name);
}

static char *accounts_label(const struct segment *segment, enum subid_kind kind)
{
	if (segment->accounts == 1)
		return memory_print("%s %s", kind == SUBID_UID ? "user" : "group",
				    segment->account->name);
	return memory_print("%zu %s from %s on", segment->accounts,
			    kind == SUBID_UID ? "users" : "groups", segment->account->name);
}

char *segment_label(const struct segment *segment, enum subid_kind kind)
{
	bool special = segment->taken && segment->taken->ids.first == segment->taken->ids.last;
	char *owners, *others, *label;

	if (!segment->owners[0]) {
		if (segment->taken)
			return memory_print("%s", segment->taken->whose);
		return segment->accounts > 0 ? accounts_label(segment, kind) : memory_print("free");
	}
	owners = owners_label(segment);
	if (!special && segment->accounts == 0)
		return owners;
	others =
		special ? memory_print("%s", segment->taken->whose) : accounts_label(segment, kind);
	label = memory_print("%s + %s", owners, others);
	free(owners);
	free(others);
	return label;
}
