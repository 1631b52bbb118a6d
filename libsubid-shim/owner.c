/* SPDX-License-Identifier: BSD-3-Clause */
#include "owner.h"

#include <errno.h>
#include <string.h>

#include "text.h"

void subid_owner_set_line(struct subid_owner *owner, const struct subid_line *line)
{
	memcpy(owner->name, line->owner, line->owner_len);
	owner->name[line->owner_len] = '\0';
	owner->name_len = line->owner_len;
	owner->uid_len = 0;
	owner->resolved = false;
}

int subid_owner_set(struct subid_owner *owner, const char *text, size_t len)
{
	const struct subid_line line = { .owner = text, .owner_len = len };

	if (!subid_owner_text_valid(text, len))
		return -EINVAL;

	subid_owner_set_line(owner, &line);
	return 0;
}

int subid_owner_uid(const char *text, size_t len, uint32_t *ret_uid)
{
	uint32_t uid;

	if (subid_decimal_parse(text, len, &uid) < 0 || uid == UINT32_MAX)
		return -EINVAL;
	*ret_uid = uid;
	return 0;
}

bool subid_owner_lacks_name(const struct subid_owner *owner)
{
	uint32_t uid;

	return !owner->resolved && subid_owner_uid(owner->name, owner->name_len, &uid) == 0;
}

bool subid_owner_is(const struct subid_owner *owner, const struct subid_line *line)
{
	return subid_text_equal(line->owner, line->owner_len, owner->name, owner->name_len) ||
	       (owner->uid_len > 0 &&
		subid_text_equal(line->owner, line->owner_len, owner->uid, owner->uid_len));
}

int subid_owner_set_account(struct subid_owner *owner, const char *name)
{
	struct subid_owner written = *owner;
	size_t len = subid_text_length(name, sizeof(owner->name));
	uint32_t uid;

	if (subid_owner_uid(name, len, &uid) == 0 || subid_owner_set(owner, name, len) < 0)
		return -EINVAL;

	memcpy(owner->uid, written.name, written.name_len);
	owner->uid_len = written.name_len;
	return 0;
}

void subid_owner_set_uid(struct subid_owner *owner, uint32_t uid)
{
	owner->uid_len = subid_decimal_format(uid, owner->uid);
}
