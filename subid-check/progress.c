/* SPDX-License-Identifier: BSD-3-Clause */
#include "progress.h"

#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_SECONDS 1
#define BAR_COLUMNS 30

static const char *volatile current;
static bool drawn;

static void say(const char *text)
{
	/* Nothing can be done about a terminal that is gone. */
	ssize_t ignored = write(STDERR_FILENO, text, strlen(text));

	(void)ignored;
}

static void say_current(int signal)
{
	(void)signal;
	say("subid-check: still reading ");
	say(current);
	say("\n");
}

void progress_begin(const char *what)
{
	struct sigaction action = { .sa_flags = SA_RESTART };

	if (!isatty(STDERR_FILENO))
		return;
	action.sa_handler = say_current;
	current = what;
	(void)sigaction(SIGALRM, &action, NULL);
	(void)alarm(PATIENCE_SECONDS);
}

void progress_end(void)
{
	(void)alarm(0);
}

void progress_show(const char *what, uint64_t done, uint64_t all)
{
	char bar[BAR_COLUMNS + 1], line[160];
	double part = all > 0 ? (double)done / (double)all : 1;
	size_t full = (size_t)(part * BAR_COLUMNS);

	if (!isatty(STDERR_FILENO))
		return;
	if (full > BAR_COLUMNS)
		full = BAR_COLUMNS;
	memset(bar, '.', BAR_COLUMNS);
	memset(bar, '#', full);
	bar[BAR_COLUMNS] = '\0';
	(void)snprintf(line, sizeof(line), "\rsubid-check: %s [%s] %3.0f %%", what, bar,
		       part * 100);
	say(line);
	drawn = true;
}

void progress_count(const char *what, uint64_t n)
{
	char line[80];

	if (!isatty(STDERR_FILENO))
		return;
	(void)snprintf(line, sizeof(line), "\r\x1b[Ksubid-check: %" PRIu64 " %s", n, what);
	say(line);
	drawn = true;
}

void progress_clear(void)
{
	if (drawn)
		say("\r\x1b[K");
	drawn = false;
}
