/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * forker SERVICES UID [before]: forks while a thread of it has glibc take one
 * more service in, at each moment at which glibc then allocates memory; each
 * child looks the UID up. Prints how many had an answer, and how many none in a
 * second. With "before", the UID is looked up before all that.
 *
 * The allocator is its own: that is what stops a thread where glibc holds a lock.
 */
#include <nss.h>
#include <pthread.h>
#include <pwd.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define BLOCK_BYTES 16
#define ANSWER_SECONDS 1

static _Alignas(BLOCK_BYTES) char arena[16 << 20];
static _Atomic(size_t) used;
/* volatile: a compiler knows what malloc does, and so that it reads nothing. */
static _Thread_local volatile bool stops;
static sem_t stopped, go_on;
static _Atomic(bool) done;

/* Each block stands behind one that holds its size. Nothing is used again. */
void *malloc(size_t size)
{
	size_t blocks = 1 + (size + BLOCK_BYTES - 1) / BLOCK_BYTES;
	size_t begin = atomic_fetch_add(&used, blocks * BLOCK_BYTES);

	if (begin > sizeof(arena) || blocks > (sizeof(arena) - begin) / BLOCK_BYTES)
		_exit(70);
	if (stops) {
		(void)sem_post(&stopped);
		while (sem_wait(&go_on) < 0)
			;
	}
	memcpy(arena + begin, &size, sizeof(size));
	return arena + begin + BLOCK_BYTES;
}

void free(void *memory)
{
	(void)memory;
}

void *calloc(size_t count, size_t size)
{
	/* The arena is zero until it is used. */
	return malloc(count * size);
}

void *realloc(void *memory, size_t size)
{
	void *moved = malloc(size);
	size_t former = 0;

	if (memory)
		memcpy(&former, (char *)memory - BLOCK_BYTES, sizeof(former));
	return memory ? memcpy(moved, memory, former < size ? former : size) : moved;
}

static void *take_a_service_in(void *arg)
{
	stops = true;
	(void)__nss_configure_lookup("hosts", (const char *)arg);
	stops = false;
	atomic_store(&done, true);
	(void)sem_post(&stopped);
	return NULL;
}

/* Returns how it ended, as wait(2) says it. */
static int fork_child(uid_t uid)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		alarm(ANSWER_SECONDS);
		_exit(getpwuid(uid) ? 0 : 3);
	}
	return waitpid(pid, &status, 0) == pid ? status : -1;
}

int main(int argc, char **argv)
{
	static char service[] = "another";
	unsigned int answered = 0, waited = 0, other = 0;
	uid_t uid = argc > 2 ? (uid_t)strtoul(argv[2], NULL, 10) : 0;
	pthread_t thread;

	if (argc < 3 || __nss_configure_lookup("passwd", argv[1]) != 0 ||
	    sem_init(&stopped, 0, 0) < 0 || sem_init(&go_on, 0, 0) < 0 ||
	    (argc > 3 && !getpwuid(uid)) ||
	    pthread_create(&thread, NULL, take_a_service_in, service) != 0)
		return 2;

	while (sem_wait(&stopped) == 0 && !atomic_load(&done)) {
		int status = fork_child(uid);

		answered += status == 0;
		waited += WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
		other += status != 0 && !WIFSIGNALED(status);
		(void)sem_post(&go_on);
	}
	(void)pthread_join(thread, NULL);
	printf("%u answered, %u waited, %u other\n", answered, waited, other);
	return 0;
}
