/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <systemd/sd-event.h>

#include "candidates.h"

/*
 * Keeps the candidates over restarts: state.h says when asked to, this says when. A fault is
 * told in the journal, and costs nothing but candidates.
 */
struct keeper;

/*
 * keeper_new: read the candidates that were kept.
 *
 * @directory: a descriptor of the directory where they are, which is the keeper's then; or
 * -1: nothing is kept.
 * @candidates: kept, until keeper_free().
 * @ret: set on success only. Ownership: end with keeper_free().
 * Returns 0 or a negative errno.
 */
__attribute__((nonnull, warn_unused_result)) int
keeper_new(sd_event *event, int directory, struct candidates *candidates, struct keeper **ret);

/* keeper_note: there is a new one. It is written in a few seconds, with those that follow. */
__attribute__((nonnull)) void keeper_note(struct keeper *keeper);

/* keeper_free: writes what is not yet written. */
void keeper_free(struct keeper *keeper);
