/* SPDX-License-Identifier: BSD-3-Clause */
#include "name.h"

#include <errno.h>
#include <string.h>

#include "decimal.h"
#include "text.h"

#define PREFIX_LEN 7

static const char prefixes[2][PREFIX_LEN + 1] = {
	[SUBID_UID] = "subuid-",
	[SUBID_GID] = "subgid-",
};

bool nss_name_is_ours(enum subid_kind kind, const char *name)
{
	for (size_t i = 0; i < PREFIX_LEN; i++)
		if (name[i] != prefixes[kind][i])
			return false;
	return true;
}

/* strrchr(3); a symbol more costs every process that loads us. */
static const char *last_dash(const char *text)
{
	const char *dash = NULL;

	for (; *text != '\0'; text++)
		if (*text == '-')
			dash = text;
	return dash;
}

char *nss_name_format(struct nss_arena *arena, enum subid_kind kind,
		      const struct subid_owner *owner, uint32_t id)
{
	char digits[SUBID_DECIMAL_MAX_BYTES];
	const struct nss_text parts[] = {
		{ prefixes[kind], PREFIX_LEN },
		{ owner->name, owner->name_len },
		NSS_TEXT("-"),
		{ digits, subid_decimal_format(id, digits) },
	};

	return nss_arena_join(arena, parts, 4);
}

int nss_name_parse(enum subid_kind kind, const char *name, struct subid_owner *ret_owner,
		   uint32_t *ret_id)
{
	const char *owner, *dash;

	if (!nss_name_is_ours(kind, name))
		return -ENOENT;
	owner = name + PREFIX_LEN;
	dash = last_dash(owner);
	if (!dash)
		return -ENOENT;

	if (subid_decimal_parse(dash + 1, subid_text_length(dash + 1, SUBID_DECIMAL_MAX_BYTES),
				ret_id) < 0 ||
	    subid_owner_set(ret_owner, owner, (size_t)(dash - owner)) < 0)
		return -ENOENT;
	return 0;
}

bool nss_name_is_of(enum subid_kind kind, const char *name, const struct subid_owner *owner)
{
	const char *text = name + PREFIX_LEN;

	return nss_name_is_ours(kind, name) && last_dash(text) == text + owner->name_len &&
	       subid_text_equal(text, owner->name_len, owner->name, owner->name_len);
}
