/* SPDX-License-Identifier: BSD-3-Clause */
#include "loop.h"

#include "check.h"

#include <time.h>

#define MOMENT (SECOND / 50)

sd_event *loop_event;

void loop_begin(void)
{
	assert_true(sd_event_new(&loop_event) >= 0);
}

void loop_end(void)
{
	loop_event = sd_event_unref(loop_event);
}

/* The time at which the loop last woke up. */
static uint64_t now_usec(void)
{
	uint64_t usec;

	assert_true(sd_event_now(loop_event, CLOCK_MONOTONIC, &usec) >= 0);
	return usec;
}

/* sd_event_run() returns 0 also if a process ends that waitid(2) does not find yet: see child.c. */
void loop_run(void)
{
	const uint64_t end = now_usec() + PATIENCE;
	int r;

	do
		r = sd_event_run(loop_event, PATIENCE);
	while (r == 0 && now_usec() < end);
	assert_true(r > 0);
}

void loop_look(void)
{
	assert_true(sd_event_run(loop_event, MOMENT) >= 0);
}

void loop_settle(void)
{
	while (sd_event_run(loop_event, MOMENT) > 0)
		;
}
