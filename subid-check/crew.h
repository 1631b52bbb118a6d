/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "place.h"

/*
 * Workers that share the walk over a tree. A task is a directory to walk. Before a worker enters
 * a directory below its own, it offers this directory as a task to an idle worker. The walk is
 * over when all workers are idle.
 */
struct crew_task {
	int fd;	    /* of the directory to walk */
	char *path; /* of the same directory; NULL: there is no task */
	struct place place;
};

struct crew {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct crew_task task;
	size_t idle, workers;
	atomic_bool wanted; /* a worker is idle, and there is no task */
};

/*
 * crew_begin: prepare a crew of @workers threads, which the caller starts, and its first task.
 * @fd: handed over. @path: copied.
 */
__attribute__((nonnull)) void crew_begin(struct crew *ret, size_t workers, int fd, const char *path,
					 struct place place);

/*
 * crew_take: wait for a task. @ret: set if there is one. Ownership: end the descriptor with
 * close(2), the path with free(3).
 * Returns false when the walk is over.
 */
__attribute__((nonnull, warn_unused_result)) bool crew_take(struct crew *crew,
							    struct crew_task *ret);

/*
 * crew_offer: give a directory to an idle worker.
 * @fd: handed over if it is taken. @path: copied.
 * Returns false if no worker is idle. This is cheap: it then takes no lock.
 */
__attribute__((nonnull, warn_unused_result)) bool crew_offer(struct crew *crew, int fd,
							     const char *path, struct place place);

/* crew_leave: remove a worker that has no task, or was never started, from the crew. */
__attribute__((nonnull)) void crew_leave(struct crew *crew);

/* crew_wait: wait @nanoseconds or until the walk is over. Returns whether it is over. */
__attribute__((nonnull, warn_unused_result)) bool crew_wait(struct crew *crew, long nanoseconds);
