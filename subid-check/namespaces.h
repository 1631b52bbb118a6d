/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "database.h"

/* Users can make many namespaces, so there are limits on what is kept. */
#define NAMESPACES_KEPT_MAX 4096
#define NAMESPACES_MAPS_MAX 65536 /* lines of maps, in all namespaces together */

/* A line of /proc/PID/uid_map or gid_map. */
struct namespace_map {
	enum subid_kind kind;
	uint32_t inside;    /* the first ID inside the namespace */
	struct stretch ids; /* the IDs on this host */
};

/* A user namespace that a process is in. */
struct userns {
	uint64_t inode;
	uint32_t creator; /* the UID of the process that made it */
	pid_t pid;	  /* of the first process that was found in it */
	char *command;	  /* the name of that process */
	char *where;	  /* its unit or container, or "-" */
	struct namespace_map *maps;
	size_t n_maps, room;
};

struct namespaces {
	struct userns *items; /* by inode */
	size_t n, room;
	size_t n_maps; /* in all items together */
	bool more;     /* there are more namespaces, or lines of their maps, than are kept */
};

/*
 * namespaces_read: read the user namespaces of all processes in /proc, without our own one.
 *
 * At most NAMESPACES_KEPT_MAX with NAMESPACES_MAPS_MAX lines in all are kept. Those of processes
 * that we may not look into are left out.
 * Returns 0 or a negative errno. Ownership: end with namespaces_free().
 */
__attribute__((nonnull, warn_unused_result)) int namespaces_read(struct namespaces *ret);
__attribute__((nonnull)) void namespaces_free(struct namespaces *namespaces);
