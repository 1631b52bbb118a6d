/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "candidates.h"
#include "learn.h"
#include "pool.h"

/*
 * A round looks for new candidates. Then it asks the source for the ranges of the candidates that
 * have never been asked, or not within the last minute.
 *
 *     processes -> UIDs -> names  \
 *                                  candidates -> ranges
 *     groups    ->  members       /
 *
 * One round at a time. Its questions come after those of clients.
 */
struct round;

/* After this time a round asks for a candidate's ranges again. */
#define ROUND_FRESH_USEC (60 * UINT64_C(1000000))

/*
 * How many candidates are asked again within ROUND_FRESH_USEC. The limit spares the source on a
 * host with many candidates: N thousand of them are asked again within N minutes.
 */
#define ROUND_REFRESH_MAX 1024

/* A candidate that could not be asked has its turn again after this, not after a minute. */
#define ROUND_RETRY_USEC (5 * UINT64_C(1000000))

/* After so many faults a round ends: the source is down or overloaded. */
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

	/* The source returned these ranges of a candidate. They are valid during the call. */
	void (*learned)(void *userdata, const struct learned *learned);
	void (*ended)(void *userdata); /* the round is over; a new one may begin */
	void *userdata;
};

/* Returns NULL if memory is short. Ownership: end with round_free(). */
__attribute__((nonnull, malloc, warn_unused_result)) struct round *
round_new(const struct round_config *config);

/* round_free: the pools must not answer any of its questions afterwards. */
void round_free(struct round *round);

/* round_begin: begin a round, unless one is under way. It may end before this returns. */
__attribute__((nonnull)) void round_begin(struct round *round);

/*
 * round_fault: why may the last round have missed an owner?
 *
 * Returns the negative errno of the last question that could not be asked or was not answered, in
 * that round or up to ROUND_RETRY_USEC before it began; 0 if there was none. A host without user
 * namespaces, or that does not let the service see them, is no fault.
 */
__attribute__((nonnull, warn_unused_result)) int round_fault(const struct round *round);
