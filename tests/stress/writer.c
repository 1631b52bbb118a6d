/* SPDX-License-Identifier: BSD-3-Clause */
#include "writer.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *const paths[FILES] = { "/etc/subuid", "/etc/subgid" };
static const char *const news[FILES] = { "/etc/subuid.new", "/etc/subgid.new" };
static const char *const olds[FILES][2] = {
	{ "/etc/subuid.a", "/etc/subuid.b" },
	{ "/etc/subgid.a", "/etc/subgid.b" },
};

static enum method method;
static struct {
	_Atomic(uint64_t) step[FILES];
} * shared;
static pthread_t threads[FILES];
static uint64_t first_step[FILES];
static _Atomic(bool) stop;
static _Atomic(bool) failed;

static bool store(const char *path, int flags, enum file file, enum version version)
{
	size_t len;
	const char *text = world_text(file, version, &len);
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0644);
	ssize_t n;

	if (fd < 0)
		return false;
	n = write(fd, text, len);
	close(fd);
	return n == (ssize_t)len;
}

static bool put(enum file file, enum version version)
{
	const char *path = paths[file], *new = news[file];

	switch (method) {
	case METHOD_RENAME:
		return store(new, O_CREAT | O_TRUNC, file, version) && rename(new, path) == 0;
	case METHOD_TRUNCATE:
		return store(path, O_TRUNC, file, version);
	case METHOD_RECREATE:
		return unlink(path) == 0 && store(path, O_CREAT | O_EXCL, file, version);
	case METHOD_SWITCH:
		return symlink(olds[file][version], new) == 0 && rename(new, path) == 0;
	case METHODS:
		break;
	}
	return false;
}

/* Waits until the files are no longer racy (see stamp.h): then they may be indexed. */
static void wait_until_old(void)
{
	time_t begin = time(NULL);

	while (time(NULL) - begin < 4)
		usleep(10000);
}

bool writer_prepare(enum method how)
{
	if (!shared)
		shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		perror("mmap");
		return false;
	}

	method = how;
	for (int f = 0; f < FILES; f++) {
		atomic_store(&shared->step[f], 0);
		for (int v = 0; v < 2; v++)
			if (how == METHOD_SWITCH && !store(olds[f][v], O_CREAT | O_TRUNC, f, v))
				goto fault;
		if (how == METHOD_SWITCH ? !put(f, VERSION_A)
					 : !store(paths[f], O_CREAT | O_TRUNC, f, VERSION_A))
			goto fault;
	}
	if (how == METHOD_SWITCH)
		wait_until_old();
	return true;

fault:
	perror("writer_prepare");
	return false;
}

static uint64_t milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Sleeps in slices, so that writer_stop() does not wait until the end. */
static void rest(uint64_t ms)
{
	uint64_t end = milliseconds() + ms;

	while (!atomic_load(&stop) && milliseconds() < end)
		usleep(5000);
}

static bool change(enum file file)
{
	uint64_t step = atomic_load(&shared->step[file]);
	bool done;

	atomic_store(&shared->step[file], step + 1);
	done = put(file, (step / 2 + 1) % 2);
	atomic_store(&shared->step[file], step + 2);
	return done;
}

/*
 * Writes in bursts. In every other burst there is a pause after each change. After a burst,
 * nothing changes until the last version is old enough to be indexed, so the next burst makes
 * an index out of date. METHOD_SWITCH needs no such rest: its files are old already.
 */
static void *write_versions(void *arg)
{
	enum file file = *(enum file *)arg;
	unsigned int seed = 1 + file, burst = 0;

	/* Many threads ask. If this priority is refused, fewer versions are written. */
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), -10);
	while (!atomic_load(&stop)) {
		uint64_t end = milliseconds() + 800;

		while (!atomic_load(&stop) && milliseconds() < end) {
			if (!change(file)) {
				perror(paths[file]);
				atomic_store(&failed, true);
				return NULL;
			}
			if ((burst + file) % 2 != 0)
				usleep((useconds_t)(rand_r(&seed) % 2000));
		}
		burst++;
		if (method != METHOD_SWITCH)
			rest(3600);
	}
	return NULL;
}

bool writer_start(void)
{
	static enum file files[FILES] = { FILE_SUBUID, FILE_SUBGID };

	atomic_store(&stop, false);
	atomic_store(&failed, false);
	for (int f = 0; f < FILES; f++) {
		first_step[f] = writer_step(f);
		if (pthread_create(&threads[f], NULL, write_versions, &files[f]) != 0)
			abort();
	}
	return true;
}

long writer_stop(void)
{
	long changes = 0;

	atomic_store(&stop, true);
	for (int f = 0; f < FILES; f++) {
		pthread_join(threads[f], NULL);
		changes += (long)((writer_step(f) - first_step[f]) / 2);
	}
	return atomic_load(&failed) ? -1 : changes;
}

uint64_t writer_step(enum file file)
{
	return atomic_load(&shared->step[file]);
}

unsigned int writer_versions(uint64_t before, uint64_t after)
{
	unsigned int both = 1U << VERSION_A | 1U << VERSION_B;

	if (before == after && before % 2 == 0)
		return 1U << before / 2 % 2;
	return method == METHOD_TRUNCATE || method == METHOD_RECREATE ? both | 1U << VERSION_NONE
								      : both;
}

bool writer_excuses(uint64_t changes)
{
	bool in_place = method != METHOD_RENAME && method != METHOD_SWITCH;

	return changes >= 4 && in_place;
}
