/* SPDX-License-Identifier: BSD-3-Clause */
#include "pack.h"

#include <errno.h>

#include "arena.h"
#include "name.h"

/*
 * No shadow entry stands behind it: no password matches, and pam_unix refuses
 * the account too. `*` would let the account stage pass.
 */
#define PASSWORD NSS_TEXT("x")

static char *gecos(struct nss_arena *arena, const struct subid_owner *owner, uint64_t position)
{
	char *begin = arena->next;

	nss_arena_put(arena, NSS_TEXT("Subordinate UID "));
	nss_arena_put_number(arena, position);
	nss_arena_put(arena, NSS_TEXT(" of "));
	nss_arena_put(arena, (struct nss_text){ owner->name, owner->name_len });
	return nss_arena_end(arena, begin);
}

int nss_pack_passwd(const struct subid_owner *owner, uint32_t uid, uint64_t position, uint32_t gid,
		    struct passwd *ret, char *buf, size_t len)
{
	struct nss_arena arena = { .next = buf, .left = len };
	struct passwd pwd = {
		.pw_name = nss_name_format(&arena, SUBID_UID, owner, uid),
		.pw_passwd = nss_arena_copy(&arena, PASSWORD),
		.pw_uid = uid,
		.pw_gid = gid,
		.pw_gecos = gecos(&arena, owner, position),
		.pw_dir = nss_arena_copy(&arena, NSS_TEXT("/")),
		.pw_shell = nss_arena_copy(&arena, NSS_TEXT(NSS_SUBID_NOLOGIN)),
	};

	if (arena.full)
		return -ERANGE;

	*ret = pwd;
	return 0;
}

int nss_pack_group(const struct subid_owner *owner, uint32_t gid, struct group *ret, char *buf,
		   size_t len)
{
	struct nss_arena arena = { .next = buf, .left = len };
	/* Before the strings: behind them it would often need padding. */
	char **members = nss_arena_empty_list(&arena);
	struct group grp = {
		.gr_mem = members,
		.gr_name = nss_name_format(&arena, SUBID_GID, owner, gid),
		.gr_passwd = nss_arena_copy(&arena, PASSWORD),
		.gr_gid = gid,
	};

	if (arena.full)
		return -ERANGE;

	*ret = grp;
	return 0;
}
