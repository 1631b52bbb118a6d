/* SPDX-License-Identifier: BSD-3-Clause */
#include "acl.h"

#include <errno.h>

/* linux/posix_acl_xattr.h: a version, then entries of a tag, permissions and an ID,
 * all little-endian. Not every system has that header for programs. */
#define ACL_VERSION 2
#define HEADER_BYTES 4
#define ENTRY_BYTES 8
#define TAG_USER 0x02
#define TAG_GROUP 0x08

static uint32_t number(const uint8_t *bytes, size_t n)
{
	uint32_t value = 0;

	for (size_t i = n; i > 0; i--)
		value = value << 8 | bytes[i - 1];
	return value;
}

int acl_begin(struct acl *ret, const void *bytes, size_t len)
{
	const uint8_t *at = (const uint8_t *)bytes;

	if (len < HEADER_BYTES || (len - HEADER_BYTES) % ENTRY_BYTES != 0 ||
	    number(at, HEADER_BYTES) != ACL_VERSION)
		return -EINVAL;
	*ret = (struct acl){ .at = at + HEADER_BYTES, .left = len - HEADER_BYTES };
	return 0;
}

bool acl_next(struct acl *acl, struct acl_entry *ret)
{
	while (acl->left > 0) {
		uint32_t tag = number(acl->at, 2), id = number(acl->at + 4, 4);

		acl->at += ENTRY_BYTES;
		acl->left -= ENTRY_BYTES;
		if (tag != TAG_USER && tag != TAG_GROUP)
			continue;
		*ret = (struct acl_entry){ tag == TAG_USER ? SUBID_UID : SUBID_GID, id };
		return true;
	}
	return false;
}
