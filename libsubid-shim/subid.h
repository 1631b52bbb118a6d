/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "owner.h"
#include "range.h"
#include "source.h"

/*
 * The host that is asked: where its databases are, and what it knows of
 * accounts. An owner needs no account, so -ENOENT is an answer; any other
 * negative errno is a fault of the account services and handed up as it is.
 */
struct subid_host {
	struct subid_database databases[2]; /* by enum subid_kind */
	const char *nsswitch;		    /* says where else the answers may come from */

	/* The name of the account with @uid, into @size bytes with its NUL. */
	int (*account_name)(const struct subid_host *host, uint32_t uid, char *ret_name,
			    size_t size);
	/* The UID of the account called @name. */
	int (*account_uid)(const struct subid_host *host, const char *name, uint32_t *ret_uid);

	/* Memory for these two; the shim does not touch it. */
	char *scratch;
	size_t scratch_len;
};

/*
 * The three questions. Common to all:
 *
 * @kind: in which database.
 * @owner: afterwards as the accounts know it: a numeric owner that has an
 * account bears its name. On a fault its contents are unspecified.
 * Returns 0; -ENOENT if the database says no, is not there, or may not be seen
 * by this process; -EAGAIN if it keeps changing; another negative errno if it
 * cannot be read or the accounts cannot be asked.
 * Ownership: nothing is kept open; the host's caches keep an index each.
 * Safety: MT-Safe, AS-Unsafe, AC-Unsafe (fd). errno: clobbered.
 */

/* subid_by_id: who owns @id, and at which position? The first line wins. */
int subid_by_id(const struct subid_host *host, enum subid_kind kind, uint32_t id,
		struct subid_owner *ret_owner, uint64_t *ret_position);

/* subid_by_owner: does @owner own @id, and at which position? */
int subid_by_owner(const struct subid_host *host, enum subid_kind kind, struct subid_owner *owner,
		   uint32_t id, uint64_t *ret_position);

/* subid_by_position: which ID is at this position of @owner? */
int subid_by_position(const struct subid_host *host, enum subid_kind kind,
		      struct subid_owner *owner, uint64_t position, uint32_t *ret_id);
