/* SPDX-License-Identifier: BSD-3-Clause */
#include "entry.h"

#include "find.h"
#include "guard.h"
#include "host.h"
#include "pack.h"
#include "subid.h"

static int group_by_gid(uint32_t gid, struct group *grp, char *buf, size_t len)
{
	struct subid_host host;
	struct nss_found found;
	int r;

	nss_host_init(&host, buf, len);
	r = nss_find_by_id(&host, SUBID_GID, gid, &found);
	if (r < 0)
		return r;
	return nss_pack_group(&found.owner, found.id, grp, buf, len);
}

static int group_by_name(const char *name, struct group *grp, char *buf, size_t len)
{
	struct subid_host host;
	struct nss_found found;
	int r;

	nss_host_init(&host, buf, len);
	r = nss_find_by_name(&host, SUBID_GID, name, &found);
	if (r < 0)
		return r;
	return nss_pack_group(&found.owner, found.id, grp, buf, len);
}

NSS_SUBID_EXPORT
enum nss_status _nss_subid_getgrgid_r(gid_t gid, struct group *result, char *buffer, size_t buflen,
				      int *errnop)
{
	struct nss_guard guard;

	nss_guard_enter(&guard);
	return nss_guard_leave(&guard, group_by_gid(gid, result, buffer, buflen), errnop);
}

NSS_SUBID_EXPORT
enum nss_status _nss_subid_getgrnam_r(const char *name, struct group *result, char *buffer,
				      size_t buflen, int *errnop)
{
	struct nss_guard guard;

	nss_guard_enter(&guard);
	return nss_guard_leave(&guard, group_by_name(name, result, buffer, buflen), errnop);
}
