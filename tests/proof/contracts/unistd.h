/* SPDX-License-Identifier: BSD-3-Clause */
/* System calls that may fail, or find any bytes. */
#pragma once

#include <errno.h>
#include <stddef.h>
#include <sys/types.h>

/*@ requires asked: \valid((char *)buf + (0 .. size - 1)) && size <= 0x7fffffff;
    requires place: 0 <= offset;
    assigns \result, errno, ((char *)buf)[0 .. size - 1] \from fd, size, offset;
    ensures \result == -1 && 1 <= errno <= 4095 ||
	    0 <= \result <= size && offset + \result <= 0x7fffffffffffffff;
*/
ssize_t pread(int fd, void *buf, size_t size, off_t offset);

/*@ assigns \result, errno \from fd;
    ensures \result == 0 || \result == -1 && 1 <= errno <= 4095; */
int close(int fd);

/*@ requires asked: \valid((char *)buf + (0 .. size - 1));
    assigns \result, errno, ((char *)buf)[0 .. size - 1] \from fd, size;
    ensures \result == -1 && 1 <= errno <= 4095 || 0 <= \result <= size;
*/
ssize_t read(int fd, void *buf, size_t size);
