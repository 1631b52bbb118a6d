/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "range.h"

/*
 * IDs that the plugin's own reverse lookup did not know a short while ago, so that it is not
 * asked again for each. All zero is an empty table. An ID has one slot; another ID may take
 * it, which costs a question.
 */
#define UNTOLD_SLOTS 1024

struct untold_id {
	uint64_t until_usec;
	enum subid_kind kind;
	uint32_t id;
};

struct untold {
	struct untold_id slots[UNTOLD_SLOTS];
};

/* untold_has: was the ID noted, and is its time not over at @now_usec? */
__attribute__((nonnull, warn_unused_result)) bool
untold_has(const struct untold *untold, enum subid_kind kind, uint32_t id, uint64_t now_usec);

/* untold_note: the plugin does not know the ID; believe that until @until_usec. */
__attribute__((nonnull)) void untold_note(struct untold *untold, enum subid_kind kind, uint32_t id,
					  uint64_t until_usec);
