/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <sys/stat.h>

#include "owner.h"
#include "range.h"

/*
 * Memory is bounded, for it is the host's: an index takes twice a usual file, and
 * less than six times any; building it, another three to six times the file for
 * a moment. A larger file is read each time.
 */
#define SUBID_INDEX_FILE_MAX_BYTES (4L * 1024 * 1024)

/* The answers of one version of a file, never written once it is built. */
struct subid_index;

/*
 * subid_index_build: read a file into an index.
 *
 * O(n log n) in its lines, whatever overlaps. Memory is mapped, not allocated:
 * the host's malloc may be of any kind and in any state.
 * @stamp: the version to index; one that subid_index_may_hold() accepts.
 * @ret: set on success only.
 * Returns 0; -ESTALE if the file is not, or no longer, that version; -E2BIG if
 * an owner has 2^32 IDs or more; -ENOMEM; or another negative errno.
 * Ownership: end with subid_index_free().
 * Safety: MT-Safe, AS-Unsafe, AC-Unsafe. errno: clobbered.
 */
int subid_index_build(const char *path, const struct stat *stamp, struct subid_index **ret);
void subid_index_free(struct subid_index *index);

/*
 * subid_index_settle: move an index to where it costs no page of its own.
 *
 * @room: aligned for an index, of @size bytes; nobody may be reading what is there.
 * Returns the index, in @room if that is large enough and otherwise where it was.
 * Ownership: still to be ended with subid_index_free(), which leaves @room alone.
 */
struct subid_index *subid_index_settle(struct subid_index *index, void *room, size_t size);

/*
 * subid_index_may_hold: can an index of this version be told from later ones,
 * and may everybody have it?
 *
 * No if the file changed so recently that its stamp may not tell, if it is
 * large, or if its mode does not let all read it: a process may give up
 * privileges and must not know then what it could not read. (What denies
 * reading but not stat(2), such as an ACL for one user, is not noticed.)
 */
bool subid_index_may_hold(const struct stat *stamp);

/* subid_index_is_of: is it the index of the version with this stamp? */
bool subid_index_is_of(const struct subid_index *index, const struct stat *stamp);

/* An index does not know: ask the file. */
#define SUBID_INDEX_SILENT 2

/*
 * subid_index_ask: what subid_files_ask() says of the same version, or
 * SUBID_INDEX_SILENT where a file writes one owner both ways.
 *
 * Safety: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 */
int subid_index_ask(const struct subid_index *index, struct subid_owner *owner,
		    struct subid_place *place);
