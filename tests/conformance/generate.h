/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "content.h"

/* A way to make files: the same seed and number always give the same file. */
struct family {
	const char *name;
	size_t files; /* all there are, or 0: as many as one likes */
	size_t cost;  /* one of them costs as much as so many of another family */
	void (*generate)(uint64_t seed, size_t number, struct content *ret);
};

extern const struct family families[];
extern const size_t families_count;
