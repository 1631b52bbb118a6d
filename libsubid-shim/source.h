/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "cache.h"
#include "libsubid.h"
#include "owner.h"
#include "range.h"

/*
 * subid_source_read: which source does nsswitch.conf name?
 *
 * The rules are libsubid's own: of the lines that begin with `subid:`, in any
 * case, the first that has a word after it; of its words the first.
 *
 * @path: /etc/nsswitch.conf. One that is missing or may not be seen names none.
 * @ret_plugin: set to the word, or to "" for the files.
 * Returns 0, -EAGAIN if the file keeps changing, or another negative errno if
 * it cannot be read.
 * Safety: MT-Safe, AS-Unsafe, AC-Unsafe (fd). errno: clobbered.
 * Source: shadow lib/nss.c.
 */
int subid_source_read(const char *path, char ret_plugin[SUBID_PLUGIN_MAX_BYTES + 1]);

/* A database of subordinate IDs, subuid(5) or subgid(5). */
struct subid_database {
	const char *path;	   /* of its file */
	struct subid_cache *cache; /* of its file, or NULL to do without */
	enum subid_kind kind;	   /* for a source that is not the files */
};

/*
 * subid_source_ask: find an owner's ID in the source that nsswitch.conf names,
 * which is read once per process, as libsubid does.
 *
 * @nsswitch: its path, for the first call.
 * @owner, @place, result, safety: as subid_files_ask().
 */
int subid_source_ask(const char *nsswitch, const struct subid_database *database,
		     struct subid_owner *owner, struct subid_place *place);
