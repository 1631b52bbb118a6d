/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "database.h"
#include "range.h"

/* A process uses an ID: it is the process's real, effective, saved or file system ID. */
struct use {
	uint32_t id;
	pid_t pid;
};

/* All uses, by enum subid_kind; ascending by ID, then by process, each once. */
struct usage {
	struct use *uses[2];
	size_t n[2], room[2];
};

/*
 * usage_read: read the uses of all processes that /proc shows.
 * Returns 0 or a negative errno. Ownership: end with usage_free().
 */
__attribute__((nonnull, warn_unused_result)) int usage_read(struct usage *ret);

/* usage_add, usage_sort: add uses one by one, and sort them afterwards. */
void usage_add(struct usage *usage, enum subid_kind kind, uint32_t id, pid_t pid);
void usage_sort(struct usage *usage);
void usage_free(struct usage *usage);

/* usage_count: set the entries' and their owners' counts of used IDs. */
void usage_count(const struct usage *usage, struct database databases[2], struct owners *owners);

/*
 * usage_of: the processes that run as an ID.
 * @ret_first: set to the first of them. Returns how many.
 */
size_t usage_of(const struct usage *usage, enum subid_kind kind, uint32_t id,
		const struct use **ret_first);

/*
 * usage_inside: convert an ID of our user namespace to the ID inside a process's user namespace,
 * by /proc/PID/uid_map or gid_map.
 *
 * @ret_inside: set on success only.
 * Returns 0; -ENOENT if it is not mapped there; -ESRCH if there is no such process; or another
 * negative errno.
 */
__attribute__((nonnull, warn_unused_result)) int usage_inside(pid_t pid, enum subid_kind kind,
							      uint32_t id, uint32_t *ret_inside);

/* usage_map: do the same with the text of a map. Returns 0 or -ENOENT. */
__attribute__((nonnull, warn_unused_result)) int usage_map(FILE *map, uint32_t id,
							   uint32_t *ret_inside);

/* usage_effective: a process's effective UID. Returns 0 or a negative errno. */
__attribute__((nonnull, warn_unused_result)) int usage_effective(pid_t pid, uint32_t *ret_uid);

/* usage_command: a process's name, or "". Ownership: free(3). */
char *usage_command(pid_t pid);
