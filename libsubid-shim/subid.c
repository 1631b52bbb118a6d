/* SPDX-License-Identifier: BSD-3-Clause */
#include "subid.h"

#include <errno.h>
#include <stddef.h>

#include "files.h"

/* How often a lookup scans a file that changes during each scan. Then it gives up. */
#define SCANS_MAX 16

static const struct subid_index *enter(const struct subid_database *database,
				       struct subid_cache_seat **ret_seat)
{
	if (!database->cache)
		return NULL;
	return subid_cache_enter(database->cache, database->path, ret_seat);
}

/* After SCANS_MAX scans, -ESTALE (scan again) becomes -EAGAIN: the file keeps changing. */
static int scan_result(int r)
{
	return r == -ESTALE ? -EAGAIN : r;
}

int subid_by_id(const struct subid_database *database, uint32_t id, struct subid_owner *ret_owner,
		uint64_t *ret_position)
{
	struct subid_cache_seat *seat;
	const struct subid_index *index = enter(database, &seat);
	int r = -ESTALE;

	if (index) {
		r = subid_index_find_id(index, id, ret_owner, ret_position);
		subid_cache_leave(seat);
		return r;
	}
	for (int scans = 0; r == -ESTALE && scans < SCANS_MAX; scans++)
		r = subid_files_scan_id(database->path, id, ret_owner, ret_position);
	return scan_result(r);
}

int subid_by_owner(const struct subid_database *database, const struct subid_owner *owner,
		   uint32_t id, uint64_t *ret_position)
{
	struct subid_cache_seat *seat;
	const struct subid_index *index = enter(database, &seat);
	int r = -ESTALE;

	if (index) {
		r = subid_index_find_owner(index, owner, id, ret_position);
		subid_cache_leave(seat);
		return r;
	}
	for (int scans = 0; r == -ESTALE && scans < SCANS_MAX; scans++)
		r = subid_files_scan_owner(database->path, owner, id, ret_position);
	return scan_result(r);
}

int subid_by_position(const struct subid_database *database, const struct subid_owner *owner,
		      uint64_t position, uint32_t *ret_id)
{
	struct subid_cache_seat *seat;
	const struct subid_index *index = enter(database, &seat);
	int r = -ESTALE;

	if (index) {
		r = subid_index_find_position(index, owner, position, ret_id);
		subid_cache_leave(seat);
		return r;
	}
	for (int scans = 0; r == -ESTALE && scans < SCANS_MAX; scans++)
		r = subid_files_scan_position(database->path, owner, position, ret_id);
	return scan_result(r);
}
