/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "candidates.h"
#include "learn.h"
#include "pool.h"

/*
 * A round of looking for candidates, and of asking those whose turn it is what they have:
 * those that have never been asked, and those that have not been asked for a minute.
 *
 *     processes -> UIDs -> names  \
 *                                  candidates -> ranges
 *     groups    ->  members       /
 *
 * One round at a time. Its questions come after those of clients.
 */
struct round;

/* How old what a candidate had may be before a round asks again. */
#define ROUND_FRESH_USEC (60 * UINT64_C(1000000))

/*
 * And how many of them are asked again in such a time, so that a host with many candidates
 * is bearable for the source: with more, it takes as many minutes as there are thousands.
 */
#define ROUND_REFRESH_MAX 1024

/* A candidate that could not be asked has its turn again after this, not after a minute. */
#define ROUND_RETRY_USEC (5 * UINT64_C(1000000))

/* A source that fails so often in one round is not asked on: it is down, or overloaded. */
#define ROUND_FAULTS_MAX 16

/* Processes are looked at no more often than this. */
#define ROUND_SCAN_USEC UINT64_C(1000000)

struct round_config {
	sd_event *event;
	struct candidates *candidates;
	struct pool *pool;	   /* workers that call libsubid */
	struct pool *scanner;	   /* a worker that looks at processes, or NULL */
	const char *const *groups; /* whose members are candidates; kept */
	size_t n_groups;

	/* A candidate turned out to have this, which is valid during the call. */
	void (*learned)(void *userdata, const struct learned *learned);
	void (*ended)(void *userdata); /* the round is over; a new one may begin */
	void *userdata;
};

/* Returns NULL if memory is short. Ownership: end with round_free(). */
__attribute__((nonnull, malloc, warn_unused_result)) struct round *
round_new(const struct round_config *config);

/* round_free: the pools' questions must be gone by then, or never be answered. */
void round_free(struct round *round);

/* round_begin: begin a round, unless one is under way. It may end before this returns. */
__attribute__((nonnull)) void round_begin(struct round *round);

/*
 * round_fault: is there a candidate that could not be asked, and has not had its turn again?
 *
 * Returns 0, or a negative errno.
 */
__attribute__((nonnull, warn_unused_result)) int round_fault(const struct round *round);
