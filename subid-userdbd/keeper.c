/* SPDX-License-Identifier: BSD-3-Clause */
#include "keeper.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "state.h"

/* After a new one, so that many are written once. */
#define SAVE_USEC (5 * UINT64_C(1000000))

struct keeper {
	int directory; /* or -1 */
	struct candidates *candidates;
	sd_event_source *timer;
	bool is_due;
};

static void save(struct keeper *keeper)
{
	int r;

	if (!keeper->is_due || keeper->directory < 0)
		return;
	keeper->is_due = false;
	r = state_save(keeper->directory, keeper->candidates);
	if (r < 0)
		(void)fprintf(stderr, "<4>the owners cannot be kept: %s\n", strerror(-r));
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	save((struct keeper *)userdata);
	return 0;
}

void keeper_note(struct keeper *keeper)
{
	if (keeper->is_due)
		return;
	keeper->is_due = true;
	(void)sd_event_source_set_time_relative(keeper->timer, SAVE_USEC);
	(void)sd_event_source_set_enabled(keeper->timer, SD_EVENT_ONESHOT);
}

static int load(const struct keeper *keeper)
{
	int r;

	if (keeper->directory < 0)
		return 0;
	r = state_load(keeper->directory, keeper->candidates);
	if (r < 0 && r != -ENOMEM)
		(void)fprintf(stderr, "<4>the owners that were kept cannot be read: %s\n",
			      strerror(-r));
	return r == -ENOMEM ? r : 0;
}

int keeper_new(sd_event *event, int directory, struct candidates *candidates, struct keeper **ret)
{
	struct keeper *keeper = (struct keeper *)calloc(1, sizeof(*keeper));
	int r;

	if (!keeper) {
		if (directory >= 0)
			(void)close(directory);
		return -ENOMEM;
	}
	keeper->directory = directory;
	keeper->candidates = candidates;
	r = load(keeper);
	if (r == 0)
		r = sd_event_add_time(event, &keeper->timer, CLOCK_MONOTONIC, UINT64_MAX, 0,
				      on_timer, keeper);
	if (r >= 0)
		r = sd_event_source_set_enabled(keeper->timer, SD_EVENT_OFF);
	if (r < 0) {
		keeper_free(keeper);
		return r;
	}
	*ret = keeper;
	return 0;
}

void keeper_free(struct keeper *keeper)
{
	if (!keeper)
		return;
	save(keeper);
	(void)sd_event_source_disable_unref(keeper->timer);
	if (keeper->directory >= 0)
		(void)close(keeper->directory);
	free(keeper);
}
