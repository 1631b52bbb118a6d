/* SPDX-License-Identifier: BSD-3-Clause */
/* Frama-C's structure has times of a second. A file's size has 64 bits on every machine. */
#pragma once

#include <stdint.h>
#include <time.h>

#define S_IFMT 0170000
#define S_IFREG 0100000
#define S_ISREG(mode) (((mode)&S_IFMT) == S_IFREG)
#define S_IRUSR 0400
#define S_IRGRP 040
#define S_IROTH 04

#ifndef __off_t_defined
#define __off_t_defined
typedef int64_t off_t;
#endif

struct stat {
	uint64_t st_dev;
	uint64_t st_ino;
	uint32_t st_mode;
	off_t st_size;
	struct timespec st_mtim;
	struct timespec st_ctim;
};

int fstatat(int fd, const char *path, struct stat *ret, int flags);
