/* SPDX-License-Identifier: BSD-3-Clause */
#include "untold.h"

#include <stddef.h>

_Static_assert(UNTOLD_SLOTS == 1 << (32 - 22), "the upper bits of the hash are the slot");

static size_t slot_of(enum subid_kind kind, uint32_t id)
{
	uint32_t hash = (id ^ (uint32_t)kind << 31) * UINT32_C(0x9e3779b1);

	return hash >> 22;
}

bool untold_has(const struct untold *untold, enum subid_kind kind, uint32_t id, uint64_t now_usec)
{
	const struct untold_id *slot = &untold->slots[slot_of(kind, id)];

	return slot->id == id && slot->kind == kind && now_usec < slot->until_usec;
}

void untold_note(struct untold *untold, enum subid_kind kind, uint32_t id, uint64_t until_usec)
{
	untold->slots[slot_of(kind, id)] = (struct untold_id){
		.until_usec = until_usec,
		.kind = kind,
		.id = id,
	};
}
