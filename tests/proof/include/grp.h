/* SPDX-License-Identifier: BSD-3-Clause */
/* Frama-C's structure has no gr_passwd. */
#pragma once

#include <sys/types.h>

struct group {
	char *gr_name;
	char *gr_passwd;
	gid_t gr_gid;
	char **gr_mem;
};
