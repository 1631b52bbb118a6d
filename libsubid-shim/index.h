/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "owner.h"
#include "range.h"

/*
 * An index answers the three questions of subid.h about one version of a file
 * without reading it. It is one mapping, never written once it is built.
 *
 *   /etc/subuid             lines[]  start   count  laid  next     by_start[]
 *
 *   bob:100000:65536    ->  [0]     100000   65536     0   [2]     100000 -> [0]
 *   alice:165536:65536  ->  [1]     165536   65536     0    -      165536 -> [1]
 *   bob:300000:1000     ->  [2]     300000    1000 65536    -      300000 -> [2]
 *
 *                           buckets[]  - [1] [0] - -        hash of an owner -> its first line
 *                           owners     "bob" "alice" "bob"  each line points to its owner's text
 *
 * lines[] is the file: one entry for each line that delegates something, in the same
 * order. `laid` is how many of the owner's IDs the lines above it hold, so position =
 * laid + (ID - start); `next` is the owner's next line.
 *
 * - Who owns an ID? A binary search in by_start[] finds the last line that begins at
 *   the ID or below it. Where lines overlap, another one below may hold the ID too, and
 *   the first line of the file wins: the search goes on downwards, and ends where
 *   `reach`, the highest ID of all lines down to there, is below the ID. Without
 *   overlaps that is at once.
 * - Does an owner own an ID, and at which position? If the first line with the ID is
 *   the owner's, that is the answer. Otherwise the owner's lines are followed.
 * - Which ID is at a position of an owner? The hash leads to the owner's first line, and
 *   the lines are followed.
 *
 * tests/unit/index-dump FILE prints the index of a file in these terms.
 */
struct subid_index;

/*
 * Memory is bounded, for it is the host's: an index takes up to seven times the
 * file's size, and twice that of a usual one. A larger file is read each time.
 */
#define SUBID_INDEX_FILE_MAX_BYTES (4L * 1024 * 1024)

/*
 * subid_index_may_hold: may a process keep an index of this version of the file?
 *
 * No, if the file changed so recently that its stamp may not tell this version from a
 * later one, if it is too large, or if its mode does not let everybody read it: a
 * process may give up privileges, and must then not know what it can no longer read.
 * (A rule that denies reading but not stat(2), such as an ACL for one user, is not
 * noticed.)
 */
SUBID_CHECKED bool subid_index_may_hold(const struct stat *stamp);

/*
 * subid_index_build: read a file into an index.
 *
 * O(n log n) in the lines, whatever overlaps. Memory is mapped, not allocated: the
 * host's malloc may be of any kind and in any state.
 * @stamp: the version to index; one that subid_index_may_hold() accepts.
 * @ret: set on success only.
 * Returns 0; -ESTALE if the file is not, or no longer, that version; -E2BIG if an owner
 * has 2^32 IDs or more, or if too many owners share a hash; -ENOMEM; or another negative errno.
 * Ownership: end with subid_index_free().
 * Safety: MT-Safe, AS-Unsafe, AC-Unsafe. errno: clobbered.
 */
SUBID_CHECKED int subid_index_build(const char *path, const struct stat *stamp,
				    struct subid_index **ret);

/* subid_index_free: NULL is allowed. errno: clobbered. */
void subid_index_free(struct subid_index *index);

/* subid_index_is_of: is it the index of the version with this stamp? */
SUBID_CHECKED bool subid_index_is_of(const struct subid_index *index, const struct stat *stamp);

/*
 * subid_index_find_id, _find_owner, _find_position: what the function of files.h with
 * the same parameters says of the same version of the file.
 *
 * @ret_owner, @ret_position, @ret_id: set on success only.
 * Returns 0 or -ENOENT.
 * Safety: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 */
SUBID_CHECKED int subid_index_find_id(const struct subid_index *index, uint32_t id,
				      struct subid_owner *ret_owner, uint64_t *ret_position);
SUBID_CHECKED int subid_index_find_owner(const struct subid_index *index,
					 const struct subid_owner *owner, uint32_t id,
					 uint64_t *ret_position);
SUBID_CHECKED int subid_index_find_position(const struct subid_index *index,
					    const struct subid_owner *owner, uint64_t position,
					    uint32_t *ret_id);
