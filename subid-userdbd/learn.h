/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "candidates.h"
#include "frame.h"

/* The ranges of an owner, by enum subid_kind. */
struct learned {
	const struct subid_range *ranges[2];
	size_t n[2];
};

/*
 * learn: store the ranges of a worker's answer to FRAME_RANGES in the candidates.
 *
 * @due_usec: when to ask for these ranges again, see candidates_put_off().
 * @ret: set on success only, also for an owner without ranges; valid as long as @answer.
 * Returns 0, or a negative errno if the source could not be asked or the answer is malformed.
 */
__attribute__((nonnull, warn_unused_result)) int learn(struct candidates *candidates,
						       const struct subid_owner *owner,
						       const struct frame *answer,
						       uint64_t due_usec, struct learned *ret);

/* learned_has: is the ID in these ranges? */
__attribute__((nonnull, warn_unused_result)) bool learned_has(const struct learned *learned,
							      enum subid_kind kind, uint32_t id);
