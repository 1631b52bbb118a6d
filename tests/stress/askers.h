/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "world.h"

#define ASKERS_MAX 64

/* The counts of the answers. */
struct answer_counts {
	uint64_t of_version[2];
	uint64_t absent;
	uint64_t again;
	uint64_t steady; /* of all, while no file changed: only one answer was right */
};

struct asker {
	unsigned int seed;
	bool needs_no_malloc; /* asks nothing for which glibc is asked for an account */
	struct answer_counts counts;
};

/*
 * asker_ask: a random question, through @ask, and hold the answer against the
 * versions that the files had meanwhile. Returns false, and says what is wrong
 * and that the test has failed.
 */
bool asker_ask(struct asker *asker, void (*ask)(const struct question *, struct answer *));

void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool has_failed(void);

/* Knobs, from the environment. */
unsigned int knob_threads(void);
unsigned int knob_seconds(void);
uint64_t knob_lookups(void);

/*
 * clock_begin, clock_goes_on: for knob_seconds() and until @lookups reach
 * knob_lookups(), but no longer than ten times and two minutes more, after
 * which the test has failed, and no longer than it has failed.
 */
void clock_begin(void);
bool clock_goes_on(uint64_t lookups);
double clock_seconds(void);

/* askers_start, askers_stop: knob_threads() threads that never pause. */
void askers_start(void (*ask)(const struct question *, struct answer *));
uint64_t askers_lookups(void);
struct answer_counts askers_stop(void);

/* The thread IDs of the askers, for who sends them signals; 0 where not yet known. */
int askers_tid(unsigned int i);
