/* SPDX-License-Identifier: BSD-3-Clause */
/* open(2) as it is called here, without a mode. */
#pragma once

#include "../include/fcntl.h"
#include <errno.h>

/*@ requires \valid_read(path);
    assigns \result, errno \from path[0 ..], flags;
    ensures 0 <= \result || \result == -1 && 1 <= errno <= 4095;
*/
int open(const char *path, int flags);
