/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "index.h"
#include "owner.h"
#include "range.h"

/*
 * Threads that read the index count themselves in, each in a place that it
 * shares with few others: on one counter for all, they would wait for its cache
 * line.
 */
#define SUBID_CACHE_SLOTS 8

/* A small index, of a dozen ranges, lies in the cache itself: most files are small. */
#define SUBID_CACHE_ROOM_BYTES 1024

struct subid_cache_slot {
	_Alignas(64) _Atomic(uint32_t) readers; /* or taken */
};

/*
 * What a process remembers of one file. All zero at first; static, for it
 * lives as long as the process. Fields are the cache's own.
 */
struct subid_cache {
	struct subid_cache_slot slots[SUBID_CACHE_SLOTS];
	struct subid_index *index;  /* for who is in a slot */
	_Atomic(uint32_t) reads;    /* of the file, since the last try at an index */
	_Atomic(uint32_t) failures; /* of tries, since the last success */
	_Atomic(bool) indexed;	    /* there was an index once */
	_Atomic(bool) building;
	_Alignas(64) char room[SUBID_CACHE_ROOM_BYTES];
};

/*
 * subid_cache_ask: subid_files_ask(), at the price of one stat(2).
 *
 * A process that comes back for more gets an index, valid while the file's
 * stamp stands. Its first lookups read the file, and so do those that another
 * thread is in the way of. Nothing waits: not for another thread, nor in a
 * child that was forked while one was at work.
 *
 * @cache: of @path alone; NULL to read the file in any case.
 * @path, @owner, @place, result: as subid_files_ask().
 * Ownership: an index that is not small stays mapped; for a moment there are two
 * and a draft.
 * Safety: MT-Safe, AS-Unsafe, AC-Unsafe. errno: clobbered.
 */
int subid_cache_ask(struct subid_cache *cache, const char *path, struct subid_owner *owner,
		    struct subid_place *place);
