/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "frame.h"

/*
 * A worker as the service sees it: a process that is asked one question after the other.
 *
 *     child_new()  ->  [ child_ask()  ->  answered() ]...  ->  killed()  ->  reaped()
 *
 * Nothing here blocks. The signal SIGCHLD must be blocked.
 */
struct child;

struct child_config {
	sd_event *event;
	char *const *argv; /* argv[0] is the program's path */
	char *const *environment;
	uint64_t deadline_usec; /* microseconds from a question to its answer */

	/* The child has answered, and may be asked again. @answer is valid during the call. */
	void (*answered)(void *userdata, const struct frame *answer);
	/*
	 * The child is gone, and will not answer its question. @r: -ETIMEDOUT if it exceeded the
	 * deadline; 0 if it was retired; otherwise -EPIPE.
	 */
	void (*killed)(void *userdata, int r);
	/* The child's PID may be used again. This function may free the child. */
	void (*reaped)(void *userdata);
	void *userdata;
};

/*
 * child_new: start a worker. It leads a session, so that all processes that a plugin starts can
 * be recognised and killed. Of the service's descriptors it inherits only its socket, at
 * WORKER_FD, and the standard output and error.
 *
 * Returns 0 or a negative errno. Ownership: end with child_free().
 */
__attribute__((nonnull, warn_unused_result)) int child_new(const struct child_config *config,
							   struct child **ret);

/*
 * child_ask: put a question to a child that has answered the last one.
 *
 * @bytes: a frame of @size bytes, kept until the child answers or is killed.
 * If the child is gone, killed() is called after this returns.
 */
__attribute__((nonnull)) void child_ask(struct child *child, const char *bytes, size_t size);

/* child_retire: kill a child that has answered. killed() is called before this returns. */
__attribute__((nonnull)) void child_retire(struct child *child);

/* child_pid: the PID of the process, also after it was killed, or 0 once it has been reaped. */
__attribute__((nonnull, warn_unused_result)) pid_t child_pid(const struct child *child);

/*
 * child_free: kill the process if it runs, and free the child. Neither killed() nor reaped() is
 * called. @child may be NULL.
 */
void child_free(struct child *child);
