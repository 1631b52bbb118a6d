/* SPDX-License-Identifier: BSD-3-Clause */
#include "loop.h"

#include "check.h"

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

void loop_run(void)
{
	assert_true(sd_event_run(loop_event, PATIENCE) > 0);
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
