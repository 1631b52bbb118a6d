/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>

#include "ours.h"

/* theirs_start: start the program that asks libsubid. */
void theirs_start(const char *program);

/*
 * theirs_agree: does libsubid answer as we did?
 * @edit: of the file, with the differences @applied; both NULL if the file is as it was for us.
 * Returns false after disagree().
 */
bool theirs_agree(const struct original *original, const struct answers *ours,
		  const struct differences *applied, struct edit *edit);
