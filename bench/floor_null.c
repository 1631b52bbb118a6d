/* SPDX-License-Identifier: BSD-3-Clause */
/* A module that knows nobody and says so at once, to measure what glibc itself costs. */
#include <nss.h>

NSS_DECLARE_MODULE_FUNCTIONS(null)

enum nss_status _nss_null_getpwuid_r(uid_t uid, struct passwd *result, char *buffer, size_t buflen,
				     int *errnop)
{
	(void)uid, (void)result, (void)buffer, (void)buflen, (void)errnop;
	return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_null_getpwnam_r(const char *name, struct passwd *result, char *buffer,
				     size_t buflen, int *errnop)
{
	(void)name, (void)result, (void)buffer, (void)buflen, (void)errnop;
	return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_null_getgrgid_r(gid_t gid, struct group *result, char *buffer, size_t buflen,
				     int *errnop)
{
	(void)gid, (void)result, (void)buffer, (void)buflen, (void)errnop;
	return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_null_getgrnam_r(const char *name, struct group *result, char *buffer,
				     size_t buflen, int *errnop)
{
	(void)name, (void)result, (void)buffer, (void)buflen, (void)errnop;
	return NSS_STATUS_NOTFOUND;
}
