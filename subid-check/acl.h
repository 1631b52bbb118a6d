/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "range.h"

/* The names of the extended attributes that hold an acl(5). */
#define ACL_XATTR_ACCESS "system.posix_acl_access"
#define ACL_XATTR_DEFAULT "system.posix_acl_default"

/* A walk over the entries of an ACL that name a user or a group. */
struct acl {
	const uint8_t *at;
	size_t left; /* bytes */
};

/* An entry: `user:ID:...` (SUBID_UID) or `group:ID:...` (SUBID_GID). */
struct acl_entry {
	enum subid_kind kind;
	uint32_t id;
};

/*
 * acl_begin: walk the value of one of the two attributes.
 *
 * @bytes, @len: the value as getxattr(2) returns it; it stays the caller's and
 * must outlive the walk.
 * Returns 0, or -EINVAL if it is not an ACL as Linux writes it.
 */
__attribute__((nonnull, warn_unused_result)) int acl_begin(struct acl *ret, const void *bytes,
							   size_t len);

/*
 * acl_next: the next entry that names a user or a group.
 * @ret: set on success only. Returns false after the last entry.
 */
__attribute__((nonnull, warn_unused_result)) bool acl_next(struct acl *acl, struct acl_entry *ret);
