/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The name of the extended attribute, and the size of a buffer for any value of it. */
#define CAPABILITY_XATTR "security.capability"
#define CAPABILITY_MAX_BYTES 64

/* The capabilities of a file, see capabilities(7). */
struct capability {
	uint64_t permitted; /* a bit for each */
	bool has_rootid;    /* valid only in the user namespaces whose root is UID `rootid` */
	uint32_t rootid;
};

/*
 * capability_parse: the value of the attribute `security.capability`.
 *
 * @bytes, @len: the value as getxattr(2) returns it.
 * @ret: set on success.
 * Returns 0, or -EINVAL if it has none of the three versions that Linux knows.
 */
__attribute__((nonnull, warn_unused_result)) int capability_parse(const void *bytes, size_t len,
								  struct capability *ret);
