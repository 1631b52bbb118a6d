/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The NSS module that one would write first: it asks libsubid from inside the
 * lookup. Built only to show what that does to the program around it.
 */
#include <errno.h>
#include <nss.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <shadow/subid.h>

NSS_DECLARE_MODULE_FUNCTIONS(naive)

static enum nss_status fill(const char *owner, uid_t uid, struct passwd *result, char *buffer,
			    size_t len, int *errnop)
{
	static char empty[] = "", slash[] = "/";
	int n = snprintf(buffer, len, "subuid-%s-%lu", owner, (unsigned long)uid);

	if (n < 0 || (size_t)n >= len) {
		*errnop = ERANGE;
		return NSS_STATUS_TRYAGAIN;
	}

	*result = (struct passwd){
		.pw_name = buffer,
		.pw_passwd = empty,
		.pw_uid = uid,
		.pw_gid = uid,
		.pw_gecos = empty,
		.pw_dir = slash,
		.pw_shell = empty,
	};
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_naive_getpwnam_r(const char *name, struct passwd *result, char *buffer,
				      size_t buflen, int *errnop)
{
	struct subid_range *ranges = NULL;
	enum nss_status status = NSS_STATUS_NOTFOUND;
	unsigned long id;
	char owner[33];
	int n;

	if (sscanf(name, "subuid-%32[^-]-%lu", owner, &id) != 2)
		return NSS_STATUS_NOTFOUND;

	n = subid_get_uid_ranges(owner, &ranges);
	for (int i = 0; i < n; i++)
		if (id >= ranges[i].start && id - ranges[i].start < ranges[i].count)
			status = fill(owner, (uid_t)id, result, buffer, buflen, errnop);
	free(ranges);
	return status;
}

enum nss_status _nss_naive_getpwuid_r(uid_t uid, struct passwd *result, char *buffer, size_t buflen,
				      int *errnop)
{
	struct passwd pwd, *found = NULL;
	uid_t *owners = NULL;
	char owner[1024];

	if (subid_get_uid_owners(uid, &owners) > 0)
		(void)getpwuid_r(owners[0], &pwd, owner, sizeof(owner), &found);
	free(owners);
	if (!found)
		return NSS_STATUS_NOTFOUND;
	return fill(found->pw_name, uid, result, buffer, buflen, errnop);
}
