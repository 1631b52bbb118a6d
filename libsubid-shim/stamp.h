/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

#include "range.h"

/*
 * Two changes of a file within one tick of the file system's clock leave the same stamp; git
 * calls such a file racy. A tick is 1 to 10 ms in Linux before 6.13, and 2 s on FAT.
 */
#define SUBID_STAMP_RACY_SECONDS 2

/*
 * subid_stamp_of_path, subid_stamp_of_file: the stamp of a file, which is what stat(2) returns.
 * Two versions of a file have different stamps, unless one is racy. Both functions call
 * fstatat(2): one imported symbol less (see text.h).
 *
 * @ret: unspecified on failure.
 * Returns 0 or a negative errno.
 * Safety of all functions here: MT-Safe, AS-Safe, AC-Safe.
 */
SUBID_CHECKED static inline int subid_stamp_of_path(const char *path, struct stat *ret)
{
	return fstatat(AT_FDCWD, path, ret, 0) < 0 ? -errno : 0;
}

SUBID_CHECKED static inline int subid_stamp_of_file(int fd, struct stat *ret)
{
	return fstatat(fd, "", ret, AT_EMPTY_PATH) < 0 ? -errno : 0;
}

/*
 * subid_stamp_is_racy: could the file change once more and keep this stamp? A stamp from the
 * future counts as racy, because the clock may have been set back.
 */
SUBID_CHECKED static inline bool subid_stamp_is_racy(const struct stat *stamp)
{
	struct timespec now;

	/* The dynamic linker needs three times as long to find time(2). */
	return clock_gettime(CLOCK_REALTIME_COARSE, &now) < 0 ||
	       stamp->st_ctim.tv_sec >= now.tv_sec - SUBID_STAMP_RACY_SECONDS;
}

/*
 * subid_stamp_equal: is it the same version of the same file? Every write(2) shows in
 * ctime, which cannot be forged. A store through a shared mapping may not show.
 */
SUBID_CHECKED static inline bool subid_stamp_equal(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}
