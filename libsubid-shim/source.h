/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>

#include "range.h"

/* libsubid takes a longer name for none. */
#define SUBID_SOURCE_MAX_BYTES 50

/*
 * subid_source_read: which source of subordinate IDs does nsswitch.conf name?
 *
 * The rules are libsubid's: of the lines that begin with `subid:`, in any case, the first
 * that has a word after it; of its words the first. A line before it that has a NUL or no
 * newline means the files.
 *
 * @path: /etc/nsswitch.conf. A file that is missing or may not be seen names none.
 * @ret_name: set to the word, or to "" for the files; unspecified on failure.
 * Returns 0, -EAGAIN if the file keeps changing, or another negative errno if it cannot be
 * read.
 * Safety: MT-Safe, AS-Unsafe, AC-Unsafe (fd). errno: clobbered.
 * Source: shadow 4.20, lib/nss.c.
 */
SUBID_CHECKED int subid_source_read(const char *path, char ret_name[SUBID_SOURCE_MAX_BYTES + 1]);
