/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "index.h"
#include "range.h"

/*
 * A seat counts threads that are reading the index. Each thread has one seat, which it shares
 * with some others. With one counter for all threads, they would wait for its cache line.
 */
#define SUBID_CACHE_SEATS 8

struct subid_cache_seat {
	_Alignas(64) _Atomic(uint32_t) readers; /* how many; the top bit: a writer claims it */
};

/*
 * The index of one file, and when to build the next one. Define it static, which makes it all
 * zero: it lives as long as the process. Its fields are private to cache.c.
 */
struct subid_cache {
	struct subid_cache_seat seats[SUBID_CACHE_SEATS];
	struct subid_index *index;  /* or NULL; read only by a thread that is in a seat */
	_Atomic(uint32_t) scans;    /* of the file since the last attempt to index it */
	_Atomic(uint32_t) failures; /* attempts that failed since the last success */
	_Atomic(bool) indexed;	    /* an index has been built before */
	_Atomic(bool) building;	    /* a thread is building an index */
};

/*
 * subid_cache_enter: get the index of the present version of a file. It costs one stat(2).
 *
 * The file is indexed after several lookups. The index is used as long as the file's stamp
 * stays the same. No thread waits for another one, so this also works in a child that was
 * forked while a thread of its parent was here.
 *
 * @path: always the same for one @cache.
 * @ret_seat: set if an index is returned.
 * Returns the index, or NULL: scan the file instead. NULL is returned until this version of the
 * file is indexed, to the thread that builds the index, while another thread replaces it, and
 * for a file that may have no index (see subid_index_may_hold()).
 * Ownership: the index is the cache's. Call subid_cache_leave(*ret_seat) after the last use of
 * it. An index stays mapped until that of a later version replaces it.
 * Safety: MT-Safe, AS-Unsafe, AC-Unsafe. errno: clobbered.
 */
SUBID_CHECKED const struct subid_index *
subid_cache_enter(struct subid_cache *cache, const char *path, struct subid_cache_seat **ret_seat);

/* subid_cache_leave: the index is no longer in use. @seat: set by subid_cache_enter(). */
__attribute__((nonnull)) void subid_cache_leave(struct subid_cache_seat *seat);
