/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "decimal.h"

/*
 * The caller's buffer, filled from its start: the only place that computes with
 * its addresses. A string is put together piece by piece; what does not fit is
 * left out and noted, so that only the end need be looked at.
 *
 * Here and not in a file of its own: most texts are constant, and copying them by
 * a function that does not know it was a third of a lookup.
 *
 * Safety of all functions here: MT-Safe on different arenas, AS-Safe, AC-Safe.
 * errno: untouched.
 */
struct nss_arena {
	char *next;  /* where the next string begins, or goes on */
	size_t left; /* bytes */
	bool full;   /* something did not fit */
};

/* Some text and its length, so that nobody need count it again. */
struct nss_text {
	const char *text;
	size_t len;
};

#define NSS_TEXT(literal) ((struct nss_text){ literal, sizeof(literal) - 1 })

/* nss_arena_has_room: for so many bytes? If not, the arena is full. */
static inline bool nss_arena_has_room(struct nss_arena *arena, size_t size)
{
	if (size > arena->left)
		arena->full = true;
	return size <= arena->left;
}

static inline void nss_arena_advance(struct nss_arena *arena, size_t size)
{
	arena->next += size;
	arena->left -= size;
}

/* nss_arena_put, nss_arena_put_number: the next piece of a string, which begins at ->next. */
static inline void nss_arena_put(struct nss_arena *arena, struct nss_text text)
{
	if (!nss_arena_has_room(arena, text.len))
		return;
	memcpy(arena->next, text.text, text.len);
	nss_arena_advance(arena, text.len);
}

static inline void nss_arena_put_number(struct nss_arena *arena, uint64_t value)
{
	size_t digits = subid_decimal_digits(value);

	if (!nss_arena_has_room(arena, digits))
		return;
	subid_decimal_write(value, digits, arena->next);
	nss_arena_advance(arena, digits);
}

/*
 * nss_arena_end: the string that began at @begin is complete.
 *
 * Returns it, NUL-terminated, or NULL if something did not fit.
 * Ownership: the caller's buffer.
 */
static inline char *nss_arena_end(struct nss_arena *arena, char *begin)
{
	nss_arena_put(arena, (struct nss_text){ "", 1 });
	return arena->full ? NULL : begin;
}

/* nss_arena_copy: a text as a string of its own; otherwise as above. */
static inline char *nss_arena_copy(struct nss_arena *arena, struct nss_text text)
{
	char *begin = arena->next;

	nss_arena_put(arena, text);
	return nss_arena_end(arena, begin);
}

/*
 * nss_arena_empty_list: an empty, NULL-terminated vector of strings, aligned
 * for its type (glibc bug 21654); otherwise as above.
 */
static inline char **nss_arena_empty_list(struct nss_arena *arena)
{
	size_t padding = -(uintptr_t)arena->next % _Alignof(char *);
	char **list;

	if (!nss_arena_has_room(arena, padding + sizeof(char *)))
		return NULL;
	list = (char **)(void *)(arena->next + padding);
	*list = NULL;
	nss_arena_advance(arena, padding + sizeof(char *));
	return list;
}
