/* SPDX-License-Identifier: BSD-3-Clause */
/* The least that "no such ID" can cost which is never stale: the one file that
 * could say otherwise is looked at. By name it is looked at twice: does the owner have the
 * ID, and if not, is it somebody's whose account has that name? */
#include <nss.h>

#include "floor_stamp.h"

NSS_DECLARE_MODULE_FUNCTIONS(stamp_absent)

static enum nss_status look_at(const char *path)
{
	return floor_stamp(path) < 0 ? NSS_STATUS_UNAVAIL : NSS_STATUS_NOTFOUND;
}

static enum nss_status look_at_twice(const char *path)
{
	return floor_stamp(path) < 0 ? NSS_STATUS_UNAVAIL : look_at(path);
}

enum nss_status _nss_stamp_absent_getpwuid_r(uid_t uid, struct passwd *result, char *buffer,
					     size_t buflen, int *errnop)
{
	(void)uid, (void)result, (void)buffer, (void)buflen, (void)errnop;
	return look_at(FLOOR_SUBUID);
}

enum nss_status _nss_stamp_absent_getpwnam_r(const char *name, struct passwd *result, char *buffer,
					     size_t buflen, int *errnop)
{
	(void)name, (void)result, (void)buffer, (void)buflen, (void)errnop;
	return look_at_twice(FLOOR_SUBUID);
}

enum nss_status _nss_stamp_absent_getgrgid_r(gid_t gid, struct group *result, char *buffer,
					     size_t buflen, int *errnop)
{
	(void)gid, (void)result, (void)buffer, (void)buflen, (void)errnop;
	return look_at(FLOOR_SUBGID);
}

enum nss_status _nss_stamp_absent_getgrnam_r(const char *name, struct group *result, char *buffer,
					     size_t buflen, int *errnop)
{
	(void)name, (void)result, (void)buffer, (void)buflen, (void)errnop;
	return look_at_twice(FLOOR_SUBGID);
}
