/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "owner.h"

/*
 * Most of a large file is other owners' lines, which need not be parsed. Both
 * functions look at whole lines from the start of @text and stop at the first line
 * that may matter, or that they cannot tell. They may skip fewer lines than they
 * could, never more.
 *
 * @text, @len: a buffer that begins with a line; any bytes.
 * Returns how many bytes to skip: whole lines with their newlines.
 * Safety: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 */

/* subid_skip_without_id: skip lines that do not delegate @id. */
SUBID_CHECKED size_t subid_skip_without_id(const char *text, size_t len, uint32_t id);

/* subid_skip_without_owner: skip lines that are not @owner's. */
SUBID_CHECKED size_t subid_skip_without_owner(const char *text, size_t len,
					      const struct subid_owner *owner);
