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
#include <grp.h>
#include <nss.h>
#include <pthread.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* libnss-cache refuses less for groups. */
#define BUFFER_BYTES (1 << 20)
#define KEYS_MAX 4096
#define CASES_MAX 256
#define THREADS_MAX 64

/* Enough for every module to have seen that the process comes back for more. */
#define WARM_CALLS 256
#define WARM_NS 100000000

/* Enough to be spread over a whole file. */
#define KEYS_MIN 8

/* By the fortieth lookup, a process has all that it keeps between lookups. */
#define STEADY_CALLS 40
#define MARKED_CALLS 20

struct key {
	unsigned int id;
	const char *name;
};

struct keys {
	struct key *key;
	size_t count; /* that are timed */
	size_t total;
};

struct function {
	const char *name;
	const char *database;
	/* How many of the calls found a record. */
	size_t (*ask)(const struct keys *keys, size_t first, size_t calls, char *buffer);
};

struct test_case {
	char *label;
	char *services;
	const struct function *function;
	bool found;
	struct keys keys;
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

static char main_buffer[BUFFER_BYTES];

static _Noreturn void fail(const char *what, const char *about)
{
	fprintf(stderr, "lookups: %s: %s\n", what, about);
	exit(1);
}

static void *must(void *memory)
{
	if (!memory)
		fail("memory", strerror(errno));
	return memory;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* POSIX lets services say "not found" in several ways, and they do. */
static bool is_answer(int r, const void *record)
{
	if (record)
		return true;
	if (r != 0 && r != ENOENT && r != ESRCH)
		fail("a lookup failed", strerror(r));
	return false;
}

static size_t ask_getpwuid(const struct keys *keys, size_t first, size_t calls, char *buffer)
{
	struct passwd pwd, *record;
	size_t found = 0;

	for (size_t i = first; calls > 0; i++, calls--) {
		int r;

		i = i < keys->count ? i : 0;
		r = getpwuid_r(keys->key[i].id, &pwd, buffer, BUFFER_BYTES, &record);
		found += is_answer(r, record);
	}
	return found;
}

static size_t ask_getpwnam(const struct keys *keys, size_t first, size_t calls, char *buffer)
{
	struct passwd pwd, *record;
	size_t found = 0;

	for (size_t i = first; calls > 0; i++, calls--) {
		int r;

		i = i < keys->count ? i : 0;
		r = getpwnam_r(keys->key[i].name, &pwd, buffer, BUFFER_BYTES, &record);
		found += is_answer(r, record);
	}
	return found;
}

static size_t ask_getgrgid(const struct keys *keys, size_t first, size_t calls, char *buffer)
{
	struct group grp, *record;
	size_t found = 0;

	for (size_t i = first; calls > 0; i++, calls--) {
		int r;

		i = i < keys->count ? i : 0;
		r = getgrgid_r(keys->key[i].id, &grp, buffer, BUFFER_BYTES, &record);
		found += is_answer(r, record);
	}
	return found;
}

static size_t ask_getgrnam(const struct keys *keys, size_t first, size_t calls, char *buffer)
{
	struct group grp, *record;
	size_t found = 0;

	for (size_t i = first; calls > 0; i++, calls--) {
		int r;

		i = i < keys->count ? i : 0;
		r = getgrnam_r(keys->key[i].name, &grp, buffer, BUFFER_BYTES, &record);
		found += is_answer(r, record);
	}
	return found;
}

static const struct function functions[] = {
	{ "getpwuid_r", "passwd", ask_getpwuid },
	{ "getpwnam_r", "passwd", ask_getpwnam },
	{ "getgrgid_r", "group", ask_getgrgid },
	{ "getgrnam_r", "group", ask_getgrnam },
};

static const struct function *function_named(const char *name)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (strcmp(functions[i].name, name) == 0)
			return &functions[i];
	fail("no such function", name);
}

static bool answer_named(const char *name)
{
	if (strcmp(name, "found") != 0 && strcmp(name, "absent") != 0)
		fail("no such answer", name);
	return strcmp(name, "found") == 0;
}

static void key_set(struct key *key, const char *text)
{
	key->name = (const char *)must(strdup(text));
	key->id = (unsigned int)strtoul(text, NULL, 10);
}

static void keys_read(struct keys *keys, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (!file)
		fail(path, strerror(errno));
	keys->key = (struct key *)must(calloc(KEYS_MAX, sizeof(*keys->key)));
	while (keys->count < KEYS_MAX && (len = getline(&line, &size, file)) > 0) {
		line[strcspn(line, "\n")] = '\0';
		key_set(&keys->key[keys->count++], line);
	}
	if (keys->count == 0)
		fail(path, "no keys");
	keys->total = keys->count;
	free(line);
	(void)fclose(file);
}

static void select_services(const struct test_case *test)
{
	if (strcmp(test->services, "-") != 0 &&
	    __nss_configure_lookup(test->function->database, test->services) != 0)
		fail(test->services, strerror(errno));
}

static void demand(const struct test_case *test, size_t found, size_t calls)
{
	if (found != (test->found ? calls : 0)) {
		fprintf(stderr, "lookups: %s, %s, %s: %zu of %zu found\n", test->label,
			test->services, test->function->name, found, calls);
		exit(1);
	}
}

/* What `calls` calls in the main thread took. */
static uint64_t ask_timed(const struct test_case *test, size_t calls)
{
	uint64_t begin = now_ns(), ns;
	size_t found;

	found = test->function->ask(&test->keys, 0, calls, main_buffer);
	ns = now_ns() - begin;
	demand(test, found, calls);
	return ns;
}

static void case_warm(const struct test_case *test)
{
	uint64_t begin = now_ns();

	for (int i = 0; i < WARM_CALLS && now_ns() - begin < WARM_NS; i++)
		(void)ask_timed(test, 1);
}

/* As many keys as a batch has time for, and each of them equally often: a file
 * that is searched from its start has no lucky batches then. */
static void case_calibrate(struct test_case *test, uint64_t batch_ns)
{
	size_t calls = KEYS_MIN;
	uint64_t ns;

	while ((ns = ask_timed(test, calls)) < batch_ns / 2)
		calls *= 2;

	calls = (size_t)((double)calls * (double)batch_ns / (double)ns);
	calls = calls < KEYS_MIN ? KEYS_MIN : calls;
	test->keys.count = calls < test->keys.count ? calls : test->keys.count;
	test->calls = calls / test->keys.count * test->keys.count;
}

/* With other keys, for it is to be warm as it would be in a process that asks often. */
static void case_warm_again(const struct test_case *test, char *buffer)
{
	const struct keys all = { .key = test->keys.key, .count = test->keys.total };
	size_t calls = test->calls < all.count ? test->calls : all.count;

	(void)test->function->ask(&all, test->keys.count, calls, buffer);
}

static void worker_time(struct worker *self, const struct test_case *test)
{
	size_t first = test->keys.count * self->number / (team.workers + 1);

	self->begin = now_ns();
	self->found = test->function->ask(&test->keys, first, test->calls, self->buffer);
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

		demand(test, worker->found, test->calls);
		begin = worker->begin < begin ? worker->begin : begin;
		end = worker->end > end ? worker->end : end;
	}
	return (double)(end - begin) / (double)(test->calls * test->threads);
}

static double case_time(const struct test_case *test)
{
	select_services(test);
	if (test->threads > 0)
		return team_time(test);
	case_warm_again(test, main_buffer);
	return (double)ask_timed(test, test->calls) / (double)test->calls;
}

static void case_print(const struct test_case *test, size_t batches)
{
	printf("%s\t%s\t%s\t%zu\t%zu", test->label, test->function->name,
	       test->found ? "found" : "absent", test->threads, test->calls);
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

	test->label = word[0];
	test->services = word[1];
	test->function = function_named(word[2]);
	test->found = answer_named(word[3]);
	keys_read(&test->keys, word[4]);
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

static int hot(int argc, char **argv)
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
		select_services(&tests[i]);
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
	struct test_case test = { .label = argv[0], .keys = { &key, 1, 1 } };
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

	test.services = argv[optind];
	test.function = function_named(argv[optind + 1]);
	test.found = answer_named(argv[optind + 2]);
	key_set(&key, argv[optind + 3]);
	select_services(&test);

	begin = now_ns();
	found = test.function->ask(&test.keys, 0, 1, main_buffer);
	first = now_ns() - begin;
	found += test.function->ask(&test.keys, 0, count - 1, main_buffer);
	demand(&test, found, count);
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
		const struct test_case test = {
			.label = argv[0],
			.services = argv[1],
			.function = function_named(argv[i]),
			.found = answer_named(argv[i + 1]),
			.keys = { &key, 1, 1 },
		};
		size_t found;

		key_set(&key, argv[i + 2]);
		select_services(&test);
		found = test.function->ask(&test.keys, 0, STEADY_CALLS, main_buffer);
		mark();
		found += test.function->ask(&test.keys, 0, MARKED_CALLS, main_buffer);
		mark();
		demand(&test, found, STEADY_CALLS + MARKED_CALLS);
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
