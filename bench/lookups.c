/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Times lookups through NSS services that it selects itself.
 *
 *   lookups hot [-b BATCHES] [-u MICROSECONDS] < CASES
 *
 *     Times every case BATCHES times, in turn, so that whatever else the
 *     machine does falls on all of them. A case is a line of six words with
 *     tabs between them: LABEL SERVICES FUNCTION ANSWER KEYS THREADS. SERVICES
 *     are written as in nsswitch.conf, or "-" for those that stand there; ANSWER
 *     is "found" or "absent"; KEYS is a file of IDs or names, one a line; THREADS
 *     is 0 for a process that never had a second one. A batch asks for the same
 *     keys, equally often, every time; slow services are asked for the first few
 *     of the file. Before each one the rest of the file is asked for and not
 *     timed, because the processor's caches were another case's. Prints a line
 *     a case: LABEL FUNCTION ANSWER THREADS, the calls of a batch and thread, and
 *     the nanoseconds a call of every batch. Those are the wall clock's, over the
 *     calls of all threads.
 *
 *   lookups once [-n COUNT] [-r] SERVICES FUNCTION ANSWER KEY
 *
 *     Asks COUNT times. -r reports the nanoseconds of the first call, how many
 *     shared libraries are mapped and how many kB are anonymous: the process's
 *     own, and not pages of a module that count as dirty because it is on the
 *     scratch host's tmpfs.
 *
 *   lookups steady SERVICES FUNCTION ANSWER KEY [FUNCTION ANSWER KEY]...
 *
 *     For programs that count. For each KEY, asks 40 times, calls mark(), asks 20
 *     times more, and calls mark() again: callgrind can count from one call of
 *     mark() to the next one, and strace(1) sees its getppid(2).
 *
 * A lookup that does not give ANSWER ends the program: what would be timed is
 * not what the case says.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "hot.h"

/* By the fortieth lookup, a process has all that it keeps between lookups. */
#define STEADY_CALLS 40
#define MARKED_CALLS 20

/* Without stdio, whose buffers would be counted. */
static size_t read_whole(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		fail(path, strerror(errno));
	while (len < size - 1 && (n = read(fd, text + len, size - 1 - len)) > 0)
		len += (size_t)n;
	(void)close(fd);
	text[len] = '\0';
	return len;
}

static unsigned long anonymous_kb(void)
{
	static char text[4096];
	const char *field = "Anonymous:", *at;

	(void)read_whole("/proc/self/smaps_rollup", text, sizeof(text));
	at = strstr(text, field);
	if (!at)
		fail("smaps_rollup", "no Anonymous");
	return strtoul(at + strlen(field), NULL, 10);
}

static size_t libraries_mapped(void)
{
	static char text[1 << 18];
	size_t count = 0;

	(void)read_whole("/proc/self/maps", text, sizeof(text));
	/* Its first page, once; the loader has the same look. */
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		count += strstr(line, ".so") && strstr(line, " 00000000 ");
	return count;
}

static int once(int argc, char **argv)
{
	struct key key;
	struct question question = { .label = argv[0], .keys = { &key, 1, 1 } };
	size_t count = 1, found;
	bool report = false;
	uint64_t begin, first;
	unsigned long anonymous;
	int option;

	while ((option = getopt(argc, argv, "n:r")) != -1) {
		if (option == 'n')
			count = strtoul(optarg, NULL, 10);
		else if (option == 'r')
			report = true;
		else
			return 2;
	}
	if (argc - optind != 4 || count == 0)
		return 2;

	question.services = argv[optind];
	question.function = function_named(argv[optind + 1]);
	question.found = answer_named(argv[optind + 2]);
	key_set(&key, argv[optind + 3]);
	select_services(&question);

	begin = now_ns();
	found = question.function->ask(&question.keys, 0, 1, main_buffer);
	first = now_ns() - begin;
	found += question.function->ask(&question.keys, 0, count - 1, main_buffer);
	demand(&question, found, count);
	if (!report)
		return 0;

	anonymous = anonymous_kb();
	printf("%llu\t%zu\t%lu\n", (unsigned long long)first, libraries_mapped(), anonymous);
	return fflush(stdout) == 0 ? 0 : 1;
}

__attribute__((noinline)) static void mark(void)
{
	(void)getppid();
}

static int steady(int argc, char **argv)
{
	if (argc < 5 || argc % 3 != 2)
		return 2;
	for (int i = 2; i < argc; i += 3) {
		struct key key;
		const struct question question = {
			.label = argv[0],
			.services = argv[1],
			.function = function_named(argv[i]),
			.found = answer_named(argv[i + 1]),
			.keys = { &key, 1, 1 },
		};
		size_t found;

		key_set(&key, argv[i + 2]);
		select_services(&question);
		found = question.function->ask(&question.keys, 0, STEADY_CALLS, main_buffer);
		mark();
		found += question.function->ask(&question.keys, 0, MARKED_CALLS, main_buffer);
		mark();
		demand(&question, found, STEADY_CALLS + MARKED_CALLS);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "hot") == 0)
		return hot(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "once") == 0)
		return once(argc - 1, argv + 1);
	if (argc > 1 && strcmp(argv[1], "steady") == 0)
		return steady(argc - 1, argv + 1);
	fputs("usage: lookups hot|once|steady ..., see the top of lookups.c\n", stderr);
	return 2;
}
