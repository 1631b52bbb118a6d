/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdint.h>

#include "owner.h"
#include "subid.h"

/* The subordinate ID that glibc asks about. */
struct nss_found {
	uint32_t id;
	struct subid_owner owner;
	uint64_t position;
};

/*
 * nss_find_by_id, nss_find_by_name: from the question to whose ID it is.
 *
 * Reserved IDs, and names that are no record's, are refused before any file is
 * touched. A name is found only if it is the one that the record will bear: an
 * owner that was asked for by UID but has an account is not.
 * @ret: contents unspecified on failure.
 * Returns 0; -ENOENT if there is no such record; or what subid_by_id() and
 * subid_by_owner() return.
 * Safety, errno: as those.
 */
int nss_find_by_id(const struct subid_host *host, enum subid_kind kind, uint32_t id,
		   struct nss_found *ret);
int nss_find_by_name(const struct subid_host *host, enum subid_kind kind, const char *name,
		     struct nss_found *ret);

/*
 * nss_id_is_reserved: root, nobody, and (uid_t)-1 in 16 and 32 bits are never
 * synthesised, whatever the files say.
 */
bool nss_id_is_reserved(uint32_t id);

/* The group of a user that has none, as nss-systemd gives it. */
#define NSS_GID_NOBODY 65534

/* nss_gid_of_user: of one whose counterpart is @gid; never a reserved one but nobody's. */
uint32_t nss_gid_of_user(uint32_t gid);
