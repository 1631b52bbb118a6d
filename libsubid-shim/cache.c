/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache.h"

#include <errno.h>
#include <stddef.h>
#include <sys/stat.h>

#include "files.h"
#include "index.h"
#include "stamp.h"

/*
 * How often a file is read before it is indexed: a process's first lookups
 * never pay for that. It costs as much as reading a file of one range three
 * times, and one of 1,000 ranges and more, of which most lines are skipped,
 * thirty times.
 */
#define READS_BEFORE_INDEX UINT32_C(3)
#define READS_BEFORE_LARGE_INDEX UINT32_C(32)
#define BYTES_PER_READ 1024

/* A file that cannot be indexed is tried again, each time after twice as many. */
#define FAILURES_MAX 4

/*
 * Who replaces the index takes the slots, and only if nobody is in them. So he
 * does not wait for readers, nor they for him: one that finds its slot taken
 * reads the file. A child forked while a thread was in a slot keeps the count:
 * it can go on reading the index, but never replace it.
 */
#define TAKEN UINT32_C(0x80000000)

/* errno's address tells threads apart, at no cost. */
static _Atomic(uint32_t) *own_slot(struct subid_cache *cache)
{
	uint64_t thread = (uint64_t)(uintptr_t)&errno >> 6;

	thread = thread * UINT64_C(0x9e3779b97f4a7c15) >> 32;
	return &cache->slots[thread % SUBID_CACHE_SLOTS].readers;
}

/* Is there an index of this version to ask? */
static inline bool ask_index(struct subid_cache *cache, const struct stat *stamp,
			     struct subid_owner *owner, struct subid_place *place, int *ret)
{
	_Atomic(uint32_t) *slot = own_slot(cache);
	bool found;

	found = (atomic_fetch_add(slot, 1) & TAKEN) == 0 && cache->index &&
		subid_index_is_of(cache->index, stamp);
	if (found)
		*ret = subid_index_ask(cache->index, owner, place);
	(void)atomic_fetch_sub(slot, 1);
	return found;
}

static void release_slots(struct subid_cache *cache, size_t count)
{
	for (size_t i = 0; i < count; i++)
		(void)atomic_fetch_sub(&cache->slots[i].readers, TAKEN);
}

static bool take_slots(struct subid_cache *cache)
{
	for (size_t i = 0; i < SUBID_CACHE_SLOTS; i++) {
		uint32_t nobody = 0;

		if (!atomic_compare_exchange_strong(&cache->slots[i].readers, &nobody, TAKEN)) {
			release_slots(cache, i);
			return false;
		}
	}
	return true;
}

/* Put the index in and take the former one out, or throw it away. */
static bool replace_index(struct subid_cache *cache, struct subid_index *index)
{
	if (!take_slots(cache)) {
		subid_index_free(index);
		return false;
	}

	subid_index_free(cache->index);
	cache->index = subid_index_settle(index, cache->room, sizeof(cache->room));
	release_slots(cache, SUBID_CACHE_SLOTS);
	return true;
}

static void try_to_index(struct subid_cache *cache, const char *path, const struct stat *stamp)
{
	struct subid_index *index;

	/* In a child forked at a bad moment none could ever be put in. */
	if (!take_slots(cache))
		return;
	release_slots(cache, SUBID_CACHE_SLOTS);

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
	atomic_store_explicit(&cache->reads, 0, memory_order_relaxed);
	try_to_index(cache, path, stamp);
	atomic_store(&cache->building, false);
}

/* Counts a reading of the file. */
static bool has_read(struct subid_cache *cache, uint32_t enough)
{
	enough <<= atomic_load_explicit(&cache->failures, memory_order_relaxed);
	if (atomic_load_explicit(&cache->reads, memory_order_relaxed) >= enough)
		return true;
	(void)atomic_fetch_add_explicit(&cache->reads, 1, memory_order_relaxed);
	return false;
}

static uint32_t reads_before_index(const struct stat *stamp)
{
	uint32_t reads = READS_BEFORE_LARGE_INDEX;

	if (stamp->st_size <
	    (off_t)(READS_BEFORE_LARGE_INDEX - READS_BEFORE_INDEX) * BYTES_PER_READ)
		reads = READS_BEFORE_INDEX + (uint32_t)(stamp->st_size / BYTES_PER_READ);
	return reads;
}

static int ask_cache(struct subid_cache *cache, const char *path, struct subid_owner *owner,
		     struct subid_place *place)
{
	struct stat stamp;
	int r;

	/* A process that looks up one ID does not even pay for the stamp. */
	if (!atomic_load_explicit(&cache->indexed, memory_order_relaxed) &&
	    !has_read(cache, READS_BEFORE_INDEX))
		return SUBID_INDEX_SILENT;

	/* Reading the file will say why it cannot be had. */
	if (subid_stamp_of_path(path, &stamp) < 0)
		return SUBID_INDEX_SILENT;
	if (ask_index(cache, &stamp, owner, place, &r))
		return r;

	/* Whoever builds an index reads the file this once more. */
	if (has_read(cache, reads_before_index(&stamp)) && subid_index_may_hold(&stamp))
		build_index(cache, path, &stamp);
	return SUBID_INDEX_SILENT;
}

int subid_cache_ask(struct subid_cache *cache, const char *path, struct subid_owner *owner,
		    struct subid_place *place)
{
	int r = cache ? ask_cache(cache, path, owner, place) : SUBID_INDEX_SILENT;

	return r == SUBID_INDEX_SILENT ? subid_files_ask(path, owner, place) : r;
}
