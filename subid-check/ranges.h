/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "database.h"

/* IDs that something on Linux takes for its own, whatever the files say. */
struct taken {
	struct stretch ids;
	const char *whose; /* a few words, after "for" */
	bool shared;	   /* shadow's own defaults lie there, and both sides look first */
};

/* The special UIDs: four single ones. */
extern const struct taken ranges_special[];
extern const size_t ranges_n_special;

/*
 * What systemd allocates from, as its document "Users, Groups, UIDs and GIDs on
 * systemd Systems" (UIDS-GIDS) has it, and for GIDs too.
 */
extern const struct taken ranges_systemd[];
extern const size_t ranges_n_systemd;
