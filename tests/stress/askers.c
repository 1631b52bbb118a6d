/* SPDX-License-Identifier: BSD-3-Clause */
#include "askers.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ask.h"
#include "writer.h"

#define COMPLAINTS_MAX 10

static struct {
	pthread_t thread;
	struct asker asker;
	_Atomic(uint64_t) lookups;
	_Atomic(int) tid;
} askers[ASKERS_MAX];
static void (*ask_how)(const struct question *, struct answer *);
static _Atomic(bool) stop;
static _Atomic(unsigned int) complaints;
static struct timespec begin;

void fail(const char *format, ...)
{
	va_list arguments;

	if (atomic_fetch_add(&complaints, 1) >= COMPLAINTS_MAX)
		return;
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

bool has_failed(void)
{
	return atomic_load(&complaints) > 0;
}

static void complain(const struct question *q, const struct answer *a, const uint64_t before[FILES],
		     const uint64_t after[FILES])
{
	fail("%s %s%" PRIu32 ": %s %d, name %s, id %" PRIu32 ", gid %" PRIu32 ", gecos %s; "
	     "subuid in steps %" PRIu64 " to %" PRIu64 ", subgid in %" PRIu64 " to %" PRIu64,
	     q->is_group ? "group" : "passwd", q->name ? q->name : "", q->id,
	     a->kind == ANSWER_FOUND ? "found" : "errno", a->kind, a->name, a->id, a->gid, a->gecos,
	     before[FILE_SUBUID], after[FILE_SUBUID], before[FILE_SUBGID], after[FILE_SUBGID]);
}

static void count(struct answer_counts *counts, const struct answer *answer)
{
	const char *owner = answer->name + strlen("subuid-");

	if (answer->kind == ANSWER_ABSENT)
		counts->absent++;
	else if (answer->kind != ANSWER_FOUND)
		counts->again++;
	else if (strncmp(answer->name, "sub", 3) == 0)
		counts->of_version[owner[0] == 'a' || strncmp(owner, "1002", 4) == 0 ? VERSION_A
										     : VERSION_B]++;
}

static size_t choose(struct asker *asker)
{
	const struct question *q;
	size_t i;

	do {
		i = (size_t)rand_r(&asker->seed) % world_questions();
		q = world_question(i);
	} while (asker->needs_no_malloc &&
		 (!q->is_group || q->name || q->is_foreign || q->needs_accounts));
	return i;
}

bool asker_ask(struct asker *asker, void (*ask)(const struct question *, struct answer *))
{
	size_t i = choose(asker);
	const struct question *q = world_question(i);
	uint64_t before[FILES], after[FILES], changes = 0;
	struct answer answer = { .kind = 0 };
	unsigned int versions[FILES];

	for (int f = 0; f < FILES; f++)
		before[f] = writer_step(f);
	ask(q, &answer);
	for (int f = 0; f < FILES; f++) {
		after[f] = writer_step(f);
		versions[f] = writer_versions(before[f], after[f]);
		changes += (after[f] - before[f] + 1) / 2;
	}

	count(&asker->counts, &answer);
	if (changes == 0)
		asker->counts.steady++;
	/* Is an owner's UID itself delegated? A file that never rests does not say. */
	if (answer.kind == EAGAIN ? writer_excuses(changes)
				  : world_is_right(i, &answer, versions, !writer_excuses(changes)))
		return true;
	complain(q, &answer, before, after);
	return false;
}

static uint64_t knob(const char *name, uint64_t otherwise)
{
	const char *value = getenv(name);

	return value && *value ? strtoull(value, NULL, 10) : otherwise;
}

unsigned int knob_threads(void)
{
	uint64_t threads = knob("STRESS_THREADS", 16);

	return threads < ASKERS_MAX ? (unsigned int)threads : ASKERS_MAX;
}

unsigned int knob_seconds(void)
{
	return (unsigned int)knob("STRESS_SECONDS", 5);
}

uint64_t knob_lookups(void)
{
	return knob("STRESS_LOOKUPS", 0);
}

void clock_begin(void)
{
	clock_gettime(CLOCK_MONOTONIC, &begin);
}

double clock_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - begin.tv_sec) + (double)(now.tv_nsec - begin.tv_nsec) / 1e9;
}

bool clock_goes_on(uint64_t lookups)
{
	double seconds = clock_seconds();

	if (has_failed() || (seconds >= knob_seconds() && lookups >= knob_lookups()))
		return false;
	if (seconds < knob_seconds() * 10.0 + 120)
		return true;
	fail("only %" PRIu64 " lookups in %.0f seconds", lookups, seconds);
	return false;
}

static void *ask_on(void *arg)
{
	size_t i = (size_t)(uintptr_t)arg;
	uint64_t lookups = 0;

	atomic_store(&askers[i].tid, gettid());
	while (!atomic_load_explicit(&stop, memory_order_relaxed) &&
	       asker_ask(&askers[i].asker, ask_how))
		atomic_store_explicit(&askers[i].lookups, ++lookups, memory_order_relaxed);
	return NULL;
}

void askers_start(void (*ask)(const struct question *, struct answer *))
{
	ask_how = ask;
	atomic_store(&stop, false);
	for (unsigned int i = 0; i < knob_threads(); i++) {
		memset(&askers[i].asker, 0, sizeof(askers[i].asker));
		askers[i].asker.seed = 1 + i;
		atomic_store(&askers[i].lookups, 0);
		atomic_store(&askers[i].tid, 0);
		if (pthread_create(&askers[i].thread, NULL, ask_on, (void *)(uintptr_t)i) != 0)
			abort();
	}
}

uint64_t askers_lookups(void)
{
	uint64_t lookups = 0;

	for (unsigned int i = 0; i < knob_threads(); i++)
		lookups += atomic_load_explicit(&askers[i].lookups, memory_order_relaxed);
	return lookups;
}

void answer_counts_add(struct answer_counts *sum, const struct answer_counts *counts)
{
	sum->of_version[VERSION_A] += counts->of_version[VERSION_A];
	sum->of_version[VERSION_B] += counts->of_version[VERSION_B];
	sum->absent += counts->absent;
	sum->again += counts->again;
	sum->steady += counts->steady;
}

struct answer_counts askers_stop(void)
{
	struct answer_counts sum = { .absent = 0 };

	atomic_store(&stop, true);
	for (unsigned int i = 0; i < knob_threads(); i++) {
		pthread_join(askers[i].thread, NULL);
		answer_counts_add(&sum, &askers[i].asker.counts);
	}
	return sum;
}

int askers_tid(unsigned int i)
{
	return atomic_load(&askers[i].tid);
}
