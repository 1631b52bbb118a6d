/* SPDX-License-Identifier: BSD-3-Clause */
/* Skips nothing: every line is parsed. */
#include "skip.h"

size_t subid_skip_without_id(const char *text, size_t len, uint32_t id)
{
	(void)text, (void)len, (void)id;
	return 0;
}

size_t subid_skip_without_owner(const char *text, size_t len, const struct subid_owner *owner)
{
	(void)text, (void)len, (void)owner;
	return 0;
}
