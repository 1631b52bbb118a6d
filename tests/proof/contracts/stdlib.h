/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory, as far as a contract here needs it. */
#pragma once

#include <stddef.h>

/*@ assigns \result \from size;
    ensures \result == \null || \valid((char *)\result + (0 .. size - 1)); */
void *malloc(size_t size);

/*@ assigns \result \from size;
    ensures \result == \null || \valid((char *)\result + (0 .. size - 1)); */
void *realloc(void *old, size_t size);

/*@ assigns \result \from n, size;
    ensures \result == \null || \valid((char *)\result + (0 .. n * size - 1)); */
void *reallocarray(void *old, size_t n, size_t size);

/*@ assigns \nothing; */
void free(void *old);
