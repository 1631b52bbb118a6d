/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>

/*
 * Files of a test's own, in a directory of its own, which is the current
 * directory from setup to teardown: names are paths. Only stdio is used, which
 * inject.h does not intercept.
 */

/* scratch_setup, scratch_teardown: for cmocka_run_group_tests(). */
int scratch_setup(void **state);
int scratch_teardown(void **state);

/* scratch_write: a file with these contents, a new one or emptied first. */
void scratch_write(const char *name, const char *text);
void scratch_write_bytes(const char *name, const void *bytes, size_t len);

/*
 * scratch_overwrite, scratch_append: change a file in place. They return when
 * its stamp has changed too, which within one tick of the file's clock takes
 * more than one attempt.
 */
void scratch_overwrite(const char *name, size_t offset, const char *text);
void scratch_append(const char *name, const char *text);

/* scratch_replace: as an editor does it, with rename(2). */
void scratch_replace(const char *name, const char *text);

/*
 * scratch_padding: comment lines of @bytes in all, at least 100, to move what
 * follows out of a reader's buffer. Valid until the next call.
 */
const char *scratch_padding(size_t bytes);
