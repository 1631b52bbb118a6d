/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "place.h"

/*
 * Workers that share a tree. Each walks directories below one that it took; what it is about
 * to enter, it offers to a worker that has nothing to do. When all have nothing to do and none
 * has anything to offer, the walk is over.
 */
struct crew_task {
	int fd;	    /* of a directory */
	char *path; /* of it; NULL: there is no task */
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
 * crew_begin: a crew of @workers, none of which has begun, and a first task.
 * @fd: handed over. @path: copied.
 */
__attribute__((nonnull)) void crew_begin(struct crew *ret, size_t workers, int fd, const char *path,
					 struct place place);

/*
 * crew_take: wait for a task. @ret: set if there is one; the descriptor and the path, which is
 * free(3)'s, are the caller's.
 * Returns false when there will be none.
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

/* crew_leave: one worker less; it must have no task. */
__attribute__((nonnull)) void crew_leave(struct crew *crew);

/* crew_wait: wait for the end, but no longer than that. Returns whether the walk is over. */
__attribute__((nonnull, warn_unused_result)) bool crew_wait(struct crew *crew, long nanoseconds);
