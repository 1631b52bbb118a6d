/* SPDX-License-Identifier: BSD-3-Clause */
#include "segments.h"

#include <stdlib.h>

#include "memory.h"

/* Users and groups below this ID belong to the system, by every distribution's default. */
#define FIRST_REGULAR 1000

/* --- who has the current ID -------------------------------------------------------- */

/*
 * A piece of an owner's ranges: some IDs, and the first of the owner's lines that contains them.
 * An owner's pieces do not overlap, so two pieces that contain an ID are of two owners.
 */
struct piece {
	uint32_t first, last;
	size_t entry;
};

/* A binary heap of pieces by line. A piece that has ended is removed when it is at the top. */
struct heap {
	struct piece *items;
	size_t n;
};

static void swap(struct heap *heap, size_t a, size_t b)
{
	struct piece item = heap->items[a];

	heap->items[a] = heap->items[b];
	heap->items[b] = item;
}

static void push(struct heap *heap, struct piece piece)
{
	size_t at = heap->n++;

	heap->items[at] = piece;
	for (; at > 0 && heap->items[(at - 1) / 2].entry > piece.entry; at = (at - 1) / 2)
		swap(heap, at, (at - 1) / 2);
}

static void pop(struct heap *heap)
{
	size_t at = 0;

	heap->items[0] = heap->items[--heap->n];
	for (;;) {
		size_t least = at;

		for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < heap->n; child++)
			if (heap->items[child].entry < heap->items[least].entry)
				least = child;
		if (least == at)
			return;
		swap(heap, at, least);
		at = least;
	}
}

/* The piece with the first line among those that contain @id, or NULL. */
static const struct piece *first_line(struct heap *heap, uint32_t id)
{
	while (heap->n > 0 && heap->items[0].last < id)
		pop(heap);
	return heap->n > 0 ? &heap->items[0] : NULL;
}

struct pieces {
	struct piece *items;
	size_t n, room;
};

static void add_piece(struct pieces *pieces, struct piece piece)
{
	struct piece *before = pieces->n > 0 ? &pieces->items[pieces->n - 1] : NULL;

	if (before && before->entry == piece.entry && before->last + 1 == piece.first) {
		before->last = piece.last;
		return;
	}
	pieces->items = (struct piece *)memory_room(pieces->items, pieces->n, &pieces->room,
						    sizeof(*pieces->items));
	pieces->items[pieces->n++] = piece;
}

/* The pieces of one owner. @sorted: its @n entries, by first ID. @heap: empty, with room. */
static void cut(const struct database *database, const size_t *sorted, size_t n, struct heap *heap,
		struct pieces *pieces)
{
	uint64_t id = 0;
	size_t begun = 0;

	for (;;) {
		const struct piece *top;
		uint32_t last;

		top = first_line(heap, (uint32_t)id);
		if (!top) {
			if (begun == n)
				return;
			id = database->entries[sorted[begun]].range.start;
		}
		for (; begun < n && database->entries[sorted[begun]].range.start <= id; begun++)
			push(heap,
			     (struct piece){ .first = (uint32_t)id,
					     .last = entry_last(&database->entries[sorted[begun]]),
					     .entry = sorted[begun] });
		top = first_line(heap, (uint32_t)id);
		if (!top)
			continue;
		/* The piece ends where its line ends, or before the owner's next line begins. */
		last = top->last;
		if (begun < n && database->entries[sorted[begun]].range.start <= last)
			last = database->entries[sorted[begun]].range.start - 1;
		add_piece(pieces, (struct piece){ (uint32_t)id, last, top->entry });
		id = (uint64_t)last + 1;
		if (id > UINT32_MAX)
			break;
	}
	heap->n = 0;
}

struct by_owner {
	const struct database *database;
	const struct owners *owners;
};

static size_t person_of(const struct by_owner *by, size_t entry)
{
	return by->owners->items[by->database->entries[entry].owner].person;
}

static int compare_owners(const void *a, const void *b, void *context)
{
	const struct by_owner *by = (const struct by_owner *)context;
	size_t left = *(const size_t *)a, right = *(const size_t *)b;
	size_t left_person = person_of(by, left), right_person = person_of(by, right);
	uint32_t left_start = by->database->entries[left].range.start;
	uint32_t right_start = by->database->entries[right].range.start;

	if (left_person != right_person)
		return left_person < right_person ? -1 : 1;
	if (left_start != right_start)
		return left_start < right_start ? -1 : 1;
	return (left > right) - (left < right);
}

static int compare_pieces(const void *a, const void *b)
{
	const struct piece *left = (const struct piece *)a, *right = (const struct piece *)b;

	if (left->first != right->first)
		return left->first < right->first ? -1 : 1;
	return (left->entry > right->entry) - (left->entry < right->entry);
}

/* The pieces of all owners, by first ID. @heap: empty, with room for all entries. */
static void cut_all(const struct survey *survey, const struct database *database, struct heap *heap,
		    struct pieces *ret)
{
	struct by_owner by = { database, &survey->owners };
	size_t *sorted =
		(size_t *)memory_check(reallocarray(NULL, database->n + 1, sizeof(size_t)));

	for (size_t i = 0; i < database->n; i++)
		sorted[i] = i;
	if (database->n > 0)
		qsort_r(sorted, database->n, sizeof(size_t), compare_owners, &by);
	for (size_t i = 0, end; i < database->n; i = end) {
		for (end = i + 1;
		     end < database->n && person_of(&by, sorted[end]) == person_of(&by, sorted[i]);)
			end++;
		cut(database, sorted + i, end - i, heap, ret);
	}
	free(sorted);
	if (ret->n > 0)
		qsort(ret->items, ret->n, sizeof(*ret->items), compare_pieces);
}

/* Sets the segment's first two owners. The second is found by removing the first for a while. */
static void set_owners(struct heap *heap, const struct survey *survey,
		       const struct database *database, struct segment *segment)
{
	const struct piece *first = first_line(heap, segment->ids.first), *second;
	struct piece top;

	if (!first)
		return;
	segment->owners[0] = &survey->owners.items[database->entries[first->entry].owner];
	top = *first;
	pop(heap);
	second = first_line(heap, segment->ids.first);
	if (second)
		segment->owners[1] = &survey->owners.items[database->entries[second->entry].owner];
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

/*
 * Finds the IDs at which a segment begins.
 * @ret: set to these IDs, ascending, from 0 to 2^32. Returns how many there are.
 */
static size_t find_borders(const struct database *database, uint64_t **ret)
{
	size_t most = 2 * (database->n + taken_n_special + taken_n_systemd) + 3, n = 0, kept = 0;
	uint64_t *borders = (uint64_t *)memory_check(reallocarray(NULL, most, sizeof(uint64_t)));

	n = add_stretch(borders, n, (struct stretch){ 0, UINT32_MAX });
	borders[n++] = FIRST_REGULAR;
	for (size_t i = 0; i < taken_n_special; i++)
		n = add_stretch(borders, n, taken_special[i].ids);
	for (size_t i = 0; i < taken_n_systemd; i++)
		n = add_stretch(borders, n, taken_systemd[i].ids);
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
	for (size_t i = 0; i < taken_n_special; i++)
		if (taken_special[i].ids.first == id)
			return &taken_special[i];
	for (size_t i = 0; i < taken_n_systemd; i++)
		if (id >= taken_systemd[i].ids.first && id <= taken_systemd[i].ids.last)
			return &taken_systemd[i];
	return NULL;
}

static enum segment_class classify(const struct segment *segment)
{
	bool special = segment->taken && segment->taken->ids.first == segment->taken->ids.last;
	const struct owner *first = segment->owners[0], *second = segment->owners[1];

	if (first && (special || segment->accounts > 0))
		return SEGMENT_OVERLAP;
	if (first && second)
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
	struct heap heap = { .n = 0 };
	struct pieces pieces = { .n = 0 };
	size_t n_borders, begun = 0, ended = 0, cut_begun = 0;
	uint64_t *borders, *ends;

	n_borders = find_borders(database, &borders);
	heap.items = (struct piece *)memory_check(
		reallocarray(NULL, 2 * database->n + 2, sizeof(struct piece)));
	cut_all(survey, database, &heap, &pieces);
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
			begun++;
		while (cut_begun < pieces.n && pieces.items[cut_begun].first <= segment.ids.first)
			push(&heap, pieces.items[cut_begun++]);
		while (ended < database->n && ends[ended] < segment.ids.first)
			ended++;
		segment.ranges = begun - ended;
		set_owners(&heap, survey, database, &segment);
		segment.taken = taken_at(segment.ids.first);
		/* The count fits into 32 bits: root (0) is always a segment of its own. */
		range.count = segment.ids.last - segment.ids.first + 1;
		segment.accounts =
			accounts_within(&survey->accounts[kind], &range, &segment.account);
		segment.what = classify(&segment);
		segment.overlaps = segment.what == SEGMENT_OVERLAP;
		add(ret, &segment);
	}
	free(ends);
	free(pieces.items);
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

/* Merges up to @run neighbours into one, except segments that may_fold() excludes. */
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
		return segment->ranges > 1
			       ? memory_print("%s, %zu times", first->name, segment->ranges)
			       : memory_print("%s", first->name);
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
	return memory_print("%s %s and %zu more", kind == SUBID_UID ? "users" : "groups",
			    segment->account->name, segment->accounts - 1);
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
