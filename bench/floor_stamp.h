/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The system call by which a lookup sees whether a file has changed. It must be
 * the very one that nss_subid makes; bench/run traces both and compares.
 */
#ifndef FLOOR_STAMP_H
#define FLOOR_STAMP_H

#include <sys/stat.h>

#define FLOOR_SUBUID "/etc/subuid"
#define FLOOR_SUBGID "/etc/subgid"

static inline int floor_stamp(const char *path)
{
	struct stat stamp;

	return stat(path, &stamp);
}

#endif
