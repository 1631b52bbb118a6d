/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "candidates.h"
#include "frame.h"

/* What an owner has, by enum subid_kind. */
struct learned {
	const struct subid_range *ranges[2];
	size_t n[2];
};

/*
 * learn: remember what a worker answered to FRAME_RANGES.
 *
 * @usec: now, on CLOCK_MONOTONIC.
 * @ret: set on success only, also for an owner that has nothing; valid as long as @answer.
 * Returns 0, or a negative errno: the source could not be asked, or the answer is none.
 */
__attribute__((nonnull, warn_unused_result)) int learn(struct candidates *candidates,
						       const struct subid_owner *owner,
						       const struct frame *answer, uint64_t usec,
						       struct learned *ret);

/* learned_has: is the ID in these ranges? */
__attribute__((nonnull, warn_unused_result)) bool learned_has(const struct learned *learned,
							      enum subid_kind kind, uint32_t id);
