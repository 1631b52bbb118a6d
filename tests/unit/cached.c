/* SPDX-License-Identifier: BSD-3-Clause */
#include "cached.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "check.h"
#include "inject.h"
#include "scratch.h"

struct subid_cache cached;
struct cached_cost cached_cost;

const struct subid_database cached_database = { "subuid", &cached };
const char cached_lines[] = "alice:100000:10\nbob:200000:10\n";

void cached_cost_begin(void)
{
	cached_cost.opens = inject_calls(INJECT_OPEN);
	cached_cost.stats = inject_calls(INJECT_STAT);
	cached_cost.maps = inject_calls(INJECT_MMAP);
}

void cached_cost_end(void)
{
	cached_cost.opens = inject_calls(INJECT_OPEN) - cached_cost.opens;
	cached_cost.stats = inject_calls(INJECT_STAT) - cached_cost.stats;
	cached_cost.maps = inject_calls(INJECT_MMAP) - cached_cost.maps;
	assert_int_equal(inject_open_files(), 0);
}

int cached_look_up_in(const struct subid_database *which, uint32_t id, const char **ret_name,
		      uint64_t *ret_position)
{
	static struct subid_owner owner;
	int r;

	/* A lookup that fails must leave it. */
	*ret_position = 77;
	cached_cost_begin();
	r = subid_by_id(which, id, &owner, ret_position);
	cached_cost_end();
	*ret_name = owner.text;
	return r;
}

int cached_look_up(uint32_t id, const char **ret_name, uint64_t *ret_position)
{
	return cached_look_up_in(&cached_database, id, ret_name, ret_position);
}

void cached_check_owner(const char *reason, uint32_t id, const char *name, uint64_t position)
{
	const char *got;
	uint64_t got_position;

	check_int(reason, cached_look_up(id, &got, &got_position), 0);
	check_text(reason, got, name);
	check_int(reason, (intmax_t)got_position, (intmax_t)position);
}

void cached_check_no_owner(const char *reason, uint32_t id)
{
	const char *name;
	uint64_t position;

	check_int(reason, cached_look_up(id, &name, &position), -ENOENT);
	check_int(reason, (intmax_t)position, 77);
}

int cached_setup(void **state)
{
	(void)inject_reset(state);
	/* Undo what a failed test has left. */
	if (getuid() == 0)
		(void)seteuid(0);
	subid_index_free(cached.index);
	memset(&cached, 0, sizeof(cached));
	(void)remove("subuid");
	scratch_write("subuid", cached_lines);
	return 0;
}

void cached_check_seats_are_empty(void)
{
	for (size_t i = 0; i < SUBID_CACHE_SEATS; i++)
		assert_int_equal(atomic_load(&cached.seats[i].readers), 0);
}

int cached_teardown(void **state)
{
	(void)state;
	cached_check_seats_are_empty();
	subid_index_free(cached.index);
	memset(&cached, 0, sizeof(cached));
	assert_int_equal(inject_open_maps(), 0);
	return 0;
}

void cached_check_one_index(void)
{
	assert_non_null(cached.index);
	assert_int_equal(inject_open_maps(), 1);
}

void cached_warm_within(unsigned int most)
{
	unsigned int lookups = 0;
	const char *name;
	uint64_t position;

	do {
		assert_in_range(++lookups, 1, most);
		(void)cached_look_up(5, &name, &position);
	} while (cached_cost.opens > 0);
	cached_check_one_index();
}

void cached_warm(void)
{
	cached_warm_within(LOOKUPS_TO_WARM);
}

void cached_check_by_file(const char *reason)
{
	check_int(reason, cached_cost.opens, 1);
}

void cached_check_by_index(const char *reason)
{
	check_int(reason, cached_cost.opens, 0);
	check_int(reason, cached_cost.stats, 1);
	check_int(reason, cached_cost.maps, 0);
}

void cached_edit(void)
{
	scratch_overwrite("subuid", 0, "carol");
}
