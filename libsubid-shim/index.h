/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "owner.h"
#include "range.h"

/*
 * An index answers the three questions of subid.h about one version of a file, without reading
 * the file again. An index is one mapping, and is not written once it is built.
 *
 *   number  /etc/subuid           lines[]  number   start  count   reach  laid  next  owner
 *
 *      0    bob:300000:1000         [0]       1    100000  65536       0     0    -   "alice"
 *      1    alice:100000:65536      [1]       2    165536  65536  165535  1000    -   "bob"
 *      2    bob:165536:65536        [2]       0    300000   1000  231071     0   [1]  "bob"
 *
 *                                 buckets[]  - [0] [2] - -    hash of an owner -> its first line
 *                                 step       65536            from one start to the next, mostly
 *
 * lines[] has an entry for each line that delegates something, sorted by `start`. `number` counts
 * these lines in the order of the file. `laid` counts the owner's IDs on the lines above it in the
 * file, so that the position of an ID is laid + (ID - start). `next` is the owner's next line in
 * the file. `reach` is the highest ID of all entries before this one.
 *
 * - Who owns an ID? The search finds the last entry whose `start` is not above the ID. Where lines
 *   overlap, entries before that one may hold the ID too, and the line that comes first in the
 *   file wins. So the search goes back, entry by entry, and ends where `reach` is below the ID.
 *   Without overlaps it ends at once. Most files have ranges of one size without gaps, as
 *   useradd(8) makes them. So the search begins with a guess: (ID - the first start) / step. If
 *   that entry is not the one, a binary search finds it.
 * - Does an owner own an ID, and at which position? If the first line with the ID is
 *   the owner's, that line gives the position. Otherwise the hash leads to the owner's first
 *   line, and `next` to the first one with the ID.
 * - Which ID is at a position of an owner? The hash leads to the owner's first line, and
 *   `next` to the line with the position. But subuid and subgid usually have the same owners in
 *   the same order. So if the owner was found in the index of one of them, the entry at the same
 *   place in the other one is tried first.
 *
 * In a large file a lookup mostly waits for memory, and with these two guesses it reads little.
 *
 * tests/unit/index-dump FILE prints the index of a file in these terms.
 */
struct subid_index;

/*
 * The largest file that is indexed. The limit bounds the memory that the calling program
 * spends: an index takes at most eight times the size of its file, and usually twice. A larger
 * file is scanned for each lookup.
 */
#define SUBID_INDEX_FILE_MAX_BYTES (4L * 1024 * 1024)

/*
 * subid_index_may_hold: may a process keep an index of this version of the file?
 *
 * Only if all of this is true:
 * - It is a regular file of at most SUBID_INDEX_FILE_MAX_BYTES.
 * - It did not change so recently that a later version may have the same stamp.
 * - Its mode lets everybody read it. A process that gave up its privileges must not know what it
 *   can no longer read. (A rule that denies reading but not stat(2), such as an ACL for one user,
 *   is not noticed.)
 */
SUBID_CHECKED bool subid_index_may_hold(const struct stat *stamp);

/*
 * subid_index_build: read a file into an index.
 *
 * This takes O(n log n) for n lines, however they overlap. The memory comes from mmap(2): the
 * calling program may have a malloc(3) of its own, and that may be in any state.
 * @path: the file.
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
 * subid_index_find_id: the owner and the position of an ID, by the first line that has it.
 * subid_index_find_owner: the position of an ID among the IDs of one owner.
 * subid_index_find_position: the ID at a position of an owner.
 *
 * Each finds what a scan of the same version of the file finds.
 * @position: from 0.
 * @ret_owner, @ret_position, @ret_id: set on success only.
 * Returns 0, or -ENOENT if there is no such ID, owner or position.
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
