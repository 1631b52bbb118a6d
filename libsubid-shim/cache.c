/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache.h"

#include <errno.h>
#include <stddef.h>
#include <sys/stat.h>

#include "stamp.h"

/*
 * How often a file is scanned before it is indexed, so that a process with few lookups does
 * not pay for an index. Building one costs as much as three scans of a file of one range. For
 * a file of 1,000 ranges or more it costs as much as thirty scans, because a scan skips most
 * lines. In between, each BYTES_PER_SCAN bytes of the file add one scan.
 */
#define SCANS_BEFORE_INDEX UINT32_C(3)
#define SCANS_BEFORE_LARGE_INDEX UINT32_C(32)
#define BYTES_PER_SCAN 1024

/* Each failed attempt doubles the scans before the next one, but only this many times. */
#define FAILURES_MAX 4

/*
 * To replace the index, a writer claims every seat, and gives up if a reader holds one.
 * Neither side waits: a reader whose seat is claimed scans the file instead. In a child
 * that was forked while a thread held a seat, that seat's count never returns to 0: the
 * child may go on reading the index, but can never replace it.
 */
#define CLAIMED UINT32_C(0x80000000)

/* Each thread has its own errno, so its address chooses the seat. That costs nothing. */
static struct subid_cache_seat *own_seat(struct subid_cache *cache)
{
	uint64_t thread = (uint64_t)(uintptr_t)&errno >> 6;

	thread = thread * UINT64_C(0x9e3779b97f4a7c15) >> 32;
	return &cache->seats[thread % SUBID_CACHE_SEATS];
}

/* The index, if there is one of this version of the file and no writer claims the seat. */
static const struct subid_index *take_seat(struct subid_cache *cache, const struct stat *stamp,
					   struct subid_cache_seat **ret_seat)
{
	struct subid_cache_seat *seat = own_seat(cache);

	if ((atomic_fetch_add(&seat->readers, 1) & CLAIMED) == 0 && cache->index &&
	    subid_index_is_of(cache->index, stamp)) {
		*ret_seat = seat;
		return cache->index;
	}
	subid_cache_leave(seat);
	return NULL;
}

void subid_cache_leave(struct subid_cache_seat *seat)
{
	(void)atomic_fetch_sub(&seat->readers, 1);
}

static void release_seats(struct subid_cache *cache, size_t count)
{
	for (size_t i = 0; i < count; i++)
		(void)atomic_fetch_sub(&cache->seats[i].readers, CLAIMED);
}

static bool claim_seats(struct subid_cache *cache)
{
	for (size_t i = 0; i < SUBID_CACHE_SEATS; i++) {
		uint32_t no_readers = 0;

		if (!atomic_compare_exchange_strong(&cache->seats[i].readers, &no_readers,
						    CLAIMED)) {
			release_seats(cache, i);
			return false;
		}
	}
	return true;
}

/* Replace the cache's index by this one. If a reader prevents that, free this one. */
static bool replace_index(struct subid_cache *cache, struct subid_index *index)
{
	if (!claim_seats(cache)) {
		subid_index_free(index);
		return false;
	}

	subid_index_free(cache->index);
	cache->index = index;
	release_seats(cache, SUBID_CACHE_SEATS);
	return true;
}

static void try_to_index(struct subid_cache *cache, const char *path, const struct stat *stamp)
{
	struct subid_index *index;

	/* While a reader holds a seat, a new index could not be stored, so none is built. In a
	 * child that was forked while a thread held a seat, this never changes. */
	if (!claim_seats(cache))
		return;
	release_seats(cache, SUBID_CACHE_SEATS);

	if (subid_index_build(path, stamp, &index) == 0 && replace_index(cache, index)) {
		atomic_store_explicit(&cache->failures, 0, memory_order_relaxed);
		atomic_store_explicit(&cache->indexed, true, memory_order_relaxed);
	} else if (atomic_load_explicit(&cache->failures, memory_order_relaxed) < FAILURES_MAX) {
		(void)atomic_fetch_add_explicit(&cache->failures, 1, memory_order_relaxed);
	}
}

static void build_index(struct subid_cache *cache, const char *path, const struct stat *stamp)
{
	if (atomic_exchange(&cache->building, true))
		return;
	atomic_store_explicit(&cache->scans, 0, memory_order_relaxed);
	try_to_index(cache, path, stamp);
	atomic_store(&cache->building, false);
}

/* Have there been @enough scans? If not, count the one that this lookup will do. */
static bool has_scanned(struct subid_cache *cache, uint32_t enough)
{
	enough <<= atomic_load_explicit(&cache->failures, memory_order_relaxed);
	if (atomic_load_explicit(&cache->scans, memory_order_relaxed) >= enough)
		return true;
	(void)atomic_fetch_add_explicit(&cache->scans, 1, memory_order_relaxed);
	return false;
}

static uint32_t scans_before_index(const struct stat *stamp)
{
	uint32_t scans = SCANS_BEFORE_LARGE_INDEX;

	if (stamp->st_size <
	    (off_t)(SCANS_BEFORE_LARGE_INDEX - SCANS_BEFORE_INDEX) * BYTES_PER_SCAN)
		scans = SCANS_BEFORE_INDEX + (uint32_t)(stamp->st_size / BYTES_PER_SCAN);
	return scans;
}

const struct subid_index *subid_cache_enter(struct subid_cache *cache, const char *path,
					    struct subid_cache_seat **ret_seat)
{
	const struct subid_index *index;
	struct stat stamp;

	/* A process with few lookups is spared the stat(2), too. */
	if (!atomic_load_explicit(&cache->indexed, memory_order_relaxed) &&
	    !has_scanned(cache, SCANS_BEFORE_INDEX))
		return NULL;

	/* The scan will find out why, and return the error. */
	if (subid_stamp_of_path(path, &stamp) < 0)
		return NULL;
	index = take_seat(cache, &stamp, ret_seat);
	if (index)
		return index;

	/* The thread that builds an index still answers this lookup from the file. */
	if (has_scanned(cache, scans_before_index(&stamp)) && subid_index_may_hold(&stamp))
		build_index(cache, path, &stamp);
	return NULL;
}
