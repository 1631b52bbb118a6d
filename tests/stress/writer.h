/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "world.h"

/*
 * How one version takes the place of the other. No method writes over the bytes in place: a writer
 * that is stopped there leaves half of each version, and a record from that is right.
 * tests/integration/replaced.sh tells it from a wrong one.
 */
enum method {
	METHOD_RENAME,	 /* a new file, as most editors do */
	METHOD_TRUNCATE, /* emptied first, as a shell's ">" does */
	METHOD_RECREATE, /* removed first */
	/* A symbolic link to one of two old files: the only way to change the
	 * version and have one that may be indexed at once. */
	METHOD_SWITCH,
	METHODS,
};

/* writer_prepare: write the first version. Returns false and says why. */
bool writer_prepare(enum method method);

/*
 * writer_start, writer_stop: a thread for each file that changes it in between.
 * writer_stop returns how often, or -1 after a fault.
 */
bool writer_start(void);
long writer_stop(void);

/*
 * writer_step: even while a file is version (step / 2) % 2, odd while it
 * changes into the next one. The step is in shared memory, so that a child sees it, too.
 */
uint64_t writer_step(enum file file);

/* writer_versions: what a file may have held from one step to another. */
unsigned int writer_versions(uint64_t before, uint64_t after);

/*
 * writer_excuses: may a lookup give up with EAGAIN? It tries 16 times, and each
 * failure takes a change; where a change is a rename, a read never fails.
 */
bool writer_excuses(uint64_t changes);
