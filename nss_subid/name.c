/* SPDX-License-Identifier: BSD-3-Clause */
#include "name.h"

#include <errno.h>

#include "decimal.h"
#include "text.h"

/* Behind the prefix there are an owner, a dash and 10 digits at most: of a name
 * that is cut here, the owner is too long already. */
#define TEXT_MAX_BYTES (SUBID_OWNER_MAX_BYTES + 1 + 10 + 1)

const char nss_name_prefixes[2][NSS_NAME_PREFIX_LEN + 1] = {
	[SUBID_UID] = "subuid-",
	[SUBID_GID] = "subgid-",
};

bool nss_name_is_ours(enum subid_kind kind, const char *name)
{
	return subid_text_begins(name, nss_name_prefixes[kind], NSS_NAME_PREFIX_LEN);
}

int nss_name_parse(enum subid_kind kind, const char *name, struct subid_owner *ret_owner,
		   uint32_t *ret_id)
{
	const char *owner, *end, *digits;

	if (!nss_name_is_ours(kind, name))
		return -ENOENT;
	owner = name + NSS_NAME_PREFIX_LEN;
	end = owner + subid_text_length(owner, TEXT_MAX_BYTES);

	digits = end;
	while (digits > owner && digits[-1] != '-')
		digits--;
	if (digits == owner)
		return -ENOENT;

	if (subid_decimal_parse(digits, (size_t)(end - digits), ret_id) < 0 ||
	    subid_owner_set(ret_owner, owner, (size_t)(digits - 1 - owner)) < 0)
		return -ENOENT;
	return 0;
}

bool nss_name_is_of(const char *name, size_t owner_len, const struct subid_owner *owner)
{
	return subid_text_equal(name + NSS_NAME_PREFIX_LEN, owner_len, owner->name,
				owner->name_len);
}
