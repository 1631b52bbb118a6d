/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "reader.h"

/*
 * A reader under test. The lines that it delivers are compared with those of the draft (draft.h),
 * which the test has written to a file of scratch.h.
 */
extern struct subid_reader reading;

/* reading_write: write a draft of this text to the file "lines". */
void reading_write(const char *text);

/* reading_open, reading_close: both succeed, and no descriptor stays open. */
void reading_open(const char *path);
void reading_close(void);

/* reading_check_pass: the reader, at its first line, delivers all lines of the draft. */
void reading_check_pass(const char *reason);

/*
 * reading_check_until_fault: the reader, at its first line, delivers lines of the draft until the
 * end or a fault. Returns the last result.
 */
int reading_check_until_fault(void);

/* reading_to_the_end: read all lines. Returns the last result. */
int reading_to_the_end(void);
