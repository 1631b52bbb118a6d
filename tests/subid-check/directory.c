/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A service like SSSD's: it knows two users and a group by their IDs, and lists none. While
 * there is a file "hang" in the current directory, it does not answer.
 */
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

static void wait_while_hanging(void)
{
	while (access("hang", F_OK) == 0)
		(void)usleep(10000);
}

EXPORT enum nss_status _nss_directory_getpwuid_r(uid_t uid, struct passwd *ret, char *buf,
						 size_t len, int *errnop);
EXPORT enum nss_status _nss_directory_getpwnam_r(const char *name, struct passwd *ret, char *buf,
						 size_t len, int *errnop);
EXPORT enum nss_status _nss_directory_getgrgid_r(gid_t gid, struct group *ret, char *buf,
						 size_t len, int *errnop);

enum nss_status _nss_directory_getpwuid_r(uid_t uid, struct passwd *ret, char *buf, size_t len,
					  int *errnop)
{
	static char name[] = "ldapadmin", empty[] = "";

	(void)buf;
	(void)len;
	(void)errnop;
	wait_while_hanging();
	if (uid != 100100 && uid != 165600)
		return NSS_STATUS_NOTFOUND;
	*ret = (struct passwd){ .pw_name = name,
				.pw_passwd = empty,
				.pw_uid = uid,
				.pw_gid = uid,
				.pw_gecos = empty,
				.pw_dir = empty,
				.pw_shell = empty };
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_directory_getpwnam_r(const char *name, struct passwd *ret, char *buf,
					  size_t len, int *errnop)
{
	if (strcmp(name, "ldapadmin") != 0)
		return NSS_STATUS_NOTFOUND;
	return _nss_directory_getpwuid_r(100100, ret, buf, len, errnop);
}

enum nss_status _nss_directory_getgrgid_r(gid_t gid, struct group *ret, char *buf, size_t len,
					  int *errnop)
{
	static char name[] = "ldapgroup", empty[] = "";
	static char *members[] = { NULL };

	(void)buf;
	(void)len;
	(void)errnop;
	wait_while_hanging();
	if (gid != 500007)
		return NSS_STATUS_NOTFOUND;
	*ret = (struct group){
		.gr_name = name, .gr_passwd = empty, .gr_gid = gid, .gr_mem = members
	};
	return NSS_STATUS_SUCCESS;
}
