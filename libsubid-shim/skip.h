/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "owner.h"

/*
 * Most lines of a large file are other owners', and need not be parsed. Both functions look at
 * whole lines from the start of @text. They stop at the first line that may matter, and at one
 * that they cannot judge. They may skip fewer lines than they could, but never a line that
 * matters.
 *
 * @text, @len (bytes): any bytes; the first one begins a line.
 * Returns how many bytes to skip: whole lines with their newlines.
 * Safety: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 */

/* subid_skip_without_id: skip lines that do not delegate @id. */
SUBID_CHECKED size_t subid_skip_without_id(const char *text, size_t len, uint32_t id);

/* subid_skip_without_owner: skip lines that are not @owner's. */
SUBID_CHECKED size_t subid_skip_without_owner(const char *text, size_t len,
					      const struct subid_owner *owner);
