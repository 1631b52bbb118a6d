/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "owner.h"
#include "range.h"

/*
 * The three questions of subid.h, answered by reading a file in subuid(5) format:
 * one open(2), a bounded stack, nothing allocated, nothing kept.
 *
 * @path: /etc/subuid or /etc/subgid.
 * @ret_position, @ret_id: set on success only. @ret_owner: its contents are
 * unspecified on failure.
 * Returns 0; -ENOENT if the file has no such ID, owner or position, or there is no file
 * that this process may see; -ESTALE if the file changed during the scan (scan again); or
 * another negative errno.
 * Safety: MT-Safe, AS-Unsafe, AC-Unsafe (fd). errno: clobbered.
 */
SUBID_CHECKED int subid_files_scan_id(const char *path, uint32_t id, struct subid_owner *ret_owner,
				      uint64_t *ret_position);
SUBID_CHECKED int subid_files_scan_owner(const char *path, const struct subid_owner *owner,
					 uint32_t id, uint64_t *ret_position);
SUBID_CHECKED int subid_files_scan_position(const char *path, const struct subid_owner *owner,
					    uint64_t position, uint32_t *ret_id);
