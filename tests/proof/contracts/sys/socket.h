/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <errno.h>
#include <stddef.h>
#include <sys/types.h>

#define MSG_NOSIGNAL 0x4000

/*@ requires sent: \valid_read((char *)bytes + (0 .. size - 1));
    assigns \result, errno \from fd, ((char *)bytes)[0 .. size - 1], flags;
    ensures \result == -1 && 1 <= errno <= 4095 || 0 <= \result <= size;
*/
ssize_t send(int fd, const void *bytes, size_t size, int flags);
