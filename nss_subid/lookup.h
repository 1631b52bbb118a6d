/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "account.h"
#include "record.h"
#include "subid.h"

/* The files of this host, and what the process remembers of them. */
struct nss_host {
	const char *nsswitch; /* the path of nsswitch.conf; NULL: the files are the source */
	struct subid_database databases[2]; /* by enum subid_kind */
	_Atomic(uint32_t) source;	    /* 0 until `nsswitch` has been read; see lookup.c */
	struct nss_root root;		    /* accounts are asked for only in this root */
};

/*
 * nss_lookup_by_id, nss_lookup_by_name: find everything that the record of an ID says.
 *
 * Reserved IDs, and names that no record can have, are refused before any file is touched.
 * By ID, an owner that is a UID in the file is shown by the name of its account, if
 * nss_account_name() finds one. By name, both spellings find the record, which then has the
 * spelling that was asked for.
 * A user's group is the GID at the same position among its owner's subordinate GIDs, or
 * NSS_GID_NOBODY. `gid` of a group is unspecified.
 *
 * @kind: the database to search; SUBID_UID for a user or a shadow record.
 * @name: the whole name of a record, such as "subuid-alice-100000"; any text is allowed.
 * @ret: its contents are unspecified on failure.
 * Returns 0; -ENOENT if there is no such record, or the files are not the source; -EAGAIN
 * if a file keeps changing; or another negative errno if a file cannot be read or, by name,
 * an account service failed.
 * Safety: MT-Safe, AS-Unsafe, AC-Unsafe (fd). errno: clobbered.
 */
SUBID_CHECKED int nss_lookup_by_id(struct nss_host *host, enum subid_kind kind, uint32_t id,
				   struct nss_id *ret);
SUBID_CHECKED int nss_lookup_by_name(struct nss_host *host, enum subid_kind kind, const char *name,
				     struct nss_id *ret);
