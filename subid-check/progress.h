/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdint.h>

/* For somebody who waits: all of it goes to standard error, and only if that is a terminal. */

/*
 * progress_begin: from now on this is read. If it takes longer than a second, a line says so.
 *
 * @what: static; printed as it is.
 */
__attribute__((nonnull)) void progress_begin(const char *what);
void progress_end(void);

/* progress_show: draw a bar, over the one before. @what: printed as it is. */
__attribute__((nonnull)) void progress_show(const char *what, uint64_t done, uint64_t all);

/* progress_clear: take the bar away. */
void progress_clear(void);
