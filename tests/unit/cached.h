/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdint.h>

#include "cache.h"
#include "subid.h"

/*
 * Lookups in the file "subuid" through its cache. The file lies among those of scratch.h, and
 * inject.h counts the system calls that a lookup makes.
 */
extern struct subid_cache cached;
extern const struct subid_database cached_database;

/* The two lines of the file: alice has 10 IDs from 100000 on, and bob 10 from 200000 on. */
extern const char cached_lines[];

/* cached_setup, cached_teardown: for each test. The file is new, and the cache is empty. */
int cached_setup(void **state);
int cached_teardown(void **state);

/* cached_edit: edit the file in place, so that alice's line is carol's. */
void cached_edit(void);

/* The calls of the last lookup, or those between cached_cost_begin() and cached_cost_end(). */
extern struct cached_cost {
	unsigned int opens, stats, maps;
} cached_cost;

void cached_cost_begin(void);
void cached_cost_end(void);

/*
 * cached_look_up: look up the owner and the position of an ID, and note the cost. Returns the
 * result of subid_by_id(). *@ret_name is valid until the next lookup.
 */
int cached_look_up(uint32_t id, const char **ret_name, uint64_t *ret_position);
int cached_look_up_in(const struct subid_database *which, uint32_t id, const char **ret_name,
		      uint64_t *ret_position);

/* cached_check_owner, cached_check_no_owner: look up an ID, and check the answer. */
void cached_check_owner(const char *reason, uint32_t id, const char *name, uint64_t position);
void cached_check_no_owner(const char *reason, uint32_t id);

/* cached_check_by_file, cached_check_by_index: the cost shows where the last answer is from. */
void cached_check_by_file(const char *reason);
void cached_check_by_index(const char *reason);

/*
 * cached_warm_within: look up an ID until an index answers, which takes at most @most lookups.
 * cached_warm: the same, with as many lookups as a small file needs at most.
 */
#define LOOKUPS_TO_WARM 16
void cached_warm_within(unsigned int most);
void cached_warm(void);

/* cached_check_one_index: there is an index, and no other mapping. */
void cached_check_one_index(void);

/* cached_check_seats_are_empty: no reader is in a seat, and no writer has claimed one. */
void cached_check_seats_are_empty(void);
