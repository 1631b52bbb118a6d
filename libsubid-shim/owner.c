/* SPDX-License-Identifier: BSD-3-Clause */
#include "owner.h"

#include <errno.h>
#include <string.h>

#include "decimal.h"
#include "text.h"

void subid_owner_set_line(struct subid_owner *ret, const struct subid_line *line)
{
	memcpy(ret->text, line->owner, line->owner_len);
	ret->text[line->owner_len] = '\0';
	ret->len = line->owner_len;
	ret->place = 0;
}

int subid_owner_set(struct subid_owner *ret, const char *text, size_t len)
{
	const struct subid_line line = { .owner = text, .owner_len = len };

	if (!subid_owner_text_valid(text, len))
		return -EINVAL;

	subid_owner_set_line(ret, &line);
	return 0;
}

bool subid_owner_is(const struct subid_owner *owner, const struct subid_line *line)
{
	return subid_text_equal(line->owner, line->owner_len, owner->text, owner->len);
}

int subid_owner_uid(const char *text, size_t len, uint32_t *ret_uid)
{
	uint32_t uid;

	if (subid_decimal_parse(text, len, &uid) < 0 || uid == UINT32_MAX)
		return -EINVAL;
	*ret_uid = uid;
	return 0;
}
