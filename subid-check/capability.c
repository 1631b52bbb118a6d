/* SPDX-License-Identifier: BSD-3-Clause */
#include "capability.h"

#include <errno.h>
#include <linux/capability.h>

/* The attribute is little-endian on every machine. */
static uint32_t word(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

/* Bytes of a version's value, or 0 if there is no such version. */
static size_t size_of(uint32_t revision)
{
	switch (revision) {
	case VFS_CAP_REVISION_1:
		return XATTR_CAPS_SZ_1;
	case VFS_CAP_REVISION_2:
		return XATTR_CAPS_SZ_2;
	case VFS_CAP_REVISION_3:
		return XATTR_CAPS_SZ_3;
	default:
		return 0;
	}
}

int capability_parse(const void *bytes, size_t len, struct capability *ret)
{
	const uint8_t *at = (const uint8_t *)bytes;
	struct capability capability = { .permitted = 0 };
	uint32_t revision;

	if (len < sizeof(uint32_t))
		return -EINVAL;
	revision = word(at) & VFS_CAP_REVISION_MASK;
	if (len != size_of(revision))
		return -EINVAL;
	/* Each word of permitted ones is followed by a word of inheritable ones. */
	capability.permitted = word(at + 4);
	if (len >= XATTR_CAPS_SZ_2)
		capability.permitted |= (uint64_t)word(at + 12) << 32;
	capability.has_rootid = revision == VFS_CAP_REVISION_3;
	if (capability.has_rootid)
		capability.rootid = word(at + 20);
	*ret = capability;
	return 0;
}
