/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

/*
 * progress_begin: from now on this is read. Where it takes longer than a second
 * and standard error is a terminal, a line there says so.
 *
 * @what: static; printed as it is.
 */
void progress_begin(const char *what);
void progress_end(void);
