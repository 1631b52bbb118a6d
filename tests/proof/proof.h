/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "__fc_builtin.h"

static inline void proof_any(void *memory, size_t size)
{
	Frama_C_make_unknown((char *)memory, size);
}
static inline int proof_choose(void)
{
	return Frama_C_interval(0, 1);
}
