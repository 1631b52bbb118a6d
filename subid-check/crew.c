/* SPDX-License-Identifier: BSD-3-Clause */
#include "crew.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "memory.h"

#define SECOND 1000000000

void crew_begin(struct crew *ret, size_t workers, int fd, const char *path, struct place place)
{
	*ret = (struct crew){
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER,
		.task = { fd, memory_text(path, strlen(path)), place },
		.workers = workers,
	};
}

static bool is_over(const struct crew *crew)
{
	return crew->idle >= crew->workers && !crew->task.path;
}

bool crew_take(struct crew *crew, struct crew_task *ret)
{
	struct crew_task task;

	(void)pthread_mutex_lock(&crew->lock);
	crew->idle++;
	while (!crew->task.path && !is_over(crew)) {
		atomic_store(&crew->wanted, true);
		(void)pthread_cond_wait(&crew->changed, &crew->lock);
	}
	task = crew->task;
	crew->task.path = NULL;
	if (task.path)
		crew->idle--;
	(void)pthread_cond_broadcast(&crew->changed);
	(void)pthread_mutex_unlock(&crew->lock);
	if (!task.path)
		return false;
	*ret = task;
	return true;
}

bool crew_offer(struct crew *crew, int fd, const char *path, struct place place)
{
	bool taken;

	if (!atomic_load_explicit(&crew->wanted, memory_order_relaxed))
		return false;
	(void)pthread_mutex_lock(&crew->lock);
	taken = atomic_load(&crew->wanted);
	if (taken) {
		crew->task = (struct crew_task){ fd, memory_text(path, strlen(path)), place };
		atomic_store(&crew->wanted, false);
		(void)pthread_cond_broadcast(&crew->changed);
	}
	(void)pthread_mutex_unlock(&crew->lock);
	return taken;
}

void crew_leave(struct crew *crew)
{
	(void)pthread_mutex_lock(&crew->lock);
	crew->workers--;
	(void)pthread_cond_broadcast(&crew->changed);
	(void)pthread_mutex_unlock(&crew->lock);
}

bool crew_wait(struct crew *crew, long nanoseconds)
{
	struct timespec until;
	bool over;
	int r = 0;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += nanoseconds;
	until.tv_sec += until.tv_nsec / SECOND;
	until.tv_nsec %= SECOND;
	(void)pthread_mutex_lock(&crew->lock);
	while (!is_over(crew) && r != ETIMEDOUT)
		r = pthread_cond_timedwait(&crew->changed, &crew->lock, &until);
	over = is_over(crew);
	(void)pthread_mutex_unlock(&crew->lock);
	return over;
}
