/* SPDX-License-Identifier: BSD-3-Clause */
/* A record that costs nothing to make: the same for every question. */
#ifndef FLOOR_RECORD_H
#define FLOOR_RECORD_H

#include <grp.h>
#include <pwd.h>

static inline void floor_passwd(struct passwd *ret)
{
	static char name[] = "subuid-somebody-100000", x[] = "x", gecos[] = "Subordinate UID 0";
	static char root[] = "/", shell[] = "/sbin/nologin";

	*ret = (struct passwd){
		.pw_name = name,
		.pw_passwd = x,
		.pw_uid = 100000,
		.pw_gid = 100000,
		.pw_gecos = gecos,
		.pw_dir = root,
		.pw_shell = shell,
	};
}

static inline void floor_group(struct group *ret)
{
	static char name[] = "subgid-somebody-100000", x[] = "x";
	static char *nobody[] = { NULL };

	*ret = (struct group){
		.gr_name = name,
		.gr_passwd = x,
		.gr_gid = 100000,
		.gr_mem = nobody,
	};
}

#endif
