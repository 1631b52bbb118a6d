/* SPDX-License-Identifier: BSD-3-Clause */
#include "memory.h"

#include <err.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void memory_fail(void)
{
	err(CHECK_STATUS_BLIND, "memory");
}

void *memory_check(void *memory)
{
	if (!memory)
		memory_fail();
	return memory;
}

void *memory_room(void *items, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return items;
	*room = *room > 0 ? *room * 2 : 16;
	return memory_check(reallocarray(items, *room, size));
}

char *memory_text(const char *text, size_t len)
{
	char *copy = (char *)memory_check(malloc(len + 1));

	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *memory_print(const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	return (char *)memory_check(len < 0 ? NULL : text);
}
