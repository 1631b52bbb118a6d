/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An NSS service "guarded" that hands every question on to ours, with a buffer
 * from malloc(3) instead of the caller's. systemd's test-nss-users keeps its own
 * on the stack of a program that no sanitizer has instrumented, where a write
 * behind the buffer goes unseen. The records point into memory that is never
 * freed.
 */
#include <nss.h>
#include <stdlib.h>

NSS_DECLARE_MODULE_FUNCTIONS(guarded)
NSS_DECLARE_MODULE_FUNCTIONS(subid)

/* Of 0 bytes too: a sanitizer's malloc(0) is memory that nobody may touch. */
static char *guarded(size_t len)
{
	char *buf = malloc(len);

	if (!buf)
		abort();
	return buf;
}

enum nss_status _nss_guarded_getpwnam_r(const char *name, struct passwd *pwd, char *buf, size_t len,
					int *errnop)
{
	(void)buf;
	return _nss_subid_getpwnam_r(name, pwd, guarded(len), len, errnop);
}

enum nss_status _nss_guarded_getpwuid_r(uid_t uid, struct passwd *pwd, char *buf, size_t len,
					int *errnop)
{
	(void)buf;
	return _nss_subid_getpwuid_r(uid, pwd, guarded(len), len, errnop);
}

enum nss_status _nss_guarded_getgrnam_r(const char *name, struct group *grp, char *buf, size_t len,
					int *errnop)
{
	(void)buf;
	return _nss_subid_getgrnam_r(name, grp, guarded(len), len, errnop);
}

enum nss_status _nss_guarded_getgrgid_r(gid_t gid, struct group *grp, char *buf, size_t len,
					int *errnop)
{
	(void)buf;
	return _nss_subid_getgrgid_r(gid, grp, guarded(len), len, errnop);
}
