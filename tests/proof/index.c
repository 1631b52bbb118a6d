/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Searches an index by any ID, position, and owner in ASCII. The numbers in the index are
 * arbitrary, apart from these promises of the builder: `next` and the buckets name entries below
 * n_lines, an owner's text lies inside the texts, and `step` is not 0.
 */
#include "index.h"

#include "index_layout.h"
#include "proof.h"

#include <limits.h>

#define LINES 3
#define BUCKETS 5 /* as many as index_build.c makes for LINES lines */
#define OWNER_BYTES 3

static struct subid_index_line lines[LINES];
static uint32_t buckets[BUCKETS];
static char owners[LINES * OWNER_BYTES];

static void choose_line(uint32_t i, uint32_t n)
{
	lines[i].range.start = Frama_C_unsigned_int_interval(0, UINT32_MAX);
	lines[i].range.count = Frama_C_unsigned_int_interval(1, UINT32_MAX);
	lines[i].reach = Frama_C_unsigned_int_interval(0, UINT32_MAX);
	lines[i].number = Frama_C_unsigned_int_interval(0, n - 1);
	lines[i].laid = Frama_C_unsigned_int_interval(0, UINT32_MAX);
	lines[i].next =
		proof_choose() ? Frama_C_unsigned_int_interval(0, n - 1) : SUBID_INDEX_NO_LINE;
	lines[i].owner = i * OWNER_BYTES;
	lines[i].owner_len = Frama_C_unsigned_int_interval(1, OWNER_BYTES);
}

static void choose_index(struct subid_index *index, uint32_t n)
{
	proof_any(owners, sizeof(owners));
	for (uint32_t i = 0; i < n; i++)
		choose_line(i, n);
	index->n_lines = n;
	index->n_buckets = n + n / 2 + 1;
	index->step = Frama_C_unsigned_int_interval(1, UINT32_MAX);
	for (uint32_t i = 0; i < index->n_buckets; i++)
		buckets[i] = Frama_C_unsigned_int_interval(0, n);
	index->lines = lines;
	index->buckets = buckets;
	index->owners = owners;
}

/* An owner's text has no NUL before its end. */
static void choose_owner(struct subid_owner *owner)
{
	for (uint32_t i = 0; i < SUBID_OWNER_MAX_BYTES; i++)
		owner->text[i] = Frama_C_char_interval(1, CHAR_MAX);
	owner->len = (size_t)Frama_C_interval(1, SUBID_OWNER_MAX_BYTES);
	owner->place = Frama_C_unsigned_int_interval(0, UINT32_MAX);
}

int main(void)
{
	uint32_t n = (uint32_t)Frama_C_interval_split(0, LINES), id;
	struct subid_index index;
	struct subid_owner owner, found;
	uint64_t position;

	choose_index(&index, n);
	choose_owner(&owner);
	id = Frama_C_unsigned_int_interval(0, UINT32_MAX);
	if (subid_index_find_id(&index, id, &found, &position) == 0) {
		//@ assert found: found.len <= SUBID_OWNER_MAX_BYTES && \initialized(&position);
	}
	if (subid_index_find_owner(&index, &owner, id, &position) == 0) {
		//@ assert position: \initialized(&position);
	}
	position = Frama_C_unsigned_long_long_interval(0, UINT64_MAX);
	if (subid_index_find_position(&index, &owner, position, &id) == 0) {
		//@ assert id: \initialized(&id);
	}
	return 0;
}
