/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "candidates.h"

/*
 * The candidates that have been part of an answer, in a file that outlives the service: one
 * owner a line, the least recent first. The file is not trusted: it only says which owners to
 * ask for.
 *
 * @directory: a descriptor of the directory. Both functions:
 * Returns 0 or a negative errno.
 */

/* state_load: add the owners to the candidates. A line that cannot be an owner is skipped. */
__attribute__((nonnull, warn_unused_result)) int state_load(int directory,
							    struct candidates *candidates);

/*
 * state_save: replace the file. A reader sees the old file or the new one. After a crash of the
 * machine it may be empty; candidates must then be found again.
 */
__attribute__((nonnull, warn_unused_result)) int state_save(int directory,
							    const struct candidates *candidates);
