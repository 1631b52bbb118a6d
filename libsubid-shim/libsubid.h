/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "owner.h"
#include "range.h"

/*
 * The second source: whatever nsswitch.conf names, through shadow's libsubid. It is linked
 * by subid-userdbd alone. libsubid is not thread-safe, may hang with its plugin, and asks
 * getpwnam(3), so it is called in a process that can be spared.
 *
 * It tells an owner's ranges and nothing else, so the three questions of subid.h are
 * answered from such a list. An owner is a text here too, also if the text is a number.
 */

/*
 * subid_libsubid_ranges: the ranges of @owner, in the order in which libsubid has them.
 *
 * Ranges that a line of subuid(5) could not hold are left out.
 * @ret: set on success only. Ownership: free(3). @ret_n: how many.
 * Returns 0; -ENOENT if there are none; or another negative errno. libsubid has one result
 * for an unknown owner, a broken connection and a plugin without memory. It is a fault
 * here, and not an absence, if errno then tells of a connection or of a shortage.
 * Safety: MT-Unsafe, AS-Unsafe, AC-Unsafe. errno: clobbered.
 */
SUBID_CHECKED int subid_libsubid_ranges(enum subid_kind kind, const struct subid_owner *owner,
					struct subid_range **ret, size_t *ret_n);

/*
 * subid_libsubid_owners: the UIDs of the accounts that may own @id.
 *
 * @ret: set on success only. Ownership: free(3). @ret_n: how many.
 * Returns, safety: as above. Plugins need not know (SSSD's does not), so an owner that is
 * told is proved by its ranges, and -ENOENT proves nothing.
 */
SUBID_CHECKED int subid_libsubid_owners(enum subid_kind kind, uint32_t id, uint32_t **ret,
					size_t *ret_n);

/*
 * subid_ranges_find_id: the position of @id in an owner's ranges, laid end to end.
 * subid_ranges_find_position: the ID at a position.
 *
 * @ranges: @n of them, each with an ID at least and none beyond 2^32-1.
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
