/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "survey.h"

/*
 * Files that alice (1000) and bob (1001) have. They own the UIDs and GIDs from 100000 and from
 * 165536, 65536 each. Only root can make them.
 */

/* storage_setup: for cmocka_run_group_tests(), with scratch_teardown(); makes home/alice/storage.
 */
int storage_setup(void **state);

/* make_directory, make_file, own_file: an empty file, or one that is there, with this mode. */
void make_directory(const char *path, uid_t uid);
void make_file(const char *path, uid_t uid, gid_t gid, mode_t mode);
void own_file(const char *path, uid_t uid, gid_t gid, mode_t mode);

/* bytes_of: the space that a file takes, as a walk counts it. */
uint64_t bytes_of(const char *path);

/*
 * look_below: the survey of the host, with what lies below @n directories.
 * try_to_look_below: the same, if the walk returns 0. Returns what it returns.
 */
int try_to_look_below(const char *const *directories, size_t n, struct survey *ret);
void look_below(const char *const *directories, size_t n, struct survey *ret);
