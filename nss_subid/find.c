/* SPDX-License-Identifier: BSD-3-Clause */
#include "find.h"

#include <errno.h>

#include "name.h"

bool nss_id_is_reserved(uint32_t id)
{
	return id == 0 || id == 65534 || id == UINT16_MAX || id == UINT32_MAX;
}

uint32_t nss_gid_of_user(uint32_t gid)
{
	return nss_id_is_reserved(gid) ? NSS_GID_NOBODY : gid;
}

int nss_find_by_id(const struct subid_host *host, enum subid_kind kind, uint32_t id,
		   struct nss_found *ret)
{
	if (nss_id_is_reserved(id))
		return -ENOENT;

	ret->id = id;
	return subid_by_id(host, kind, id, &ret->owner, &ret->position);
}

int nss_find_by_name(const struct subid_host *host, enum subid_kind kind, const char *name,
		     struct nss_found *ret)
{
	size_t owner_len;
	int r;

	r = nss_name_parse(kind, name, &ret->owner, &ret->id);
	if (r < 0)
		return r;
	if (nss_id_is_reserved(ret->id))
		return -ENOENT;

	owner_len = ret->owner.name_len;
	r = subid_by_owner(host, kind, &ret->owner, ret->id, &ret->position);
	if (r < 0)
		return r;
	return nss_name_is_of(name, owner_len, &ret->owner) ? 0 : -ENOENT;
}
