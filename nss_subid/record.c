/* SPDX-License-Identifier: BSD-3-Clause */
#include "record.h"

#include <errno.h>
#include <string.h>

#include "decimal.h"
#include "text.h"

/*
 * The caller's buffer, filled from its start. Only the arena_ functions compute addresses in
 * it. They append to a string piece by piece. A piece that does not fit is left out and sets
 * `full`, so a record is checked once, when it is complete.
 */
struct arena {
	char *next;  /* where the next string begins, or goes on */
	size_t left; /* bytes */
	bool full;   /* something did not fit */
};

/* Bytes to append; they need not end with a NUL. */
struct text {
	const char *text;
	size_t len;
};

#define TEXT(literal) ((struct text){ literal, sizeof(literal) - 1 })

/* Are @size bytes left? If not, mark the arena as full. */
static bool arena_has_room(struct arena *arena, size_t size)
{
	if (size > arena->left)
		arena->full = true;
	return size <= arena->left;
}

static void arena_advance(struct arena *arena, size_t size)
{
	arena->next += size;
	arena->left -= size;
}

/*
 * Append a piece to the string that is being written. The function is inline because the
 * compiler then knows the length of most texts. When it did not know them, the calls of memcpy(3),
 * one for each piece, took a third of a lookup.
 */
static inline void arena_put(struct arena *arena, struct text text)
{
	if (!arena_has_room(arena, text.len))
		return;
	memcpy(arena->next, text.text, text.len);
	arena_advance(arena, text.len);
}

static void arena_put_number(struct arena *arena, uint64_t value)
{
	size_t digits = subid_decimal_digits(value);

	if (!arena_has_room(arena, digits))
		return;
	subid_decimal_write(value, digits, arena->next);
	arena_advance(arena, digits);
}

/* Complete the string that began at @begin: NUL-terminated, or NULL if something did not fit. */
static char *arena_end(struct arena *arena, char *begin)
{
	arena_put(arena, (struct text){ "", 1 });
	return arena->full ? NULL : begin;
}

/* Append a text as a complete string. Returns it, or NULL if something did not fit. */
static inline char *arena_copy(struct arena *arena, struct text text)
{
	char *begin = arena->next;

	arena_put(arena, text);
	return arena_end(arena, begin);
}

/* An empty, NULL-terminated list of strings, aligned for its type (glibc bug 21654). */
static char **arena_empty_list(struct arena *arena)
{
	size_t padding = -(uintptr_t)arena->next % _Alignof(char *);
	char **list;

	if (!arena_has_room(arena, padding + sizeof(char *)))
		return NULL;
	list = (char **)(void *)(arena->next + padding);
	*list = NULL;
	arena_advance(arena, padding + sizeof(char *));
	return list;
}

#define PREFIX_LEN 7

static const char prefixes[2][PREFIX_LEN + 1] = {
	[SUBID_UID] = "subuid-",
	[SUBID_GID] = "subgid-",
};

/*
 * The longest text behind a name's prefix: the longest owner, a dash and the longest ID. The
 * parser looks at one byte more, which is enough to refuse a longer name.
 */
#define NAME_MAX_BYTES (SUBID_OWNER_MAX_BYTES + 1 + SUBID_DECIMAL_32_MAX_BYTES)

/* `x` means that the password is in the shadow record. No password matches `!*`. */
#define PASSWORD TEXT("x")
#define LOCKED_PASSWORD TEXT("!*")
#define EXPIRED_ON_DAY 1 /* days after 1970-01-01 */

bool nss_id_is_reserved(uint32_t id)
{
	return id == 0 || id == 65534 || id == UINT16_MAX || id == UINT32_MAX;
}

uint32_t nss_gid_of_user(uint32_t gid)
{
	return nss_id_is_reserved(gid) ? NSS_GID_NOBODY : gid;
}

bool nss_record_name_is_ours(enum subid_kind kind, const char *name)
{
	return subid_text_begins(name, prefixes[kind], PREFIX_LEN);
}

int nss_record_parse_name(enum subid_kind kind, const char *name, struct subid_owner *ret_owner,
			  uint32_t *ret_id)
{
	const char *owner, *end, *digits;
	uint32_t id;

	if (!nss_record_name_is_ours(kind, name))
		return -ENOENT;
	owner = name + PREFIX_LEN;
	end = owner + subid_text_length(owner, NAME_MAX_BYTES + 1);

	digits = end;
	while (digits > owner && digits[-1] != '-')
		digits--;
	if (digits == owner)
		return -ENOENT;

	if (subid_decimal_parse(digits, (size_t)(end - digits), &id) < 0 ||
	    subid_owner_set(ret_owner, owner, (size_t)(digits - 1 - owner)) < 0)
		return -ENOENT;
	*ret_id = id;
	return 0;
}

static char *write_name(struct arena *arena, enum subid_kind kind, const struct nss_id *id)
{
	char *begin = arena->next;

	arena_put(arena, (struct text){ prefixes[kind], PREFIX_LEN });
	arena_put(arena, (struct text){ id->owner.text, id->owner.len });
	arena_put(arena, TEXT("-"));
	arena_put_number(arena, id->id);
	return arena_end(arena, begin);
}

static char *write_gecos(struct arena *arena, const struct nss_id *user)
{
	char *begin = arena->next;

	arena_put(arena, TEXT("Subordinate UID "));
	arena_put_number(arena, user->position);
	arena_put(arena, TEXT(" of "));
	arena_put(arena, (struct text){ user->owner.text, user->owner.len });
	return arena_end(arena, begin);
}

int nss_record_passwd(const struct nss_id *user, struct passwd *ret, char *buf, size_t len)
{
	struct arena arena = { .next = buf, .left = len };
	struct passwd pwd = {
		.pw_name = write_name(&arena, SUBID_UID, user),
		.pw_passwd = arena_copy(&arena, PASSWORD),
		.pw_uid = user->id,
		.pw_gid = user->gid,
		.pw_gecos = write_gecos(&arena, user),
		.pw_dir = arena_copy(&arena, TEXT("/")),
		.pw_shell = arena_copy(&arena, TEXT(NSS_SUBID_NOLOGIN)),
	};

	if (arena.full)
		return -ERANGE;

	*ret = pwd;
	return 0;
}

int nss_record_group(const struct nss_id *group, struct group *ret, char *buf, size_t len)
{
	struct arena arena = { .next = buf, .left = len };
	/* The list comes before the strings: behind them it would often need padding. */
	char **members = arena_empty_list(&arena);
	struct group grp = {
		.gr_mem = members,
		.gr_name = write_name(&arena, SUBID_GID, group),
		.gr_passwd = arena_copy(&arena, PASSWORD),
		.gr_gid = group->id,
	};

	if (arena.full)
		return -ERANGE;

	*ret = grp;
	return 0;
}

int nss_record_shadow(const struct nss_id *user, struct spwd *ret, char *buf, size_t len)
{
	struct arena arena = { .next = buf, .left = len };
	/* -1 and ~0 stand for empty fields. */
	struct spwd spwd = {
		.sp_namp = write_name(&arena, SUBID_UID, user),
		.sp_pwdp = arena_copy(&arena, LOCKED_PASSWORD),
		.sp_lstchg = -1,
		.sp_min = -1,
		.sp_max = -1,
		.sp_warn = -1,
		.sp_inact = -1,
		.sp_expire = EXPIRED_ON_DAY,
		.sp_flag = ~0UL,
	};

	if (arena.full)
		return -ERANGE;

	*ret = spwd;
	return 0;
}
