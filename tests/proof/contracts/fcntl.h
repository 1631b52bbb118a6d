/* SPDX-License-Identifier: BSD-3-Clause */
/* open(2) as it is called here, without a mode. */
#pragma once

#include <errno.h>

#define O_RDONLY 00
#define O_NOCTTY 0400
#define O_NONBLOCK 04000
#define O_CLOEXEC 02000000
#define AT_FDCWD (-100)
#define AT_EMPTY_PATH 0x1000

/*@ requires \valid_read(path);
    assigns \result, errno \from path[0 ..], flags;
    ensures 0 <= \result || \result == -1 && 1 <= errno <= 4095;
*/
int open(const char *path, int flags);
