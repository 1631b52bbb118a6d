/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "accounts.h"
#include "database.h"
#include "root.h"

/*
 * The IDs that may be delegated: a pool, which login.defs(5) describes, and the gaps in it, which
 * are IDs that are not in use yet.
 */

/* How useradd(8) and usermod(8) allocate IDs of one kind. */
struct pool {
	uint64_t min, max; /* SUB_UID_MIN and SUB_UID_MAX; at most UINT32_MAX if valid */
	uint64_t count;	   /* SUB_UID_COUNT; 0: useradd allocates none */
	bool deterministic;
	bool wraps;	  /* UNSAFE_SUB_UID_DETERMINISTIC_WRAP, of a deterministic one */
	uint64_t uid_min; /* UID_MIN: the user that gets the first IDs of a deterministic pool */
	uint32_t line;	  /* the first line of login.defs about this pool; 0: there is none */
};

/*
 * pool_read: read the pools of /etc/login.defs, by enum subid_kind. Missing values have shadow's
 * defaults.
 * Returns 0, also if there is no such file, or what root_read() returns.
 */
__attribute__((nonnull, warn_unused_result)) int pool_read(const struct root *root,
							   struct pool ret[2]);

/* pool_parse: do the same with the file's text. */
__attribute__((nonnull)) void pool_parse(const char *text, size_t len, struct pool ret[2]);

/* pool_is_valid: can anything be allocated from it? */
__attribute__((nonnull, pure)) bool pool_is_valid(const struct pool *pool);

/* pool_capacity: how many ranges a valid pool holds. */
__attribute__((nonnull, pure)) uint64_t pool_capacity(const struct pool *pool);

/*
 * pool_of_uid: the range that a deterministic pool gives the user @uid.
 *
 * The formula is shadow 4.20's, lib/find_new_sub_uids.c and lib/find_new_sub_gids.c. A range of
 * GIDs depends on the UID, too.
 * @ret: set on success. Returns false if that user gets none.
 */
__attribute__((nonnull)) bool pool_of_uid(const struct pool *pool, uint32_t uid,
					  struct stretch *ret);

/* Stretches of IDs. After avoid_sort() they are ascending, with gaps between them. */
struct avoid {
	struct stretch *items;
	size_t n, room;
};

/* avoid_add, avoid_sort: IDs that no proposal may contain. */
__attribute__((nonnull)) void avoid_add(struct avoid *avoid, struct stretch ids);
__attribute__((nonnull)) void avoid_sort(struct avoid *avoid);
__attribute__((nonnull)) void avoid_free(struct avoid *avoid);

/* A walk over the free IDs of a pool, which are proposed to owners. */
struct gap {
	const struct pool *pool;
	const struct database *database;
	const struct accounts *accounts;
	const struct avoid *avoid;
	uint64_t next;	/* IDs below it are taken, proposed, or in a gap that was too small */
	size_t covered; /* index of the database's first stretch that ends at `next` or later */
	size_t avoided; /* the same for `avoid` */
};

__attribute__((nonnull)) void gap_begin(struct gap *gap, const struct pool *pool,
					const struct database *database,
					const struct accounts *accounts, const struct avoid *avoid);

/*
 * gap_take: the next free range of @count IDs in the pool.
 *
 * Each ID is proposed once. All calls together walk the database once.
 * @count: at least 1. @ret: set if there is one. Returns false if there is none.
 */
__attribute__((nonnull)) bool gap_take(struct gap *gap, uint32_t count, struct stretch *ret);

/* gap_is_free: is none of these IDs in use? They need not be in the pool. */
__attribute__((nonnull)) bool gap_is_free(const struct gap *gap, struct stretch ids);

/* gap_count: how many ranges of @count IDs are free in the pool, but at most @most. */
__attribute__((nonnull)) uint64_t gap_count(struct gap *gap, uint32_t count, uint64_t most);

/* --- IDs that Linux or systemd reserves, whatever the files say -------------------- */

struct taken {
	struct stretch ids;
	const char *whose; /* a few words, to be put behind "for" */
	bool shared;	   /* shadow allocates there, too, and both first check what is free */
};

/* The four reserved IDs, each a range of one ID. */
extern const struct taken taken_special[];
extern const size_t taken_n_special;

/*
 * The ranges that systemd allocates from, UIDs and GIDs alike, by its document "Users, Groups, UIDs
 * and GIDs on systemd Systems" (UIDS-GIDS).
 */
extern const struct taken taken_systemd[];
extern const size_t taken_n_systemd;
