/* SPDX-License-Identifier: BSD-3-Clause */
#include "entry.h"

#include <errno.h>

#include "find.h"
#include "guard.h"
#include "host.h"
#include "pack.h"
#include "subid.h"

/*
 * systemd runs a unit that sets User= alone in pw_gid's group, so it is the
 * GID at the same position: the one that is the same ID inside the container.
 */
static int counterpart_gid(const struct subid_host *host, struct nss_found *found,
			   uint32_t *ret_gid)
{
	uint32_t gid = NSS_GID_NOBODY;
	int r;

	r = subid_by_position(host, SUBID_GID, &found->owner, found->position, &gid);
	if (r < 0 && r != -ENOENT)
		return r;

	*ret_gid = nss_gid_of_user(gid);
	return 0;
}

static int passwd_of(const struct subid_host *host, struct nss_found *found, struct passwd *pwd,
		     char *buf, size_t len)
{
	uint32_t gid;
	int r;

	r = counterpart_gid(host, found, &gid);
	if (r < 0)
		return r;
	return nss_pack_passwd(&found->owner, found->id, found->position, gid, pwd, buf, len);
}

static int passwd_by_uid(uint32_t uid, struct passwd *pwd, char *buf, size_t len)
{
	struct subid_host host;
	struct nss_found found;
	int r;

	nss_host_init(&host, buf, len);
	r = nss_find_by_id(&host, SUBID_UID, uid, &found);
	if (r < 0)
		return r;
	return passwd_of(&host, &found, pwd, buf, len);
}

static int passwd_by_name(const char *name, struct passwd *pwd, char *buf, size_t len)
{
	struct subid_host host;
	struct nss_found found;
	int r;

	nss_host_init(&host, buf, len);
	r = nss_find_by_name(&host, SUBID_UID, name, &found);
	if (r < 0)
		return r;
	return passwd_of(&host, &found, pwd, buf, len);
}

NSS_SUBID_EXPORT
enum nss_status _nss_subid_getpwuid_r(uid_t uid, struct passwd *result, char *buffer, size_t buflen,
				      int *errnop)
{
	struct nss_guard guard;

	nss_guard_enter(&guard);
	return nss_guard_leave(&guard, passwd_by_uid(uid, result, buffer, buflen), errnop);
}

NSS_SUBID_EXPORT
enum nss_status _nss_subid_getpwnam_r(const char *name, struct passwd *result, char *buffer,
				      size_t buflen, int *errnop)
{
	struct nss_guard guard;

	nss_guard_enter(&guard);
	return nss_guard_leave(&guard, passwd_by_name(name, result, buffer, buflen), errnop);
}
