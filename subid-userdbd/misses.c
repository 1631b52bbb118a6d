/* SPDX-License-Identifier: BSD-3-Clause */
#include "misses.h"

#include <stddef.h>

_Static_assert(MISSES_SLOTS == 1 << (32 - 22), "the upper bits of the hash are the slot");

static size_t slot_of(enum subid_kind kind, uint32_t id)
{
	uint32_t hash = (id ^ (uint32_t)kind << 31) * UINT32_C(0x9e3779b1);

	return hash >> 22;
}

bool misses_has(const struct misses *misses, enum subid_kind kind, uint32_t id, uint64_t now_usec)
{
	const struct miss *slot = &misses->slots[slot_of(kind, id)];

	return slot->id == id && slot->kind == kind && now_usec < slot->until_usec;
}

void misses_note(struct misses *misses, enum subid_kind kind, uint32_t id, uint64_t until_usec)
{
	misses->slots[slot_of(kind, id)] = (struct miss){
		.until_usec = until_usec,
		.kind = kind,
		.id = id,
	};
}
