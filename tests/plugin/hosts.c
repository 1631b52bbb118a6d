/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Programs that look users up, of kinds that a library inside them can harm.
 * None of them uses libsubid. What went wrong goes to standard output; a lookup
 * that never returns is the caller's to end.
 *
 *   hosts ask KEY...      the answers to UIDs and names: NAME:UID:GID, absent, or
 *                         the name of the error
 *   hosts twice UID       the same lookup twice; access(2) marks the moments
 *   hosts memory COUNT KEY
 *                         how much memory COUNT more lookups keep: none, or bytes
 *   hosts race THREADS    the first lookups of the process, all at once
 *   hosts fork            from beside a thread that the plugin keeps waiting
 *   hosts fork-opening    from beside a thread that is loading the plugin
 *   hosts files COUNT     descriptors before and after COUNT lookups
 *   hosts exit            looks up again when the process ends
 *   hosts cancel COUNT    cancels threads that look up
 *   hosts starved         first lookups with few descriptors left
 *   hosts loading         looks up while the plugin is being loaded
 *   hosts edited FILE KEY...
 *                         as ask, but puts FILE in the place of nsswitch.conf
 *                         while the plugin is being loaded
 *   hosts library FILE    while a library is loaded whose constructor looks up
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <nss.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sample.h"

#define THREADS_MAX 64
#define DESCRIPTORS_MAX 1024

static void (*when_loaded)(void);
static void (*when_slow)(void);

/* The plugin calls them, see sample.h. */
void sample_is_loaded(void)
{
	if (when_loaded)
		when_loaded();
}

void sample_is_slow(void)
{
	if (when_slow)
		when_slow();
}

static struct passwd *look_up(const char *key, struct passwd *pwd, char *buffer, size_t len,
			      int *ret_error)
{
	struct passwd *got = NULL;
	char *end;
	uid_t uid = (uid_t)strtoul(key, &end, 10);

	*ret_error = *end == '\0' ? getpwuid_r(uid, pwd, buffer, len, &got)
				  : getpwnam_r(key, pwd, buffer, len, &got);
	return got;
}

static int ask(int count, char **keys)
{
	struct passwd pwd, *got;
	char buffer[4096];
	int error;

	for (int i = 0; i < count; i++) {
		got = look_up(keys[i], &pwd, buffer, sizeof(buffer), &error);
		if (got)
			printf("%s:%lu:%lu\n", got->pw_name, (unsigned long)got->pw_uid,
			       (unsigned long)got->pw_gid);
		else
			puts(error == 0 ? "absent" : strerrorname_np(error));
	}
	return 0;
}

static int twice(const char *key)
{
	struct passwd pwd;
	char buffer[4096];
	int error;

	__nss_configure_lookup("passwd", "subid");
	(void)look_up(key, &pwd, buffer, sizeof(buffer), &error);
	(void)access("/first", F_OK);
	(void)look_up(key, &pwd, buffer, sizeof(buffer), &error);
	(void)access("/second", F_OK);
	return 0;
}

static int memory(long count, const char *key)
{
	struct passwd pwd;
	char buffer[4096];
	size_t before;
	int error;

	__nss_configure_lookup("passwd", "files subid");
	(void)look_up(key, &pwd, buffer, sizeof(buffer), &error);
	before = mallinfo2().uordblks;
	for (long i = 0; i < count; i++)
		(void)look_up(key, &pwd, buffer, sizeof(buffer), &error);
	if (mallinfo2().uordblks <= before)
		puts("none");
	else
		printf("%zu bytes\n", mallinfo2().uordblks - before);
	return 0;
}

static pthread_barrier_t start;

static void *race_thread(void *number)
{
	size_t i = (size_t)number;
	bool right;

	(void)pthread_barrier_wait(&start);
	right = sample_is_right(&samples[i / 2 % SAMPLES],
				i % 2 ? SAMPLE_BY_NAME_R : SAMPLE_BY_UID_R);
	return right ? number : NULL;
}

static int race(size_t count)
{
	pthread_t threads[THREADS_MAX];
	bool right = true;
	void *result;

	if (count == 0 || count > THREADS_MAX)
		return 2;
	if (pthread_barrier_init(&start, NULL, (unsigned int)count) != 0)
		return 2;
	for (size_t i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, race_thread, (void *)(i + 1)) != 0)
			return 2;
	for (size_t i = 0; i < count; i++)
		right = pthread_join(threads[i], &result) == 0 && result && right;
	return right ? 0 : 1;
}

static sem_t inside;

static void tell(void)
{
	(void)sem_post(&inside);
}

static void tell_and_stay(void)
{
	tell();
	(void)sleep(2);
}

static bool wait_until_inside(void)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 10;
	return sem_timedwait(&inside, &until) == 0;
}

static void *ask_slowly(void *unused)
{
	(void)unused;
	return sample_is_right(&slow_sample, SAMPLE_BY_NAME_R) ? &inside : NULL;
}

/* A child that asks, in whatever state it was forked. */
static void ask_in_child(const char *which)
{
	struct timespec begin, end;
	const char *answer;
	int status;
	pid_t pid;

	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		(void)alarm(5);
		(void)clock_gettime(CLOCK_MONOTONIC, &begin);
		for (enum sample_how how = SAMPLE_BY_NAME_R; how <= SAMPLE_BY_UID_R; how++) {
			answer = sample_ask(&samples[0], how);
			printf("%s: %s\n", which, answer);
		}
		(void)clock_gettime(CLOCK_MONOTONIC, &end);
		/* Whoever waits for the thread's lookup waits for nearly 2 seconds. */
		if (end.tv_sec - begin.tv_sec > 1)
			printf("%s: late\n", which);
		(void)fflush(stdout);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		printf("%s: hung or died\n", which);
}

static int fork_inside(void)
{
	pthread_t thread;
	void *result;

	if (sem_init(&inside, 0, 0) < 0 || pthread_create(&thread, NULL, ask_slowly, NULL) != 0)
		return 2;
	if (!wait_until_inside())
		return 2;
	ask_in_child("child");
	printf("thread: %s\n", pthread_join(thread, &result) == 0 && result ? "right" : "wrong");
	ask_in_child("later child");
	return 0;
}

static int list_descriptors(int *ret_flags)
{
	int count = 0;

	for (int fd = 0; fd < DESCRIPTORS_MAX; fd++) {
		ret_flags[fd] = fcntl(fd, F_GETFD);
		count += ret_flags[fd] >= 0;
	}
	return count;
}

static int files(long count)
{
	static int before[DESCRIPTORS_MAX], after[DESCRIPTORS_MAX];
	const char *const names[] = { "subuid-alice-100000", "subuid-broken-1", "subuid-nobody-1",
				      "920000" };
	struct passwd pwd;
	char buffer[4096];
	int warm = 0, error;

	(void)list_descriptors(before);
	for (long i = 0; i < count; i++) {
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
			(void)look_up(names[k], &pwd, buffer, sizeof(buffer), &error);
		if (i == 0)
			warm = list_descriptors(after);
	}
	printf("grew by %d\n", list_descriptors(after) - warm);
	for (int fd = 0; fd < DESCRIPTORS_MAX; fd++)
		if (before[fd] < 0 && after[fd] >= 0 && !(after[fd] & FD_CLOEXEC))
			printf("%d is new and stays open across exec\n", fd);
	return 0;
}

static void ask_at_exit(void)
{
	const char *by_uid = sample_ask(&samples[0], SAMPLE_BY_UID_R);

	printf("by UID: %s\n", by_uid);
	printf("by name: %s\n", sample_ask(&samples[0], SAMPLE_BY_NAME));
	(void)fflush(stdout);
}

static int ask_until_exit(void)
{
	/* Before libsubid is there, so that it runs after what libsubid registers. */
	if (atexit(ask_at_exit) != 0)
		return 2;
	return sample_is_right(&samples[0], SAMPLE_BY_NAME) ? 0 : 1;
}

static void *ask_forever(void *unused)
{
	(void)unused;
	for (;;) {
		for (size_t i = 0; i < SAMPLES; i++)
			(void)sample_ask(&samples[i], SAMPLE_BY_NAME_R);
		pthread_testcancel();
	}
	return NULL;
}

static int cancel(long count)
{
	static int flags[DESCRIPTORS_MAX];
	int before;

	if (!sample_is_right(&samples[0], SAMPLE_BY_NAME_R))
		return 1;
	before = list_descriptors(flags);
	for (long i = 0; i < count; i++) {
		struct timespec rest = { .tv_nsec = i % 50 * 10000 };
		pthread_t thread;

		if (pthread_create(&thread, NULL, ask_forever, NULL) != 0)
			return 2;
		(void)nanosleep(&rest, NULL);
		(void)pthread_cancel(thread);
		(void)pthread_join(thread, NULL);
	}
	printf("grew by %d\n", list_descriptors(flags) - before);
	return sample_is_right(&samples[0], SAMPLE_BY_NAME_R) ? 0 : 1;
}

static void set_descriptors(rlim_t count)
{
	struct rlimit limit;

	(void)getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = count;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
}

static void starve(int left)
{
	const char *starved;
	struct passwd pwd;
	char buffer[4096];
	int error;

	__nss_configure_lookup("passwd", "subid");
	/* Loads the module, which asks nobody about this. */
	(void)look_up("nobody", &pwd, buffer, sizeof(buffer), &error);
	set_descriptors(3 + (rlim_t)left);
	starved = sample_ask(&samples[0], SAMPLE_BY_NAME_R);
	set_descriptors(64);
	printf("%d left: %s, then %s\n", left, starved, sample_ask(&samples[0], SAMPLE_BY_NAME_R));
	(void)fflush(stdout);
}

static int starve_children(void)
{
	(void)close_range(3, ~0U, 0);
	for (int left = 0; left < 6; left++) {
		pid_t pid;

		(void)fflush(stdout);
		pid = fork();
		if (pid == 0) {
			(void)alarm(5);
			starve(left);
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			return 2;
	}
	return 0;
}

static void ask_inside(void)
{
	static bool asked;

	if (asked)
		return;
	asked = true;
	printf("inside: %s\n", sample_ask(&samples[0], SAMPLE_BY_NAME_R));
}

static int ask_while_loading(void)
{
	when_loaded = ask_inside;
	printf("outside: %s\n", sample_ask(&samples[0], SAMPLE_BY_NAME_R));
	return 0;
}

static const char *edited;

static void edit(void)
{
	when_loaded = NULL;
	if (rename(edited, "/etc/nsswitch.conf") < 0)
		perror(edited);
}

/* Runs in a constructor, so with the loader's lock. */
static void wait_and_ask(void)
{
	when_loaded = NULL;
	tell();
	/* Until the other thread waits for that lock. */
	(void)sleep(1);
	printf("constructor: %s\n", sample_ask(&samples[0], SAMPLE_BY_NAME_R));
}

static void *load(void *file)
{
	return dlopen(file, RTLD_LAZY | RTLD_LOCAL);
}

static int ask_beside_constructor(char *file)
{
	pthread_t thread;
	void *handle;

	if (sem_init(&inside, 0, 0) < 0)
		return 2;
	/* Else the other thread would wait for the loader before it is in there. */
	if (getpwnam("subuid-"))
		return 2;
	when_loaded = wait_and_ask;
	if (pthread_create(&thread, NULL, load, file) != 0 || !wait_until_inside())
		return 2;
	printf("thread: %s\n", sample_ask(&samples[0], SAMPLE_BY_NAME_R));
	return pthread_join(thread, &handle) == 0 && handle ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	long count = argc > 2 ? strtol(argv[2], NULL, 10) : 0;

	/* To lose nothing when a lookup hangs. */
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (strcmp(what, "twice") == 0 && argc > 2)
		return twice(argv[2]);
	if (strcmp(what, "memory") == 0 && argc > 3)
		return memory(count, argv[3]);

	__nss_configure_lookup("passwd", "files subid");
	if (strcmp(what, "ask") == 0)
		return ask(argc - 2, argv + 2);
	if (strcmp(what, "edited") == 0 && argc > 3) {
		edited = argv[2];
		when_loaded = edit;
		return ask(argc - 3, argv + 3);
	}
	if (strcmp(what, "race") == 0)
		return race((size_t)count);
	if (strcmp(what, "fork") == 0) {
		when_slow = tell;
		return fork_inside();
	}
	if (strcmp(what, "fork-opening") == 0) {
		when_loaded = tell_and_stay;
		return fork_inside();
	}
	if (strcmp(what, "files") == 0)
		return files(count);
	if (strcmp(what, "exit") == 0)
		return ask_until_exit();
	if (strcmp(what, "cancel") == 0)
		return cancel(count);
	if (strcmp(what, "starved") == 0)
		return starve_children();
	if (strcmp(what, "loading") == 0)
		return ask_while_loading();
	if (strcmp(what, "library") == 0 && argc > 2)
		return ask_beside_constructor(argv[2]);
	return 2;
}
