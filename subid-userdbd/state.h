/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "candidates.h"

/*
 * The candidates that have been part of an answer, in a file that outlives the service: one
 * owner a line, the least recent first. Nothing that the file says is believed: it names
 * whom to ask, at most.
 *
 * @directory: a descriptor of the directory. Both functions:
 * Returns 0 or a negative errno.
 */

/* state_load: add the owners to the candidates. A line that cannot be an owner is skipped. */
__attribute__((nonnull, warn_unused_result)) int state_load(int directory,
							    struct candidates *candidates);

/*
 * state_save: replace the file. Whoever reads it sees the old one or the new one. After the
 * machine has crashed it may be empty, which costs nothing but questions.
 */
__attribute__((nonnull, warn_unused_result)) int state_save(int directory,
							    const struct candidates *candidates);
