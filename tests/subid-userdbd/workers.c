/* SPDX-License-Identifier: BSD-3-Clause */
#include "workers.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[4096];
char *const workers_argv[] = { path, NULL };
char *const workers_environment[] = { NULL };

bool workers_prepare(void)
{
	const char *build = getenv("abs_top_builddir");
	sigset_t signals;
	int input[2];

	(void)snprintf(path, sizeof(path), "%s/tests/subid-userdbd/worker", build ? build : ".");
	if (access(path, X_OK) < 0) {
		(void)printf("Bail out! %s is not there\n", path);
		return false;
	}
	/* A worker ends if this is its standard input, too. */
	if (pipe(input) < 0 || dup2(input[0], STDIN_FILENO) < 0)
		return false;
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &signals, NULL);
	return true;
}
