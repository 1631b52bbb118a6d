/* SPDX-License-Identifier: BSD-3-Clause */
#include "owners.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* The tree holds keys of its own, since the owners move as their array grows. */
struct known {
	const char *name;
	size_t len;
	size_t index;
};

static int compare(const void *a, const void *b)
{
	const struct known *left = (const struct known *)a;
	const struct known *right = (const struct known *)b;

	if (left->len != right->len)
		return left->len < right->len ? -1 : 1;
	return memcmp(left->name, right->name, left->len);
}

size_t owners_find(struct owners *owners, const char *name, size_t len)
{
	const struct known wanted = { .name = name, .len = len };
	struct known *known, **node = (struct known **)tfind(&wanted, &owners->by_name, compare);
	struct owner *owner;

	if (node)
		return (*node)->index;

	owners->items = (struct owner *)memory_room(owners->items, owners->n, &owners->room,
						    sizeof(*owners->items));
	owner = &owners->items[owners->n];
	*owner = (struct owner){
		.name = memory_text(name, len),
		.person = owners->n,
		.first = { OWNER_NO_ENTRY, OWNER_NO_ENTRY },
		.last = { OWNER_NO_ENTRY, OWNER_NO_ENTRY },
	};

	known = (struct known *)memory_check(malloc(sizeof(*known)));
	*known = (struct known){ .name = owner->name, .len = len, .index = owners->n };
	memory_check(tsearch(known, &owners->by_name, compare));
	return owners->n++;
}

size_t owners_by_name(const struct owners *owners, const char *name)
{
	const struct known wanted = { .name = name, .len = strlen(name) };
	struct known *const *node =
		(struct known *const *)tfind(&wanted, &owners->by_name, compare);

	return node ? (*node)->index : OWNER_NONE;
}

void owners_free(struct owners *owners)
{
	tdestroy(owners->by_name, free);
	for (size_t i = 0; i < owners->n; i++)
		free(owners->items[i].name);
	free(owners->items);
	*owners = (struct owners){ .n = 0 };
}
