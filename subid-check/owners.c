/* SPDX-License-Identifier: BSD-3-Clause */
#include "owners.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* What the tree holds: its own key, since the owners move as they grow. */
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
		.first = { OWNERS_NO_ENTRY, OWNERS_NO_ENTRY },
		.last = { OWNERS_NO_ENTRY, OWNERS_NO_ENTRY },
	};

	known = (struct known *)memory_check(malloc(sizeof(*known)));
	*known = (struct known){ .name = owner->name, .len = len, .index = owners->n };
	memory_check(tsearch(known, &owners->by_name, compare));
	return owners->n++;
}

void owners_free(struct owners *owners)
{
	tdestroy(owners->by_name, free);
	for (size_t i = 0; i < owners->n; i++)
		free(owners->items[i].name);
	free(owners->items);
	*owners = (struct owners){ .n = 0 };
}
