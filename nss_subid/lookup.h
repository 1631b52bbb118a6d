/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "account.h"
#include "record.h"
#include "subid.h"

/* Where to look, and what a process remembers of it. */
struct nss_host {
	const char *nsswitch; /* says whether the files are the source; NULL: they are */
	struct subid_database databases[2]; /* by enum subid_kind */
	_Atomic(uint32_t) source;	    /* what `nsswitch` said, once it has been read */
	struct nss_root root;		    /* outside it no account is asked for */
};

/*
 * nss_lookup_by_id, nss_lookup_by_name: from glibc's question to what the record says.
 *
 * Reserved IDs, and names that no record bears, are refused before any file is touched. By
 * ID, an owner that is a number is spelled as its account's name, if there is one to be
 * had. By name, the number and the account's name both work, and each gives itself.
 * A user's group is the GID at the same position among its owner's subordinate GIDs, or
 * NSS_GID_NOBODY. `gid` of a group is unspecified.
 *
 * @ret: its contents are unspecified on failure.
 * Returns 0; -ENOENT if there is no such record, or the files are not the source; -EAGAIN
 * if a file keeps changing; or another negative errno if a file cannot be read.
 * Safety: MT-Safe, AS-Unsafe, AC-Unsafe (fd). errno: clobbered.
 */
SUBID_CHECKED int nss_lookup_by_id(struct nss_host *host, enum subid_kind kind, uint32_t id,
				   struct nss_id *ret);
SUBID_CHECKED int nss_lookup_by_name(struct nss_host *host, enum subid_kind kind, const char *name,
				     struct nss_id *ret);
