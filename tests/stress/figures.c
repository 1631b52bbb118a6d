/* SPDX-License-Identifier: BSD-3-Clause */
#include "figures.h"

#include <inttypes.h>
#include <stdio.h>

#include "ask.h"
#include "writer.h"

void figures_begin(void (*ask)(const struct question *, struct answer *))
{
	clock_begin();
	askers_start(ask);
	writer_start();
}

void figures_end(struct figures *ret)
{
	ret->changes = writer_stop();
	ret->lookups = askers_lookups();
	ret->counts = askers_stop();
}

static void print(const char *mode, const struct figures *figures, uint64_t n, const char *what)
{
	const struct answer_counts *counts = &figures->counts;
	double seconds = clock_seconds();

	printf("%s: %" PRIu64 " lookups in %.1f s, %.0f a second; %ld versions written; "
	       "%" PRIu64 " and %" PRIu64 " of a version, %" PRIu64 " absent, %" PRIu64
	       " EAGAIN, %" PRIu64 " while nothing changed",
	       mode, figures->lookups, seconds, (double)figures->lookups / seconds,
	       figures->changes, counts->of_version[VERSION_A], counts->of_version[VERSION_B],
	       counts->absent, counts->again, counts->steady);
	if (what)
		printf("; %" PRIu64 " %s", n, what);
	putchar('\n');
}

void figures_check(const char *mode, const struct figures *figures, uint64_t n, const char *what)
{
	const struct answer_counts *counts = &figures->counts;

	print(mode, figures, n, what);
	if (figures->changes <= 0)
		fail("no version was written");
	if (counts->of_version[VERSION_A] == 0 || counts->of_version[VERSION_B] == 0)
		fail("not both versions were seen");
	if (counts->absent == 0 || counts->steady == 0)
		fail("too few kinds of answers were seen");
}

/* Calls of read(2) and its kind by this process, or -1 where the kernel does not count. */
static long count_reads(void)
{
	FILE *io = fopen("/proc/self/io", "re");
	char line[128];
	long reads = -1;

	while (io && reads < 0 && fgets(line, sizeof(line), io))
		(void)sscanf(line, "syscr: %ld", &reads);
	if (io)
		fclose(io);
	return reads;
}

/* How many reads 100 lookups take, each of one file and of no account. */
static long count_reads_of_lookups(void)
{
	const struct question qs[FILES] = {
		[FILE_SUBUID] = { .id = 99999 },
		[FILE_SUBGID] = { .is_group = true, .id = 500000 },
	};
	long before = count_reads();
	struct answer answer;

	for (int i = 0; i < 100; i++)
		ask_module(&qs[i % FILES], &answer);
	return count_reads() - before;
}

/*
 * The files have to be old. There is no index if a lookup that was cut short has left its mark.
 * Indexes that could not be put in make the next one late.
 */
void figures_check_index(void)
{
	long reads = 0;

	if (count_reads() < 0) {
		puts("this kernel does not count reads");
		return;
	}
	for (int i = 0; i < 3000; i++) {
		reads = count_reads_of_lookups();
		if (reads < 50)
			return;
	}
	fail("100 lookups in old files take %ld reads: there is no index", reads);
}
