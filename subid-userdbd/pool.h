/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "frame.h"

/*
 * Workers, and the questions for them. A question waits until a worker is free; a worker
 * that exceeds the deadline is killed, and another one started for the next question.
 * Nothing here blocks.
 */
struct pool;
struct pool_question;

/*
 * After so many answers, a new worker replaces the old one: a plugin and its libraries may leak
 * memory.
 */
#define POOL_ANSWERS_MAX 10000

struct pool_config {
	sd_event *event;
	char *const *argv;	  /* of a worker; argv[0] is the program's path */
	char *const *environment; /* of a worker */
	unsigned int n_workers;	  /* at most, at least 1 */
	uint64_t deadline_usec;	  /* of a question, from when a worker has it */
};

/* Questions that clients wait for go before the service's own. */
enum pool_urgency {
	POOL_CLIENT,
	POOL_OWN,
};

/*
 * The end of a question.
 *
 * @r: 0 if a worker answered; -ETIMEDOUT if it exceeded the deadline; -EPIPE if it ended without
 * an answer; or another negative errno if it could not be asked.
 * @answer: if r is 0; valid during the call. Its code is the worker's result.
 */
typedef void pool_done_fn(void *userdata, int r, const struct frame *answer);

/* Returns 0 or a negative errno. Ownership: end with pool_free(). @config's arrays are kept. */
__attribute__((nonnull, warn_unused_result)) int pool_new(const struct pool_config *config,
							  struct pool **ret);

/*
 * pool_ask: put a question.
 *
 * @uid: the user who asks. One user's questions occupy at most half of the workers, rounded up.
 * Ignored for POOL_OWN.
 * @done: called once, unless the question is cancelled, and never before this returns.
 * @ret: set on success only; valid until @done is called.
 * Returns 0; -ENOBUFS if too many questions wait; or -ENOMEM.
 */
__attribute__((nonnull(1, 3, 5, 7), warn_unused_result)) int
pool_ask(struct pool *pool, enum pool_urgency urgency, const struct frame *frame, uid_t uid,
	 pool_done_fn *done, void *userdata, struct pool_question **ret);

/*
 * pool_cancel: drop a question: @done is not called. If a worker already has the question, the
 * worker is not interrupted.
 */
__attribute__((nonnull)) void pool_cancel(struct pool_question *question);

/*
 * pool_owns: is the process a worker, or one that a worker started?
 *
 * A worker leads a session of its own. One that was killed still counts until it has been reaped:
 * its PID cannot be used again before.
 */
__attribute__((nonnull, warn_unused_result)) bool pool_owns(const struct pool *pool, pid_t pid);

/* pool_is_idle: no question waits or is being answered. */
__attribute__((nonnull, warn_unused_result)) bool pool_is_idle(const struct pool *pool);

/* pool_is_sick: has a worker exceeded its deadline within the last pool_config.deadline_usec? */
__attribute__((nonnull, warn_unused_result)) bool pool_is_sick(const struct pool *pool);

/* pool_free: kills the workers. Questions are dropped without a call. */
void pool_free(struct pool *pool);
