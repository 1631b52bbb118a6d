/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "cache.h"
#include "owner.h"
#include "range.h"

/* A database of subordinate IDs: /etc/subuid or /etc/subgid. */
struct subid_database {
	const char *path;
	struct subid_cache *cache; /* of this file, or NULL to scan it each time */
};

/*
 * The three questions about a database. An owner's ranges are laid end to end, in the order of
 * the file, and a position counts the IDs from there: the first ID has position 0. Lines may
 * overlap or repeat. So an ID may have several positions, of which the lowest is used, and a
 * position may exceed 2^32.
 *
 * @ret_position, @ret_id: set on success only. @ret_owner: its contents are unspecified
 * on failure.
 * Returns 0; -ENOENT if the database has no such ID, owner or position, does not exist, or may
 * not be seen by this process; -EAGAIN if it keeps changing; or another negative errno if it
 * cannot be read.
 * Ownership: no descriptor stays open. A cache keeps an index in memory.
 * Safety: MT-Safe, AS-Unsafe, AC-Unsafe (fd). errno: clobbered.
 */

/* subid_by_id: who owns @id, and at which position? The first line with it wins. */
SUBID_CHECKED int subid_by_id(const struct subid_database *database, uint32_t id,
			      struct subid_owner *ret_owner, uint64_t *ret_position);

/* subid_by_owner: does @owner own @id, and at which position? */
SUBID_CHECKED int subid_by_owner(const struct subid_database *database,
				 const struct subid_owner *owner, uint32_t id,
				 uint64_t *ret_position);

/* subid_by_position: which ID is at this position of @owner? */
SUBID_CHECKED int subid_by_position(const struct subid_database *database,
				    const struct subid_owner *owner, uint64_t position,
				    uint32_t *ret_id);
