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
	uint64_t steady; /* lookups during which no file changed, so only one answer was right */
};

void answer_counts_add(struct answer_counts *sum, const struct answer_counts *counts);

struct asker {
	unsigned int seed;
	bool needs_no_malloc; /* ask no question for which the module looks up an account */
	struct answer_counts counts;
};

/*
 * asker_ask: ask a random question through @ask, and compare the answer with the
 * versions that the files had meanwhile. If it is wrong, says so, lets the test fail,
 * and returns false.
 */
bool asker_ask(struct asker *asker, void (*ask)(const struct question *, struct answer *));

void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool has_failed(void);

/* Knobs, from the environment. */
unsigned int knob_threads(void);
unsigned int knob_seconds(void);
uint64_t knob_lookups(void);

/*
 * clock_begin, clock_goes_on: should the test go on? It does for knob_seconds(), and until
 * @lookups reach knob_lookups(). It stops once it has failed. It fails after ten times
 * knob_seconds() and two minutes.
 */
void clock_begin(void);
bool clock_goes_on(uint64_t lookups);
double clock_seconds(void);

/* askers_start, askers_stop: knob_threads() threads that never pause. */
void askers_start(void (*ask)(const struct question *, struct answer *));
uint64_t askers_lookups(void);
struct answer_counts askers_stop(void);

/* askers_tid: the thread ID of an asker, to send it signals; 0 while it is not known. */
int askers_tid(unsigned int i);
