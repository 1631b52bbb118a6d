/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "owner.h"
#include "subid.h"

/*
 * Record names: `subuid-OWNER-UID` and `subgid-OWNER-GID`. The ID is canonical
 * decimal and begins after the last `-`; OWNER may hold dashes of its own.
 * Formatting and parsing are exact inverses. MT-Safe; errno: untouched.
 */

#define NSS_NAME_PREFIX_LEN 7

/* By enum subid_kind. */
extern const char nss_name_prefixes[2][NSS_NAME_PREFIX_LEN + 1];

/*
 * nss_name_format: the name of a record, in the caller's buffer.
 * Returns it, or NULL if the buffer is too small.
 */
static inline char *nss_name_format(struct nss_arena *arena, enum subid_kind kind,
				    const struct subid_owner *owner, uint32_t id)
{
	char *begin = arena->next;

	nss_arena_put(arena, (struct nss_text){ nss_name_prefixes[kind], NSS_NAME_PREFIX_LEN });
	nss_arena_put(arena, (struct nss_text){ owner->name, owner->name_len });
	nss_arena_put(arena, NSS_TEXT("-"));
	nss_arena_put_number(arena, id);
	return nss_arena_end(arena, begin);
}

/*
 * nss_name_parse: which record a name asks for.
 *
 * @ret_owner: as the name writes it, not resolved. @ret_id: the ID.
 * Returns 0, or -ENOENT for any name that nss_name_format() does not write.
 */
int nss_name_parse(enum subid_kind kind, const char *name, struct subid_owner *ret_owner,
		   uint32_t *ret_id);

/*
 * nss_name_is_ours: does @name begin like a record of @kind? One comparison:
 * with [SUCCESS=merge] every group lookup of the host comes by
 * (systemd#18846).
 */
bool nss_name_is_ours(enum subid_kind kind, const char *name);

/*
 * nss_name_is_of: is @owner the one that @name writes?
 *
 * @name, @owner_len: a name that nss_name_parse() has accepted, and how long it
 * found the owner to be.
 */
bool nss_name_is_of(const char *name, size_t owner_len, const struct subid_owner *owner);
