/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdint.h>

/* Messages about the progress. They go to standard error, if that is a terminal. */

/*
 * progress_begin: begin a step. If it takes longer than a second, print a line that names it.
 *
 * @what: the step, a static string; printed unchanged.
 */
__attribute__((nonnull)) void progress_begin(const char *what);
void progress_end(void);

/* progress_show: draw a bar in place of the last one. @what: printed unchanged. */
__attribute__((nonnull)) void progress_show(const char *what, uint64_t done, uint64_t all);

/* progress_count: print how many there are so far, in place of the last line. @what: likewise. */
__attribute__((nonnull)) void progress_count(const char *what, uint64_t n);

/* progress_clear: remove the bar or the count. */
void progress_clear(void);
