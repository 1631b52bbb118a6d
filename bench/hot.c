/* SPDX-License-Identifier: BSD-3-Clause */
#include "hot.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"

#define CASES_MAX 256
#define THREADS_MAX 64

/* Enough for every module to have seen that the process comes back for more. */
#define WARM_CALLS 256
#define WARM_NS 100000000

/* Enough to be spread over a whole file. */
#define KEYS_MIN 8

struct test_case {
	struct question question;
	size_t threads, calls;
	double *ns;
};

struct worker {
	pthread_t thread;
	size_t number, found;
	uint64_t begin, end;
	char *buffer;
};

static struct {
	pthread_barrier_t barrier;
	const struct test_case *work; /* NULL: the end */
	bool warming;
	size_t workers;
	struct worker worker[THREADS_MAX];
} team;

/* Returns how long @calls lookups in the main thread took, in nanoseconds. */
static uint64_t ask_timed(const struct test_case *test, size_t calls)
{
	uint64_t begin = now_ns(), ns;
	size_t found;

	found = test->question.function->ask(&test->question.keys, 0, calls, main_buffer);
	ns = now_ns() - begin;
	demand(&test->question, found, calls);
	return ns;
}

static void case_warm(const struct test_case *test)
{
	uint64_t begin = now_ns();

	for (int i = 0; i < WARM_CALLS && now_ns() - begin < WARM_NS; i++)
		(void)ask_timed(test, 1);
}

/*
 * As many keys as a batch has time for, and each of them equally often: a file
 * that is searched from its start has no lucky batches then.
 */
static void case_calibrate(struct test_case *test, uint64_t batch_ns)
{
	size_t calls = KEYS_MIN;
	uint64_t ns;

	while ((ns = ask_timed(test, calls)) < batch_ns / 2)
		calls *= 2;

	calls = (size_t)((double)calls * (double)batch_ns / (double)ns);
	calls = calls < KEYS_MIN ? KEYS_MIN : calls;
	test->question.keys.count =
		calls < test->question.keys.count ? calls : test->question.keys.count;
	test->calls = calls / test->question.keys.count * test->question.keys.count;
}

/* With other keys, for it is to be warm as it would be in a process that asks often. */
static void case_warm_again(const struct test_case *test, char *buffer)
{
	const struct keys all = { .key = test->question.keys.key,
				  .count = test->question.keys.total };
	size_t calls = test->calls < all.count ? test->calls : all.count;

	(void)test->question.function->ask(&all, test->question.keys.count, calls, buffer);
}

static void worker_time(struct worker *self, const struct test_case *test)
{
	size_t first = test->question.keys.count * self->number / (team.workers + 1);

	self->begin = now_ns();
	self->found = test->question.function->ask(&test->question.keys, first, test->calls,
						   self->buffer);
	self->end = now_ns();
}

static void *worker_main(void *arg)
{
	struct worker *self = (struct worker *)arg;

	for (;;) {
		(void)pthread_barrier_wait(&team.barrier);
		if (!team.work)
			return NULL;
		if (self->number < team.work->threads && team.warming)
			case_warm_again(team.work, self->buffer);
		else if (self->number < team.work->threads)
			worker_time(self, team.work);
		(void)pthread_barrier_wait(&team.barrier);
	}
}

static void team_start(size_t workers)
{
	team.workers = workers;
	(void)pthread_barrier_init(&team.barrier, NULL, (unsigned int)workers + 1);
	for (size_t i = 0; i < workers; i++) {
		team.worker[i].number = i;
		team.worker[i].buffer = (char *)must(malloc(BUFFER_BYTES));
		if (pthread_create(&team.worker[i].thread, NULL, worker_main, &team.worker[i]) != 0)
			fail("pthread_create", "failed");
	}
}

static void team_stop(void)
{
	team.work = NULL;
	(void)pthread_barrier_wait(&team.barrier);
	for (size_t i = 0; i < team.workers; i++)
		(void)pthread_join(team.worker[i].thread, NULL);
}

static void team_work(const struct test_case *test, bool warming)
{
	team.work = test;
	team.warming = warming;
	(void)pthread_barrier_wait(&team.barrier);
	(void)pthread_barrier_wait(&team.barrier);
}

static double team_time(const struct test_case *test)
{
	uint64_t begin = UINT64_MAX, end = 0;

	team_work(test, true);
	team_work(test, false);
	for (size_t i = 0; i < test->threads; i++) {
		const struct worker *worker = &team.worker[i];

		demand(&test->question, worker->found, test->calls);
		begin = worker->begin < begin ? worker->begin : begin;
		end = worker->end > end ? worker->end : end;
	}
	return (double)(end - begin) / (double)(test->calls * test->threads);
}

static double case_time(const struct test_case *test)
{
	select_services(&test->question);
	if (test->threads > 0)
		return team_time(test);
	case_warm_again(test, main_buffer);
	return (double)ask_timed(test, test->calls) / (double)test->calls;
}

static void case_print(const struct test_case *test, size_t batches)
{
	printf("%s\t%s\t%s\t%zu\t%zu", test->question.label, test->question.function->name,
	       test->question.found ? "found" : "absent", test->threads, test->calls);
	for (size_t i = 0; i < batches; i++)
		printf("\t%.1f", test->ns[i]);
	putchar('\n');
}

static bool case_read(struct test_case *test, size_t batches)
{
	char *line = NULL, *rest, *word[6];
	size_t size = 0;

	if (getline(&line, &size, stdin) <= 0)
		return false;
	line[strcspn(line, "\n")] = '\0';
	rest = line;
	for (int i = 0; i < 6; i++) {
		word[i] = strsep(&rest, "\t");
		if (!word[i])
			fail("not a case", line);
	}

	test->question.label = word[0];
	test->question.services = word[1];
	test->question.function = function_named(word[2]);
	test->question.found = answer_named(word[3]);
	keys_read(&test->question.keys, word[4]);
	test->threads = strtoul(word[5], NULL, 10);
	if (test->threads > THREADS_MAX)
		fail("too many threads", word[5]);
	test->ns = (double *)must(calloc(batches, sizeof(*test->ns)));
	return true;
}

static size_t most_threads(const struct test_case *tests, size_t count)
{
	size_t threads = 0;

	for (size_t i = 0; i < count; i++)
		threads = tests[i].threads > threads ? tests[i].threads : threads;
	return threads;
}

int hot(int argc, char **argv)
{
	static struct test_case tests[CASES_MAX];
	size_t batches = 20, count = 0, threads;
	uint64_t batch_ns = 1000000;
	int option;

	while ((option = getopt(argc, argv, "b:u:")) != -1) {
		size_t value = option == '?' ? 0 : strtoul(optarg, NULL, 10);

		if (value == 0)
			return 2;
		if (option == 'b')
			batches = value;
		else
			batch_ns = (uint64_t)value * 1000;
	}

	while (count < CASES_MAX && case_read(&tests[count], batches))
		count++;
	/* glibc is faster in a process that never had a second thread. */
	threads = most_threads(tests, count);
	if (threads > 0)
		team_start(threads);
	for (size_t i = 0; i < count; i++) {
		select_services(&tests[i].question);
		case_warm(&tests[i]);
		case_calibrate(&tests[i], batch_ns);
	}
	for (size_t batch = 0; batch < batches; batch++)
		for (size_t i = 0; i < count; i++)
			tests[i].ns[batch] = case_time(&tests[i]);
	if (threads > 0)
		team_stop();

	for (size_t i = 0; i < count; i++)
		case_print(&tests[i], batches);
	return fflush(stdout) == 0 ? 0 : 1;
}
