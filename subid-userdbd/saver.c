/* SPDX-License-Identifier: BSD-3-Clause */
#include "saver.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "state.h"

/* How long to wait after a new candidate, so that many are written at once. */
#define SAVE_USEC (5 * UINT64_C(1000000))

struct saver {
	int directory; /* or -1 */
	struct candidates *candidates;
	sd_event_source *timer;
	bool is_due;
};

static void save(struct saver *saver)
{
	int r;

	if (!saver->is_due || saver->directory < 0)
		return;
	saver->is_due = false;
	r = state_save(saver->directory, saver->candidates);
	if (r < 0)
		(void)fprintf(stderr, "<4>cannot save the candidates: %s\n", strerror(-r));
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	save((struct saver *)userdata);
	return 0;
}

void saver_note(struct saver *saver)
{
	if (saver->is_due)
		return;
	saver->is_due = true;
	(void)sd_event_source_set_time_relative(saver->timer, SAVE_USEC);
	(void)sd_event_source_set_enabled(saver->timer, SD_EVENT_ONESHOT);
}

static int load(const struct saver *saver)
{
	int r;

	if (saver->directory < 0)
		return 0;
	r = state_load(saver->directory, saver->candidates);
	if (r < 0 && r != -ENOMEM)
		(void)fprintf(stderr, "<4>cannot read the saved candidates: %s\n", strerror(-r));
	return r == -ENOMEM ? r : 0;
}

int saver_new(sd_event *event, int directory, struct candidates *candidates, struct saver **ret)
{
	struct saver *saver = (struct saver *)calloc(1, sizeof(*saver));
	int r;

	if (!saver) {
		if (directory >= 0)
			(void)close(directory);
		return -ENOMEM;
	}
	saver->directory = directory;
	saver->candidates = candidates;
	r = load(saver);
	if (r == 0)
		r = sd_event_add_time(event, &saver->timer, CLOCK_MONOTONIC, UINT64_MAX, 0,
				      on_timer, saver);
	if (r >= 0)
		r = sd_event_source_set_enabled(saver->timer, SD_EVENT_OFF);
	if (r < 0) {
		saver_free(saver);
		return r;
	}
	*ret = saver;
	return 0;
}

void saver_free(struct saver *saver)
{
	if (!saver)
		return;
	save(saver);
	(void)sd_event_source_disable_unref(saver->timer);
	if (saver->directory >= 0)
		(void)close(saver->directory);
	free(saver);
}
