/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * The caller's buffer, handed out from its start: the only place that computes
 * with its addresses.
 */
struct nss_arena {
	char *next;
	size_t left; /* bytes */
};

/* Some text and its length, so that nobody need count it again. */
struct nss_text {
	const char *text;
	size_t len;
};

#define NSS_TEXT(literal) ((struct nss_text){ literal, sizeof(literal) - 1 })

/*
 * nss_arena_join: copy @count texts, one after the other, as one string.
 *
 * Returns it, NUL-terminated, or NULL if the buffer is too small.
 * Ownership: the caller's buffer.
 * Safety: MT-Safe on different arenas, AS-Safe, AC-Safe. errno: untouched.
 */
char *nss_arena_join(struct nss_arena *arena, const struct nss_text parts[], size_t count);

/* nss_arena_copy: the same for a single text. */
char *nss_arena_copy(struct nss_arena *arena, struct nss_text text);

/*
 * nss_arena_empty_list: an empty, NULL-terminated vector of strings, aligned
 * for its type (glibc bug 21654); otherwise as above.
 */
char **nss_arena_empty_list(struct nss_arena *arena);
