/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

/*
 * Two changes within one tick of the file's clock leave the same stamp (git
 * calls such a file racy). Ticks: 1 to 10 ms in Linux before 6.13, 2 s on FAT.
 */
#define SUBID_STAMP_RACY_SECONDS 2

/*
 * subid_stamp_of_path, subid_stamp_of_file: what tells one version of a file
 * from another. One function of libc serves both, since each one that is
 * imported costs every process that loads us 1,000 instructions.
 *
 * Returns 0, or -1 with errno set.
 */
static inline int subid_stamp_of_path(const char *path, struct stat *ret)
{
	return fstatat(AT_FDCWD, path, ret, 0);
}

static inline int subid_stamp_of_file(int fd, struct stat *ret)
{
	return fstatat(fd, "", ret, AT_EMPTY_PATH);
}

/*
 * subid_stamp_is_racy: might one more change leave the stamp as it is? A stamp
 * of the future, where the clock was set back, tells nothing either.
 */
static inline bool subid_stamp_is_racy(const struct stat *stamp)
{
	struct timespec now;

	/* Not time(2): that costs three times as much to bind. */
	return clock_gettime(CLOCK_REALTIME_COARSE, &now) < 0 ||
	       stamp->st_ctim.tv_sec >= now.tv_sec - SUBID_STAMP_RACY_SECONDS;
}

/*
 * subid_stamp_equal: the same version of the same file? Every write(2) shows in
 * ctime, which cannot be forged; a store through a shared mapping may not.
 */
static inline bool subid_stamp_equal(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}
