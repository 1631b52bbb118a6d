/* SPDX-License-Identifier: BSD-3-Clause */
#include "workers.h"

#include "check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "loop.h"

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

struct pool *workers_pool(unsigned int n_workers, uint64_t deadline_usec)
{
	const struct pool_config config = {
		.event = loop_event,
		.argv = workers_argv,
		.environment = workers_environment,
		.n_workers = n_workers,
		.deadline_usec = deadline_usec,
	};
	struct pool *pool;

	assert_int_equal(pool_new(&config, &pool), 0);
	return pool;
}

struct pool *workers_begin(void)
{
	(void)unlink("asked");
	loop_begin();
	return workers_pool(2, PATIENCE);
}

void workers_end(struct pool *pool)
{
	pool_free(pool);
	loop_end();
}

unsigned int workers_asked(const char *beginning)
{
	FILE *file = fopen("asked", "re");
	char line[256];
	unsigned int n = 0;

	while (file && fgets(line, sizeof(line), file))
		n += strncmp(line, beginning, strlen(beginning)) == 0;
	if (file)
		(void)fclose(file);
	return n;
}
