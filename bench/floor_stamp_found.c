/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A module that returns a constant record, but first examines the files that a record depends on:
 * the least that an answer can cost if it is never stale. A user depends on both files, because
 * of pw_gid, and a group on one.
 */
#include <nss.h>

#include "floor_record.h"
#include "floor_stamp.h"

NSS_DECLARE_MODULE_FUNCTIONS(stamp_found)

static enum nss_status find_passwd(struct passwd *result)
{
	if (floor_stamp(FLOOR_SUBUID) < 0 || floor_stamp(FLOOR_SUBGID) < 0)
		return NSS_STATUS_NOTFOUND;
	floor_passwd(result);
	return NSS_STATUS_SUCCESS;
}

static enum nss_status find_group(struct group *result)
{
	if (floor_stamp(FLOOR_SUBGID) < 0)
		return NSS_STATUS_NOTFOUND;
	floor_group(result);
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_stamp_found_getpwuid_r(uid_t uid, struct passwd *result, char *buffer,
					    size_t buflen, int *errnop)
{
	(void)uid, (void)buffer, (void)buflen, (void)errnop;
	return find_passwd(result);
}

enum nss_status _nss_stamp_found_getpwnam_r(const char *name, struct passwd *result, char *buffer,
					    size_t buflen, int *errnop)
{
	(void)name, (void)buffer, (void)buflen, (void)errnop;
	return find_passwd(result);
}

enum nss_status _nss_stamp_found_getgrgid_r(gid_t gid, struct group *result, char *buffer,
					    size_t buflen, int *errnop)
{
	(void)gid, (void)buffer, (void)buflen, (void)errnop;
	return find_group(result);
}

enum nss_status _nss_stamp_found_getgrnam_r(const char *name, struct group *result, char *buffer,
					    size_t buflen, int *errnop)
{
	(void)name, (void)buffer, (void)buflen, (void)errnop;
	return find_group(result);
}
