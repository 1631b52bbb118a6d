/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "askers.h"

/* The figures of one mode of the stress program. */
struct figures {
	struct answer_counts counts;
	uint64_t lookups;
	long changes; /* versions that were written, or -1 after a fault */
};

/* figures_begin: threads ask through @ask, and writers change the files. figures_end: no more. */
void figures_begin(void (*ask)(const struct question *, struct answer *));
void figures_end(struct figures *ret);

/*
 * figures_check: print the figures, and let the test fail if they show that it tested nothing.
 * @n: one figure more, which @what names; 0 and NULL if there is none.
 */
void figures_check(const char *mode, const struct figures *figures, uint64_t n, const char *what);

/*
 * figures_check_index: look up IDs in files that stand still until an index answers. The test fails
 * if none ever does.
 */
void figures_check_index(void);
