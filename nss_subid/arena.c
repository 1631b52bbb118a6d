/* SPDX-License-Identifier: BSD-3-Clause */
#include "arena.h"

#include <stdint.h>
#include <string.h>

static char *take(struct nss_arena *arena, size_t size)
{
	char *taken = arena->next;

	if (size > arena->left)
		return NULL;
	arena->next += size;
	arena->left -= size;
	return taken;
}

char *nss_arena_join(struct nss_arena *arena, const struct nss_text parts[], size_t count)
{
	char *text, *end;
	size_t size = 1;

	for (size_t i = 0; i < count; i++)
		size += parts[i].len;

	text = take(arena, size);
	if (!text)
		return NULL;

	end = text;
	for (size_t i = 0; i < count; i++) {
		memcpy(end, parts[i].text, parts[i].len);
		end += parts[i].len;
	}
	*end = '\0';
	return text;
}

char *nss_arena_copy(struct nss_arena *arena, struct nss_text text)
{
	return nss_arena_join(arena, &text, 1);
}

char **nss_arena_empty_list(struct nss_arena *arena)
{
	size_t padding = -(uintptr_t)arena->next % _Alignof(char *);
	char *taken = take(arena, padding + sizeof(char *));
	char **list;

	if (!taken)
		return NULL;
	list = (char **)(void *)(taken + padding);
	*list = NULL;
	return list;
}
