/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>

#include "range.h"

/* libsubid ignores a longer name and takes the files. */
#define SUBID_SOURCE_MAX_BYTES 50

/*
 * subid_source_read: which source of subordinate IDs does nsswitch.conf name?
 *
 * The rules are libsubid's. The source is the first word on the first line that begins with
 * `subid:`, in upper or lower case, and has a word. If that line, or one before it, has a NUL or
 * no newline, the files are the source.
 *
 * @path: /etc/nsswitch.conf. If this process may not see it, or there is none, the files are
 * the source.
 * @ret_name: set to the word, or to "" for the files; unspecified on failure.
 * Returns 0, -EAGAIN if the file keeps changing, or another negative errno if it cannot be
 * read.
 * Safety: MT-Safe, AS-Unsafe, AC-Unsafe (fd). errno: clobbered.
 * Source: shadow 4.20, lib/nss.c.
 */
SUBID_CHECKED int subid_source_read(const char *path, char ret_name[SUBID_SOURCE_MAX_BYTES + 1]);
