/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <grp.h>
#include <pwd.h>
#include <stddef.h>
#include <stdint.h>

#include "owner.h"

/*
 * An answer as a record in the caller's buffer.
 *
 * @owner, @position: of the ID; @gid in a user record: its primary group.
 * @buf, @len: the caller's; contents unspecified on failure.
 * @ret: written on success only; all its pointers lie in @buf.
 * Returns 0, or -ERANGE if the record does not fit.
 * Safety: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 */
int nss_pack_passwd(const struct subid_owner *owner, uint32_t uid, uint64_t position, uint32_t gid,
		    struct passwd *ret, char *buf, size_t len);
int nss_pack_group(const struct subid_owner *owner, uint32_t gid, struct group *ret, char *buf,
		   size_t len);
