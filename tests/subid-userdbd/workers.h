/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "pool.h"

/* The program tests/subid-userdbd/worker, for struct pool_config. */
extern char *const workers_argv[];
extern char *const workers_environment[];

/*
 * workers_prepare: find the program, and block SIGCHLD as the service does.
 * Returns false and bails out, for TAP, if it has not been built.
 */
bool workers_prepare(void);

/* workers_pool: such workers, for the event loop of loop.h. Ownership: end with pool_free(). */
struct pool *workers_pool(unsigned int n_workers, uint64_t deadline_usec);

/*
 * workers_begin: what a test begins with: no questions in the file `asked`, an event loop, and a
 * pool of two workers, which is returned. workers_end: the end of the pool and the loop.
 */
struct pool *workers_begin(void);
void workers_end(struct pool *pool);

/* workers_asked: how many questions to workers begin so, in the file `asked`. */
unsigned int workers_asked(const char *beginning);
