/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * stress MODE: lookups of all kinds while something else goes on, each answer
 * held against the versions that the files had meanwhile. For a scratch host,
 * whose subuid and subgid it writes. Prints figures; what is wrong, on stderr.
 *
 *   rename truncate recreate switch
 *                  writers change the files, see writer.h
 *   cancel         the threads that ask are cancelled
 *   fork           children ask at once
 *   signal         handlers interrupt the threads, without SA_RESTART
 *   reload         the module is closed and loaded again
 *
 * STRESS_SECONDS, STRESS_LOOKUPS  go on for so long and so many lookups
 * STRESS_THREADS                  how many threads ask
 */
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <malloc.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ask.h"
#include "figures.h"
#include "writer.h"

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define HAS_ASAN true
#else
#define HAS_ASAN false
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define HAS_TSAN true
#else
#define HAS_TSAN false
#endif
#define INSTRUMENTED (HAS_ASAN || HAS_TSAN)

/* A child or a thread that has no answer by then is one that waits for ever. */
#define HANGS_AFTER_SECONDS 60

static void change_files(const char *mode, enum method method)
{
	struct figures figures;

	/* More than a reader's buffer, where the kernel replaces it in one go. */
	world_make(method == METHOD_SWITCH ? 2000 : method == METHOD_RENAME ? 250 : 60);
	if (!writer_prepare(method)) {
		fail("cannot write the files");
		return;
	}

	figures_begin(ask_host);
	while (clock_goes_on(askers_lookups()))
		usleep(10000);
	figures_end(&figures);

	figures_check(mode, &figures, 0, NULL);
	if (method == METHOD_SWITCH)
		figures_check_index();
}

/* --- cancellation ------------------------------------------------------------------ */

static size_t count_descriptors(void)
{
	DIR *fds = opendir("/proc/self/fd");
	size_t n = 0;

	while (fds && readdir(fds))
		n++;
	if (fds)
		closedir(fds);
	return n;
}

static long mapped_bytes(void)
{
	FILE *statm = fopen("/proc/self/statm", "re");
	long pages = 0;

	if (!statm || fscanf(statm, "%ld", &pages) != 1)
		fail("no /proc/self/statm");
	if (statm)
		fclose(statm);
	return pages * sysconf(_SC_PAGESIZE);
}

struct victim {
	pthread_t thread;
	struct asker asker;
	uint64_t lookups;
};

static void *ask_until_cancelled(void *arg)
{
	struct victim *victim = arg;

	while (asker_ask(&victim->asker, ask_host)) {
		victim->lookups++;
		pthread_testcancel();
	}
	return NULL;
}

static void cancel_wave(struct victim victims[], unsigned int n, unsigned int *seed)
{
	pthread_attr_t small;
	void *result;

	/* Small stacks are kept by glibc from wave to wave, and memory can be compared. */
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, INSTRUMENTED ? 1 << 20 : 1 << 17);
	for (unsigned int i = 0; i < n; i++)
		if (pthread_create(&victims[i].thread, &small, ask_until_cancelled, &victims[i]) !=
		    0)
			abort();
	for (unsigned int i = 0; i < n; i++) {
		usleep((useconds_t)(rand_r(seed) % 200));
		pthread_cancel(victims[i].thread);
	}
	for (unsigned int i = 0; i < n; i++) {
		pthread_join(victims[i].thread, &result);
		if (result != PTHREAD_CANCELED)
			fail("a thread ended before it was cancelled");
	}
	pthread_attr_destroy(&small);
}

/* With nobody else in the module: both files have their index, and no more. */
static void settle(void)
{
	struct asker asker = { .seed = 1 };

	for (int i = 0; i < 200; i++)
		(void)asker_ask(&asker, ask_host);
}

static void cancel_threads(const char *mode)
{
	enum { WAVES_AT_ONCE = 8 };
	static struct victim victims[ASKERS_MAX];
	struct figures figures = { .changes = 0 };
	unsigned int n = knob_threads(), seed = 1;
	size_t fds_before = 0, fds_after;
	long mapped_before = 0, mapped_after;
	uint64_t waves = 0;

	mallopt(M_ARENA_MAX, 1);
	for (unsigned int i = 0; i < n; i++)
		victims[i].asker.seed = 1 + i;

	clock_begin();
	do {
		/* The writer pauses after some waves, so that nothing changes during a measurement.
		 */
		if (waves % WAVES_AT_ONCE == 0)
			writer_start();
		cancel_wave(victims, n, &seed);
		if (++waves % WAVES_AT_ONCE == 0) {
			figures.changes += writer_stop();
			settle();
		}
		if (waves == WAVES_AT_ONCE) {
			fds_before = count_descriptors();
			mapped_before = mapped_bytes();
		}
		figures.lookups = 0;
		for (unsigned int i = 0; i < n; i++)
			figures.lookups += victims[i].lookups;
	} while (waves < 2 * WAVES_AT_ONCE || waves % WAVES_AT_ONCE != 0 ||
		 clock_goes_on(figures.lookups));

	fds_after = count_descriptors();
	mapped_after = mapped_bytes();
	for (unsigned int i = 0; i < n; i++)
		answer_counts_add(&figures.counts, &victims[i].asker.counts);
	figures_check(mode, &figures, waves * n, "threads cancelled");
	printf("%zu descriptors, then %zu; %ld KiB mapped, then %ld\n", fds_before, fds_after,
	       mapped_before / 1024, mapped_after / 1024);

	if (fds_after != fds_before)
		fail("%zu descriptors became %zu", fds_before, fds_after);
	/* The memory of a sanitizer or of valgrind grows with the threads that there were. */
	if (!INSTRUMENTED && !getenv("STRESS_WRAPPER") && mapped_after - mapped_before > 256 * 1024)
		fail("%ld bytes more are mapped", mapped_after - mapped_before);
	figures_check_index();
}

/* --- fork -------------------------------------------------------------------------- */

static void *ask_a_little(void *arg)
{
	struct asker *asker = arg;

	for (int i = 0; i < 50; i++)
		if (!asker_ask(asker, ask_host))
			return NULL;
	return asker;
}

/*
 * TSan's runtime has no threads in the child of a process with threads, and
 * ASan's allocator leaves it the locks that those held.
 */
static void child(unsigned int number)
{
	struct asker asker = { .seed = number, .needs_no_malloc = HAS_ASAN };
	struct asker other = { .seed = ~number };
	bool with_thread = !INSTRUMENTED && number % 8 == 0, right;
	pthread_t thread;
	void *result = &other;

	alarm(HANGS_AFTER_SECONDS);
	if (with_thread && pthread_create(&thread, NULL, ask_a_little, &other) != 0)
		_exit(2);
	right = ask_a_little(&asker) != NULL;
	if (with_thread)
		pthread_join(thread, &result);
	_exit(right && result ? 0 : 1);
}

static void reap(pid_t pid)
{
	int status = 0;

	if (waitpid(pid, &status, 0) != pid)
		fail("waitpid: %s", strerror(errno));
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		fail("a child had no answer after %d seconds", HANGS_AFTER_SECONDS);
	else if (status != 0)
		fail("a child ended with status %#x", (unsigned int)status);
}

/* So that all services are asked. */
#define ID_OF_NOBODY 4000000000

static void fork_children(const char *mode)
{
	enum { AT_ONCE = 8 };
	pid_t pids[AT_ONCE] = { 0 };
	struct figures figures;
	unsigned int number = 1;

	/* Not while glibc loads the services: see tests/why/fork.sh. */
	(void)getpwuid(ID_OF_NOBODY);
	(void)getgrgid(ID_OF_NOBODY);
	figures_begin(ask_host);
	while (clock_goes_on(askers_lookups())) {
		pid_t *pid = &pids[number % AT_ONCE];

		if (*pid > 0)
			reap(*pid);
		*pid = fork();
		if (*pid == 0)
			child(number);
		if (*pid < 0)
			fail("fork: %s", strerror(errno));
		number++;
	}
	for (int i = 0; i < AT_ONCE; i++)
		if (pids[i] > 0)
			reap(pids[i]);
	figures_end(&figures);

	figures_check(mode, &figures, number, "children with 50 lookups each");
	figures_check_index();
}

/* --- signals ----------------------------------------------------------------------- */

static _Atomic(uint64_t) handled;

static void handle(int signal)
{
	(void)signal;
	atomic_fetch_add_explicit(&handled, 1, memory_order_relaxed);
}

static void send_signals(const char *mode)
{
	struct sigaction action = { .sa_handler = handle }; /* no SA_RESTART */
	struct itimerval often = {
		.it_interval = { .tv_usec = 200 },
		.it_value = { .tv_usec = 200 },
	};
	const struct itimerval never = { .it_value = { .tv_usec = 0 } };
	struct figures figures;

	sigaction(SIGALRM, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	figures_begin(ask_host);
	setitimer(ITIMER_REAL, &often, NULL);
	while (clock_goes_on(askers_lookups()))
		for (int round = 0; round < 100; round++) {
			for (unsigned int i = 0; i < knob_threads(); i++)
				if (askers_tid(i) != 0)
					syscall(SYS_tgkill, getpid(), askers_tid(i), SIGUSR1);
			usleep(20);
		}
	figures_end(&figures);
	setitimer(ITIMER_REAL, &never, NULL);

	figures_check(mode, &figures, atomic_load(&handled), "signals handled");
	if (atomic_load(&handled) == 0)
		fail("no signal was handled");
	figures_check_index();
}

/* --- dlclose ----------------------------------------------------------------------- */

static void reload(const char *mode)
{
	struct figures figures;
	uint64_t reloads = 0;

	if (!ask_can_reload()) {
		fail("the module is linked into this program");
		return;
	}
	/* Not glibc, which keeps a handle of its own and would hide a module that goes. */
	figures_begin(ask_module);
	while (clock_goes_on(askers_lookups())) {
		if (!ask_reload())
			fail("the module is another one after dlclose()");
		reloads++;
	}
	figures_end(&figures);

	figures_check(mode, &figures, reloads, "reloads");
	figures_check_index();
}

/* ----------------------------------------------------------------------------------- */

/* tests/host.sh mounts a copy over /etc; nobody's own is written to. */
static bool is_scratch_host(void)
{
	struct stat etc, copy;

	return stat("/etc", &etc) == 0 && stat("/dev/shm/etc", &copy) == 0 &&
	       etc.st_dev == copy.st_dev && etc.st_ino == copy.st_ino;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		enum method method;
		void (*run)(const char *mode);
	} modes[] = {
		{ "rename", METHOD_RENAME, NULL },
		{ "truncate", METHOD_TRUNCATE, NULL },
		{ "recreate", METHOD_RECREATE, NULL },
		{ "switch", METHOD_SWITCH, NULL },
		/* While indexes are built, used and thrown away. */
		{ "cancel", METHOD_SWITCH, cancel_threads },
		{ "fork", METHOD_SWITCH, fork_children },
		{ "signal", METHOD_SWITCH, send_signals },
		{ "reload", METHOD_SWITCH, reload },
	};

	if (!is_scratch_host()) {
		fputs("this is not a scratch host\n", stderr);
		return 2;
	}
	if (!ask_prepare())
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);

	for (size_t i = 0; argc == 2 && i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(argv[1], modes[i].name) != 0)
			continue;
		if (!modes[i].run) {
			change_files(argv[1], modes[i].method);
			return has_failed() ? 1 : 0;
		}
		world_make(250);
		if (!writer_prepare(modes[i].method))
			return 2;
		modes[i].run(argv[1]);
		return has_failed() ? 1 : 0;
	}
	fputs("usage: stress MODE\n", stderr);
	return 2;
}
