/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A module that returns one constant record for every user and group, to measure what glibc costs
 * when there is an answer.
 */
#include <nss.h>

#include "floor_record.h"

NSS_DECLARE_MODULE_FUNCTIONS(constant)

enum nss_status _nss_constant_getpwuid_r(uid_t uid, struct passwd *result, char *buffer,
					 size_t buflen, int *errnop)
{
	(void)uid, (void)buffer, (void)buflen, (void)errnop;
	floor_passwd(result);
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_constant_getpwnam_r(const char *name, struct passwd *result, char *buffer,
					 size_t buflen, int *errnop)
{
	(void)name, (void)buffer, (void)buflen, (void)errnop;
	floor_passwd(result);
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_constant_getgrgid_r(gid_t gid, struct group *result, char *buffer,
					 size_t buflen, int *errnop)
{
	(void)gid, (void)buffer, (void)buflen, (void)errnop;
	floor_group(result);
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_constant_getgrnam_r(const char *name, struct group *result, char *buffer,
					 size_t buflen, int *errnop)
{
	(void)name, (void)buffer, (void)buflen, (void)errnop;
	floor_group(result);
	return NSS_STATUS_SUCCESS;
}
