/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "owner.h"
#include "range.h"

/*
 * The second source of ranges: shadow's libsubid, with the plugin that nsswitch.conf names.
 * Only subid-userdbd is linked with libsubid. libsubid is not thread-safe, may hang with its
 * plugin, and calls getpwnam(3). So subid-userdbd calls it in worker processes, which it can
 * kill.
 *
 * libsubid knows ranges but no positions, so the three questions of subid.h are answered from
 * a list of ranges. An owner is a text here, too, even if the text is a number.
 */

/*
 * subid_libsubid_ranges: the ranges of @owner, in the order in which libsubid has them.
 *
 * Ranges that a line of subuid(5) could not hold are left out.
 * @ret: set on success only, to *ret_n ranges. Ownership: end with free(3).
 * Returns 0; -ENOENT if there are none; or another negative errno. libsubid returns the same
 * value for an unknown owner, a broken connection and a lack of memory. If errno then says that
 * a connection failed or that something ran out, this errno is returned; otherwise -ENOENT.
 * Safety: MT-Unsafe, AS-Unsafe, AC-Unsafe. errno: clobbered.
 */
SUBID_CHECKED int subid_libsubid_ranges(enum subid_kind kind, const struct subid_owner *owner,
					struct subid_range **ret, size_t *ret_n);

/*
 * subid_libsubid_owners: the UIDs of the accounts that may own @id.
 *
 * @ret: set on success only, to *ret_n UIDs. Ownership: end with free(3).
 * Returns, safety: as above. A plugin need not support this (SSSD's does not), so -ENOENT does
 * not mean that the ID has no owner. Nor does a UID that is returned prove that its account owns
 * the ID: the caller looks for the ID in the account's ranges.
 */
SUBID_CHECKED int subid_libsubid_owners(enum subid_kind kind, uint32_t id, uint32_t **ret,
					size_t *ret_n);

/*
 * subid_ranges_find_id: the position of @id in an owner's ranges, laid end to end.
 * subid_ranges_find_position: the ID at a position.
 *
 * @ranges: @n of them, each with at least one ID and none above 2^32-1; NULL if @n is 0.
 * @position: from 0.
 * @ret_position, @ret_id: set on success only.
 * Returns 0 or -ENOENT.
 * Safety: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 */
__attribute__((warn_unused_result, nonnull(4))) int
subid_ranges_find_id(const struct subid_range *ranges, size_t n, uint32_t id,
		     uint64_t *ret_position);
__attribute__((warn_unused_result, nonnull(4))) int
subid_ranges_find_position(const struct subid_range *ranges, size_t n, uint64_t position,
			   uint32_t *ret_id);
