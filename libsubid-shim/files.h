/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "owner.h"
#include "range.h"

/*
 * subid_files_ask: find an owner's ID in a file of subuid(5) format.
 *
 * One open, bounded stack, nothing allocated, and nothing held on return, so
 * that the caller may ask other services for accounts.
 *
 * @path: /etc/subuid or /etc/subgid.
 * @owner: to seek by. For SUBID_SEEK_OWNER it is set to whom the first line
 * with the ID delegates it; if @owner is already that owner, it is left alone.
 * @place: its known half is read; the other is set on success only.
 * Returns 0; -ENOENT if there is no such ID or no file to see; SUBID_UNRESOLVED
 * if the file writes owners as UIDs and @owner is not resolved (do that and
 * ask again); -ESTALE if the file changed meanwhile (ask again); or
 * another negative errno.
 * Safety: MT-Safe, AS-Unsafe, AC-Unsafe (fd). errno: clobbered.
 */
int subid_files_ask(const char *path, struct subid_owner *owner, struct subid_place *place);
