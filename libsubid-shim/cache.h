/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "index.h"
#include "range.h"

/*
 * A thread that reads the index takes a place in a seat, which it shares with few other
 * threads: on one counter for all, they would wait for its cache line.
 */
#define SUBID_CACHE_SEATS 8

struct subid_cache_seat {
	_Alignas(64) _Atomic(uint32_t) readers; /* or claimed by a writer */
};

/*
 * What a process remembers of one file. All zero at first; static, because it lives as
 * long as the process. The fields are the cache's own.
 */
struct subid_cache {
	struct subid_cache_seat seats[SUBID_CACHE_SEATS];
	struct subid_index *index;  /* for readers in a seat */
	_Atomic(uint32_t) scans;    /* of the file, since the last attempt to index it */
	_Atomic(uint32_t) failures; /* of attempts, since the last success */
	_Atomic(bool) indexed;	    /* there was an index once */
	_Atomic(bool) building;
};

/*
 * subid_cache_enter: the index of a file as it is now, for the price of one stat(2).
 *
 * A process that comes back for more gets an index, valid while the file's stamp stands.
 * Nothing waits: not for another thread, nor in a child that was forked while a thread
 * was at work in its parent.
 *
 * @cache: of the file at @path alone.
 * @ret_seat: set if an index is returned.
 * Returns the index, or NULL: scan the file instead. This is the answer to a process's
 * first lookups, to the thread that has just built an index, and to threads that another
 * one is in the way of.
 * Ownership: end the use of the index with subid_cache_leave(). It stays mapped until
 * the file changes; for a moment there are two.
 * Safety: MT-Safe, AS-Unsafe, AC-Unsafe. errno: clobbered.
 */
SUBID_CHECKED const struct subid_index *
subid_cache_enter(struct subid_cache *cache, const char *path, struct subid_cache_seat **ret_seat);

__attribute__((nonnull)) void subid_cache_leave(struct subid_cache_seat *seat);
