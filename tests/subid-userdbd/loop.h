/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

/* The event loop of a test, and how long the test waits in it. */

#define SECOND UINT64_C(1000000)
/* Generous: only a test that fails waits so long. */
#define PATIENCE (120 * SECOND)

extern sd_event *loop_event;

/* loop_begin, loop_end: each test has a loop of its own. */
void loop_begin(void);
void loop_end(void);

/* loop_run: handle the next events. The test fails if none comes within PATIENCE. */
void loop_run(void);

/* loop_look: handle the next events, if some come within a moment. */
void loop_look(void);

/* loop_settle: handle events until none comes for a moment. */
void loop_settle(void);
