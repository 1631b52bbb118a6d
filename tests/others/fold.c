/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libnss_fold: an account service that ignores the case of names, as SSSD does with
 * case_sensitive = false: any spelling of "alice" is UID 1001, whose name is "alice".
 */
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define ALICE_NAME "alice"
#define ALICE_UID 1001

enum nss_status _nss_fold_getpwnam_r(const char *name, struct passwd *pwd, char *buf, size_t len,
				     int *errnop);
enum nss_status _nss_fold_getpwuid_r(uid_t uid, struct passwd *pwd, char *buf, size_t len,
				     int *errnop);

static enum nss_status answer(bool is_alice, struct passwd *pwd, char *buf, size_t len, int *errnop)
{
	if (!is_alice) {
		*errnop = ENOENT;
		return NSS_STATUS_NOTFOUND;
	}
	if (len < sizeof(ALICE_NAME)) {
		*errnop = ERANGE;
		return NSS_STATUS_TRYAGAIN;
	}
	memcpy(buf, ALICE_NAME, sizeof(ALICE_NAME));
	*pwd = (struct passwd){
		.pw_name = buf,
		.pw_passwd = buf,
		.pw_uid = ALICE_UID,
		.pw_gid = ALICE_UID,
		.pw_gecos = buf,
		.pw_dir = buf,
		.pw_shell = buf,
	};
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_fold_getpwnam_r(const char *name, struct passwd *pwd, char *buf, size_t len,
				     int *errnop)
{
	return answer(strcasecmp(name, ALICE_NAME) == 0, pwd, buf, len, errnop);
}

enum nss_status _nss_fold_getpwuid_r(uid_t uid, struct passwd *pwd, char *buf, size_t len,
				     int *errnop)
{
	return answer(uid == ALICE_UID, pwd, buf, len, errnop);
}
