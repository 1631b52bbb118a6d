/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Pseudo-random numbers (splitmix64) for tests that generate their input. The same seed gives
 * the same numbers, so the seed in the message of a failure is enough to reproduce it.
 */
struct chance {
	uint64_t state;
};

static inline uint64_t chance_bits(struct chance *chance)
{
	uint64_t bits = chance->state += UINT64_C(0x9e3779b97f4a7c15);

	bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
	return bits ^ bits >> 31;
}

/* chance_below: a number from 0 to @n - 1. */
static inline uint32_t chance_below(struct chance *chance, uint32_t n)
{
	return (uint32_t)((chance_bits(chance) >> 32) * n >> 32);
}
