/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>

/* The program tests/subid-userdbd/worker, for struct pool_config. */
extern char *const workers_argv[];
extern char *const workers_environment[];

/*
 * workers_prepare: find the program, and block SIGCHLD as the service does.
 * Returns false and bails out, for TAP, if it has not been built.
 */
bool workers_prepare(void);
