/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The command line of subid-userdbd(8). */
#define OPTIONS_GROUPS_MAX 64

/* Options that the program passes to its own workers. */
#define OPTIONS_ROLE_WORKER "worker"
#define OPTIONS_ROLE_SCANNER "scanner"

struct options {
	uint32_t deadline_seconds; /* 1 to 300 */
	uint32_t workers;	   /* 1 to 64 */
	uint32_t idle_seconds;	   /* 0: never */
	const char *groups[OPTIONS_GROUPS_MAX];
	size_t n_groups;
	const char *role; /* of a worker, or NULL for the service itself */
};

/*
 * options_read: the command line, with defaults for what it does not say.
 *
 * @ret: its texts are those of @argv.
 * Ends the process after --help and --version, and if the command line is wrong.
 */
__attribute__((nonnull)) void options_read(int argc, char **argv, struct options *ret);
