/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "range.h"

/*
 * IDs that the plugin's own reverse lookup did not know a short time ago, so that it is not
 * asked for them again. A table that is all zero is empty. Each ID has one slot, which another
 * ID may overwrite; then the plugin is asked once more.
 */
#define MISSES_SLOTS 1024

struct miss {
	uint64_t until_usec;
	enum subid_kind kind;
	uint32_t id;
};

struct misses {
	struct miss slots[MISSES_SLOTS];
};

/* misses_has: is the ID noted for a time after @now_usec? */
__attribute__((nonnull, warn_unused_result)) bool
misses_has(const struct misses *misses, enum subid_kind kind, uint32_t id, uint64_t now_usec);

/* misses_note: the plugin does not know the ID. Do not ask it again before @until_usec. */
__attribute__((nonnull)) void misses_note(struct misses *misses, enum subid_kind kind, uint32_t id,
					  uint64_t until_usec);
