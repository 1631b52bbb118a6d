/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "owner.h"

/*
 * Which lines need not even be parsed? Most of a large file is other owners'
 * lines. Both functions look at whole lines from the start of @text and stop
 * at the first one that may matter, or that they cannot tell: they may skip
 * less than they could, never more.
 *
 * @text, @len: the buffer, beginning with a line; any bytes.
 * Returns how many bytes to skip: whole lines with their newlines.
 * Safety: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 */

/* subid_skip_without_id: lines that do not delegate @id. */
size_t subid_skip_without_id(const char *text, size_t len, uint32_t id);

/*
 * subid_skip_without_owner: lines that are not @owner's. While @owner is not
 * resolved, a line that writes its owner as a UID may matter.
 */
size_t subid_skip_without_owner(const char *text, size_t len, const struct subid_owner *owner);
