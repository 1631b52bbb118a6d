/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache.h"

#include <sys/stat.h>

#include "files.h"
#include "index.h"
#include "stamp.h"

/*
 * How often a version of the file is read before it is indexed, which costs as
 * much as reading it three to six times. A process's first lookup never pays.
 */
#define READS_BEFORE_INDEX 3

/*
 * Readers count themselves in; who replaces the index takes the slot with
 * nobody in it, and so does not wait for readers, nor they for him: with the
 * slot taken they read the file. A child forked while a thread was in the slot
 * keeps its count: it can go on reading, but never replace.
 */
#define TAKEN UINT32_C(0x80000000)

/* Is there an index of this version to ask? */
static bool ask_index(struct subid_cache *cache, const struct stat *stamp,
		      struct subid_owner *owner, struct subid_place *place, int *ret)
{
	bool found;

	found = (atomic_fetch_add(&cache->slot, 1) & TAKEN) == 0 && cache->index &&
		subid_index_is_of(cache->index, stamp);
	if (found)
		*ret = subid_index_ask(cache->index, owner, place);
	(void)atomic_fetch_sub(&cache->slot, 1);
	return found;
}

/* Put the index in the slot and take out the former one, or throw it away. */
static void replace_index(struct subid_cache *cache, struct subid_index *index)
{
	uint32_t nobody = 0;

	if (atomic_compare_exchange_strong(&cache->slot, &nobody, TAKEN)) {
		struct subid_index *former = cache->index;

		cache->index = index;
		index = former;
		(void)atomic_fetch_sub(&cache->slot, TAKEN);
	}
	subid_index_free(index);
}

static void build_index(struct subid_cache *cache, const char *path, const struct stat *stamp)
{
	struct subid_index *index;

	if (atomic_exchange(&cache->building, true))
		return;
	atomic_store_explicit(&cache->reads, 0, memory_order_relaxed);
	if (subid_index_build(path, stamp, &index) == 0) {
		replace_index(cache, index);
		atomic_store_explicit(&cache->indexed, true, memory_order_relaxed);
	}
	atomic_store(&cache->building, false);
}

/* Counts a reading of the file. */
static bool has_read_enough(struct subid_cache *cache)
{
	if (atomic_load_explicit(&cache->reads, memory_order_relaxed) >= READS_BEFORE_INDEX)
		return true;
	(void)atomic_fetch_add_explicit(&cache->reads, 1, memory_order_relaxed);
	return false;
}

static int ask_cache(struct subid_cache *cache, const char *path, struct subid_owner *owner,
		     struct subid_place *place)
{
	struct stat stamp;
	int r;

	/* A process that looks up one ID does not even pay for the stamp. */
	if (!atomic_load_explicit(&cache->indexed, memory_order_relaxed) && !has_read_enough(cache))
		return SUBID_INDEX_SILENT;

	/* Reading the file will say why it cannot be had. */
	if (subid_stamp_of_path(path, &stamp) < 0)
		return SUBID_INDEX_SILENT;
	if (ask_index(cache, &stamp, owner, place, &r))
		return r;

	if (!has_read_enough(cache) || !subid_index_may_hold(&stamp))
		return SUBID_INDEX_SILENT;
	build_index(cache, path, &stamp);
	return ask_index(cache, &stamp, owner, place, &r) ? r : SUBID_INDEX_SILENT;
}

int subid_cache_ask(struct subid_cache *cache, const char *path, struct subid_owner *owner,
		    struct subid_place *place)
{
	int r = cache ? ask_cache(cache, path, owner, place) : SUBID_INDEX_SILENT;

	return r == SUBID_INDEX_SILENT ? subid_files_ask(path, owner, place) : r;
}
