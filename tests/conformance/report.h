/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>

/* The output of the program: TAP, with the reason where an answer is not conformant. */

/* report_result: one test. Its name is @what with @name behind it. */
void report_result(bool passed, const char *what, const char *name);

/* report_end: print how many tests there were. Returns the program's status. */
int report_end(void);

/* report_bail_out: end the program, because of errno. */
__attribute__((noreturn)) void report_bail_out(const char *what);

/*
 * disagree: keep a text that says which answers differ. Returns false, for the caller to return.
 * disagreement: the text that was kept last.
 */
__attribute__((format(printf, 1, 2))) bool disagree(const char *format, ...);
const char *disagreement(void);
