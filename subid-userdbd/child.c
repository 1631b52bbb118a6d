/* SPDX-License-Identifier: BSD-3-Clause */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "worker.h"

struct child {
	struct child_config config;
	pid_t pid;
	int fd; /* -1 once the process has been killed */
	sd_event_source *io, *deadline, *process;
	bool asked;
	const char *question;
	size_t question_size, sent;
	char header[FRAME_HEADER_BYTES]; /* of the answer */
	char *bytes;			 /* of the answer, once the header is complete */
	size_t size, got;		 /* size is 0 until then */
};

/* --- the end ------------------------------------------------------------------------- */

static void stop(struct child *child)
{
	(void)sd_event_source_disable_unref(child->io);
	(void)sd_event_source_disable_unref(child->deadline);
	child->io = child->deadline = NULL;
	if (child->fd >= 0)
		(void)close(child->fd);
	child->fd = -1;
	free(child->bytes);
	child->bytes = NULL;
	/* Kill the child, and every process in its process group. */
	if (child->pid > 0) {
		(void)kill(-child->pid, SIGKILL);
		(void)kill(child->pid, SIGKILL);
	}
}

/* Stop the child and call killed(), but only once. */
static void end(struct child *child, int r)
{
	if (child->fd < 0)
		return;
	stop(child);
	child->config.killed(child->config.userdata, r);
}

static int on_reaped(sd_event_source *source, const siginfo_t *info, void *userdata)
{
	struct child *child = (struct child *)userdata;

	(void)source;
	(void)info;
	/* The processes that the child started are in its process group, and may still run. */
	end(child, -EPIPE);
	child->pid = 0;
	child->config.reaped(child->config.userdata);
	return 0;
}

static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	end((struct child *)userdata, -ETIMEDOUT);
	return 0;
}

/* --- an answer ----------------------------------------------------------------------- */

static void finish_answer(struct child *child)
{
	struct frame answer;
	int r;

	r = frame_decode(child->bytes, child->size, &answer);
	if (r < 0) {
		end(child, -EPIPE);
		return;
	}
	free(child->bytes);
	child->bytes = NULL;
	/* Bytes that arrive before the next question are no answer: see read_answer(). */
	child->asked = false;
	child->size = child->got = 0;
	(void)sd_event_source_set_enabled(child->deadline, SD_EVENT_OFF);
	child->config.answered(child->config.userdata, &answer);
	frame_free(&answer);
}

/* The header is complete: allocate memory for the whole answer. */
static int begin_answer(struct child *child)
{
	child->size = frame_size(child->header);
	if (child->size == 0)
		return -EBADMSG;
	child->bytes = (char *)malloc(child->size);
	if (!child->bytes)
		return -ENOMEM;
	memcpy(child->bytes, child->header, sizeof(child->header));
	return 0;
}

/* Returns 0; -EAGAIN if there is nothing to read; or another negative errno: end the child. */
static int read_answer(struct child *child)
{
	char *where = child->size > 0 ? child->bytes : child->header;
	size_t size = child->size > 0 ? child->size : sizeof(child->header);
	ssize_t n;

	n = recv(child->fd, where + child->got, size - child->got, MSG_DONTWAIT);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? -EAGAIN : -errno;
	/* The child has closed its end, or sends something without a question. */
	if (n == 0 || !child->asked)
		return -EPIPE;
	child->got += (size_t)n;
	if (child->size == 0 && child->got == sizeof(child->header))
		return begin_answer(child);
	return 0;
}

static int send_question(struct child *child)
{
	ssize_t n;

	if (!child->asked || child->sent == child->question_size)
		return 0;
	n = send(child->fd, child->question + child->sent, child->question_size - child->sent,
		 MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return -errno;
	if (n > 0)
		child->sent += (size_t)n;
	return sd_event_source_set_io_events(
		child->io, child->sent < child->question_size ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static int on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct child *child = (struct child *)userdata;
	int r;

	(void)source;
	(void)fd;
	(void)revents;
	r = send_question(child);
	while (r >= 0 && !(child->size > 0 && child->got == child->size))
		r = read_answer(child);
	if (r >= 0)
		finish_answer(child);
	else if (r != -EAGAIN)
		end(child, -EPIPE);
	return 0;
}

void child_ask(struct child *child, const char *bytes, size_t size)
{
	child->asked = true;
	child->question = bytes;
	child->question_size = size;
	child->sent = 0;
	(void)sd_event_source_set_time_relative(child->deadline, child->config.deadline_usec);
	(void)sd_event_source_set_enabled(child->deadline, SD_EVENT_ONESHOT);
	/* If this fails, the next read of the socket fails, too, and ends the child. */
	(void)send_question(child);
}

void child_retire(struct child *child)
{
	end(child, 0);
}

/* --- the beginning ------------------------------------------------------------------- */

/* Start the process with default signal handlers, no signal blocked, and no standard input. */
static int spawn(const struct child_config *config, int fd, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int r;

	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	if (posix_spawn_file_actions_init(&actions) != 0)
		return -ENOMEM;
	if (posix_spawnattr_init(&attributes) != 0) {
		(void)posix_spawn_file_actions_destroy(&actions);
		return -ENOMEM;
	}
	r = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
							  POSIX_SPAWN_SETSIGDEF);
	if (r == 0)
		r = posix_spawnattr_setsigmask(&attributes, &none);
	if (r == 0)
		r = posix_spawnattr_setsigdefault(&attributes, &all);
	if (r == 0)
		r = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY,
						     0);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&actions, fd, WORKER_FD);
	if (r == 0)
		r = posix_spawn(ret_pid, config->argv[0], &actions, &attributes, config->argv,
				config->environment);
	(void)posix_spawnattr_destroy(&attributes);
	(void)posix_spawn_file_actions_destroy(&actions);
	/* Any failure is -EIO: -ENOENT, for example, would mean that there is no such record. */
	return r == 0 ? 0 : -EIO;
}

/* The child has a copy of its end of the socket, so this process closes that end in any case. */
static int start(struct child *child)
{
	int fds[2], r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	child->fd = fds[0];
	r = spawn(&child->config, fds[1], &child->pid);
	if (r < 0)
		child->pid = 0;
	(void)close(fds[1]);
	return r;
}

/*
 * Watch for the end of the process with SD_EVENT_ON, because an event of SD_EVENT_ONESHOT can get
 * lost: Linux (seen with 6.18) makes a pidfd readable a moment before waitid(2) finds the process.
 * sd-event finds nothing then, and epoll does not report it again. The child would be a zombie and
 * count as dying for ever. sd-event keeps EPOLLONESHOT if the source is not disabled in between.
 */
static int watch_end(struct child *child)
{
	int r;

	r = sd_event_add_child(child->config.event, &child->process, child->pid, WEXITED, on_reaped,
			       child);
	if (r >= 0)
		r = sd_event_source_set_enabled(child->process, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_source_set_enabled(child->process, SD_EVENT_ON);
	return r;
}

static int watch(struct child *child)
{
	sd_event *event = child->config.event;
	int r;

	r = watch_end(child);
	if (r >= 0)
		r = sd_event_add_io(event, &child->io, child->fd, EPOLLIN, on_io, child);
	if (r >= 0)
		r = sd_event_add_time(event, &child->deadline, CLOCK_MONOTONIC, UINT64_MAX, 0,
				      on_deadline, child);
	if (r >= 0)
		r = sd_event_source_set_enabled(child->deadline, SD_EVENT_OFF);
	return r;
}

int child_new(const struct child_config *config, struct child **ret)
{
	struct child *child = (struct child *)calloc(1, sizeof(*child));
	int r;

	if (!child)
		return -ENOMEM;
	child->config = *config;
	child->fd = -1;
	r = start(child);
	if (r >= 0)
		r = watch(child);
	if (r < 0) {
		child_free(child);
		return r;
	}
	*ret = child;
	return 0;
}

pid_t child_pid(const struct child *child)
{
	return child->pid;
}

void child_free(struct child *child)
{
	if (!child)
		return;
	stop(child);
	(void)sd_event_source_disable_unref(child->process);
	free(child);
}
