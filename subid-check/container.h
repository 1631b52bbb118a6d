/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A component of a cgroup's path is a file name, so at most 255 bytes. */
#define CONTAINER_NAME_BYTES 256

/* The container or the unit of a process, by the path of its cgroup. */
struct container {
	const char *engine;		 /* "Podman", "Docker", ...; NULL: in no container */
	bool monitor;			 /* it is the engine's own process beside the container */
	bool hashed;			 /* the name is a long hexadecimal number */
	char name[CONTAINER_NAME_BYTES]; /* of the container, or "" */
	char unit[CONTAINER_NAME_BYTES]; /* of systemd's system manager, or "" */
	char user_unit[CONTAINER_NAME_BYTES]; /* of the user manager inside `unit`, or "" */
};

/*
 * container_parse: find the container and the units in the contents of /proc/PID/cgroup.
 *
 * Of several hierarchies, the first that names a container is used, or else the first
 * that names a unit. The outermost container is used, and units inside it are ignored.
 * If systemd has escaped a container's name, each \xXX is replaced by its byte. Units stay as
 * systemd writes them. Any byte but a NUL may occur.
 * @text, @len: the contents; no NUL is needed behind them.
 * Returns whether there is a container or a unit.
 */
__attribute__((nonnull)) bool container_parse(const char *text, size_t len, struct container *ret);

/*
 * container_of: find the container and the units of a process.
 * Returns 0, -ESRCH if there is no such process, or another negative errno. A
 * process in no unit is no error: all names are empty then.
 */
__attribute__((nonnull, warn_unused_result)) int container_of(pid_t pid, struct container *ret);

/*
 * container_label: describe the container or unit, such as "Podman 0a1b2c3d4e5f", "nginx.service"
 * or "-". Names may have any bytes, and so may the result. Ownership: free(3).
 */
__attribute__((nonnull, warn_unused_result)) char *
container_label(const struct container *container);
