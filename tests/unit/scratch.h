/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * The files of a test. They lie in a temporary directory, which is the current directory from
 * setup to teardown, so a name is a path. They are written with stdio, which inject.h does not
 * intercept.
 */

/* scratch_setup, scratch_teardown: for cmocka_run_group_tests(). */
int scratch_setup(void **state);
int scratch_teardown(void **state);

/*
 * scratch_has_roots_powers: may this process give files away, become any user and read every
 * process? root in a container often may not.
 */
bool scratch_has_roots_powers(void);

/* scratch_write: write a file with these contents; one that exists is truncated first. */
void scratch_write(const char *name, const char *text);
void scratch_write_bytes(const char *name, const void *bytes, size_t len);

/* scratch_remove: remove a file, or a directory with all that is below it. Returns 0, or -1. */
int scratch_remove(const char *path);

/*
 * scratch_overwrite, scratch_append, scratch_chmod: change a file in place. They repeat the change
 * until the ctime changes, too: within one tick of the file system's clock, it stays the same.
 */
void scratch_overwrite(const char *name, size_t offset, const char *text);
void scratch_append(const char *name, const char *text);
void scratch_chmod(const char *name, mode_t mode);

/* scratch_replace: replace a file by a new one with rename(2), as editors do. */
void scratch_replace(const char *name, const char *text);

/*
 * scratch_padding: comment lines with @bytes (100 to 16383) in all. They move the lines that
 * follow out of a reader's buffer. Valid until the next call.
 */
const char *scratch_padding(size_t bytes);
