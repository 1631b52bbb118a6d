/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Chance for tests that generate their input: the same numbers each time from
 * the same seed (splitmix64), so that a seed in a failure's message is a
 * reproduction.
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

/* chance_below: 0 to @n - 1. */
static inline uint32_t chance_below(struct chance *chance, uint32_t n)
{
	return (uint32_t)((chance_bits(chance) >> 32) * n >> 32);
}
