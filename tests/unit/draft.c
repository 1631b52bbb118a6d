/* SPDX-License-Identifier: BSD-3-Clause */
#include "draft.h"

#include <stdio.h>

#include "check.h"
#include "scratch.h"

struct draft draft;

void draft_clear(void)
{
	draft.len = 0;
	draft.text[0] = '\0';
}

void draft_add(const char *format, ...)
{
	size_t left = sizeof(draft.text) - draft.len;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(draft.text + draft.len, left, format, args);
	va_end(args);
	assert_in_range(len, 0, left - 1);
	draft.len += (size_t)len;
}

void draft_add_bytes(const char *bytes, size_t len)
{
	assert_in_range(len, 0, sizeof(draft.text) - draft.len - 1);
	memcpy(draft.text + draft.len, bytes, len);
	draft.len += len;
	draft.text[draft.len] = '\0';
}

void draft_write(const char *name)
{
	scratch_write_bytes(name, draft.text, draft.len);
}
