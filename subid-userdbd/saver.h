/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <systemd/sd-event.h>

#include "candidates.h"

/*
 * Saves the candidates, so that they survive a restart. state.h reads and writes the file; this
 * decides when. A fault is reported in the journal. It loses candidates, and nothing else.
 */
struct saver;

/*
 * saver_new: read the candidates that were saved.
 *
 * @directory: a descriptor of the directory where they are saved, which is handed over, also on
 * failure; or -1: nothing is read or saved.
 * @candidates: must live until saver_free() has returned.
 * @ret: set on success only. Ownership: end with saver_free().
 * Returns 0 or a negative errno.
 */
__attribute__((nonnull, warn_unused_result)) int
saver_new(sd_event *event, int directory, struct candidates *candidates, struct saver **ret);

/* saver_note: a candidate is new. It is written in a few seconds, with those that follow. */
__attribute__((nonnull)) void saver_note(struct saver *saver);

/* saver_free: writes what is not yet written. */
void saver_free(struct saver *saver);
