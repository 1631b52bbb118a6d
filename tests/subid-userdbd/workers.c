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

	(void)snprintf(path, sizeof(path), "%s/tests/subid-userdbd/worker", build ? build : ".");
	if (access(path, X_OK) < 0) {
		(void)printf("Bail out! %s is not there\n", path);
		return false;
	}
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &signals, NULL);
	return true;
}
