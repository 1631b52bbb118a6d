/* SPDX-License-Identifier: BSD-3-Clause */
#include "progress.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_SECONDS 1

static const char *volatile reading;

static void say(const char *text)
{
	/* Nothing is to be done about a terminal that is gone. */
	ssize_t ignored = write(STDERR_FILENO, text, strlen(text));

	(void)ignored;
}

static void tell(int signal)
{
	(void)signal;
	say("subid-check: still reading ");
	say(reading);
	say("\n");
}

void progress_begin(const char *what)
{
	struct sigaction action = { .sa_flags = SA_RESTART };

	if (!isatty(STDERR_FILENO))
		return;
	action.sa_handler = tell;
	reading = what;
	(void)sigaction(SIGALRM, &action, NULL);
	(void)alarm(PATIENCE_SECONDS);
}

void progress_end(void)
{
	(void)alarm(0);
}
