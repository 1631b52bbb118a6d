/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <grp.h>
#include <pwd.h>
#include <shadow.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "owner.h"
#include "range.h"

/* The group of a user without one, as nss-systemd has it. */
#define NSS_GID_NOBODY 65534

/*
 * nss_id_is_reserved: root, nobody, and (uid_t)-1 in 16 and 32 bits never get a record,
 * whatever the files say.
 */
bool nss_id_is_reserved(uint32_t id);

/* nss_gid_of_user: @gid, or NSS_GID_NOBODY for one that never gets a record. */
uint32_t nss_gid_of_user(uint32_t gid);

/* A subordinate ID, with all that its record says. */
struct nss_id {
	uint32_t id;
	struct subid_owner owner; /* as the record's name spells it */
	uint64_t position;	  /* among the owner's subordinate IDs */
	uint32_t gid;		  /* a user's primary group */
};

/*
 * Record names are `subuid-OWNER-UID` and `subgid-OWNER-GID`. The ID is canonical decimal
 * and begins after the last `-`; OWNER may hold dashes of its own. Writing and parsing are
 * exact inverses.
 *
 * Safety of all functions here: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 */

/*
 * nss_record_name_is_ours: does @name begin like a record of @kind? It is one comparison:
 * with [SUCCESS=merge] every group lookup of the host comes by (systemd#18846).
 */
SUBID_CHECKED bool nss_record_name_is_ours(enum subid_kind kind, const char *name);

/*
 * nss_record_parse_name: which record does a name ask for?
 *
 * @ret_owner, @ret_id: set on success only.
 * Returns 0, or -ENOENT for any name that no record of @kind bears.
 */
SUBID_CHECKED int nss_record_parse_name(enum subid_kind kind, const char *name,
					struct subid_owner *ret_owner, uint32_t *ret_id);

/*
 * nss_record_passwd, nss_record_group, nss_record_shadow: write a record.
 *
 * @buf, @len: the caller's; its contents are unspecified on failure.
 * @ret: written on success only; all its pointers lie in @buf.
 * Returns 0, or -ERANGE if the record does not fit.
 */
__attribute__((warn_unused_result, nonnull(1, 2))) int
nss_record_passwd(const struct nss_id *user, struct passwd *ret, char *buf, size_t len);
__attribute__((warn_unused_result, nonnull(1, 2))) int
nss_record_group(const struct nss_id *group, struct group *ret, char *buf, size_t len);
__attribute__((warn_unused_result, nonnull(1, 2))) int
nss_record_shadow(const struct nss_id *user, struct spwd *ret, char *buf, size_t len);
