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

/* The primary group of a user that has no other. nss-systemd uses the same number. */
#define NSS_GID_NOBODY 65534

/*
 * nss_id_is_reserved: is @id one that never has a record, whatever the files say?
 *
 * These are 0 (root), 65534 (nobody), and 65535 and 4294967295 ((uid_t)-1 in 16 and 32 bits).
 */
bool nss_id_is_reserved(uint32_t id);

/* nss_gid_of_user: @gid, or NSS_GID_NOBODY if @gid is reserved. */
uint32_t nss_gid_of_user(uint32_t gid);

/* A subordinate ID, with everything that its record says. */
struct nss_id {
	uint32_t id;
	struct subid_owner owner; /* as the record's name spells it */
	uint64_t position;	  /* among the owner's subordinate IDs, from 0 */
	uint32_t gid;		  /* a user's primary group; unspecified for a group */
};

/*
 * Record names are `subuid-OWNER-UID` and `subgid-OWNER-GID`. The ID is canonical decimal
 * and begins after the last `-`, because OWNER may contain dashes. Writing and parsing are
 * exact inverses.
 *
 * Safety of all functions here: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 */

/*
 * nss_record_name_is_ours: does @name begin like the name of a record of @kind?
 *
 * This compares a few bytes and does nothing else: with [SUCCESS=merge] on the `group` line,
 * glibc calls the module for every group lookup on the host (systemd#18846).
 */
SUBID_CHECKED bool nss_record_name_is_ours(enum subid_kind kind, const char *name);

/*
 * nss_record_parse_name: the owner and the ID in the name of a record.
 *
 * @ret_owner, @ret_id: set on success only.
 * Returns 0, or -ENOENT for any name that no record of @kind can have.
 */
SUBID_CHECKED int nss_record_parse_name(enum subid_kind kind, const char *name,
					struct subid_owner *ret_owner, uint32_t *ret_id);

/*
 * nss_record_passwd, nss_record_group, nss_record_shadow: write a record.
 *
 * @buf, @len (bytes): memory of the caller; its contents are unspecified on failure. @buf may
 * be NULL if @len is 0.
 * @ret: written on success only; all its pointers lie in @buf.
 * Returns 0, or -ERANGE if the record does not fit.
 */
__attribute__((warn_unused_result, nonnull(1, 2))) int
nss_record_passwd(const struct nss_id *user, struct passwd *ret, char *buf, size_t len);
__attribute__((warn_unused_result, nonnull(1, 2))) int
nss_record_group(const struct nss_id *group, struct group *ret, char *buf, size_t len);
__attribute__((warn_unused_result, nonnull(1, 2))) int
nss_record_shadow(const struct nss_id *user, struct spwd *ret, char *buf, size_t len);
