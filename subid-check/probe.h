/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "accounts.h"
#include "database.h"

/* The outcome of asking the account services for delegated IDs. */
struct probe {
	bool made;
	uint64_t asked, wanted; /* IDs */
	size_t found;		/* accounts that were not known before */
};

/*
 * probe_services: ask the account services of this host for the delegated IDs.
 *
 * The users of a directory are in no file, and services do not list them. The only way to find
 * them is to ask for each ID. The first pass asks for each 65536th ID of each range, and later
 * passes for the IDs in between. A child process asks, and is killed when the time is over, so a
 * service that hangs does not delay the program.
 *
 * @databases: after database_join(). @seconds: the time limit. @accounts: the accounts that are
 * found are added.
 * Returns 0 or a negative errno.
 */
__attribute__((nonnull, warn_unused_result)) int probe_services(const struct database databases[2],
								unsigned int seconds,
								struct accounts accounts[2],
								struct probe *ret);

/* A walk over the IDs of a database, from coarse to fine. */
struct probe_walk {
	const struct database *database;
	uint32_t stride;
	size_t stretch;
	uint64_t next; /* in the current stretch, counted from its beginning */
};

__attribute__((nonnull)) void probe_walk_begin(struct probe_walk *walk,
					       const struct database *database);

/* probe_walk_next: each ID once. @ret: set if there is one. Returns false at the end. */
__attribute__((nonnull)) bool probe_walk_next(struct probe_walk *walk, uint32_t *ret);
