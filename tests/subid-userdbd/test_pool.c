/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of pool.h, with workers that answer, and with some that end, hang or babble. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "loop.h"
#include "pool.h"
#include "scratch.h"
#include "workers.h"

/* Of a question, in tests whose worker is to exceed it. */
#define DEADLINE (SECOND / 2)

static struct pool *pool;

static int setup(void **state)
{
	(void)state;
	pool = workers_begin();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	workers_end(pool);
	return 0;
}

static void replace_pool(unsigned int n_workers, uint64_t deadline_usec)
{
	pool_free(pool);
	pool = workers_pool(n_workers, deadline_usec);
}

/* How a question has ended. */
struct outcome {
	int n;	  /* how often on_done() was called */
	int r;	  /* 1 before the end */
	int code; /* of the answer, or 0 */
};

static void on_done(void *userdata, int r, const struct frame *answer)
{
	struct outcome *outcome = userdata;

	outcome->n++;
	outcome->r = r;
	outcome->code = r == 0 ? answer->code : 0;
}

static struct pool_question *ask(const char *text, uid_t uid, struct outcome *outcome)
{
	struct frame question = { .code = FRAME_RANGES };
	struct pool_question *asked;

	*outcome = (struct outcome){ .r = 1 };
	assert_int_equal(frame_add_text(&question, text), 0);
	assert_int_equal(pool_ask(pool, POOL_CLIENT, &question, uid, on_done, outcome, &asked), 0);
	frame_free(&question);
	assert_int_equal(outcome->n, 0);
	return asked;
}

static void wait_for(const struct outcome *outcome)
{
	while (outcome->n == 0)
		loop_run();
	assert_int_equal(outcome->n, 1);
}

static void a_question_is_answered(void **state)
{
	struct outcome first, second;

	(void)state;
	(void)ask("alice", 0, &first);
	(void)ask("nobody", 0, &second);
	wait_for(&first);
	wait_for(&second);
	assert_true(first.r == 0 && first.code == 0);
	assert_true(second.r == 0 && second.code == -ENOENT);
	assert_true(pool_is_idle(pool));
}

/* In a service that is started without standard input, a worker's socket is descriptor 0. */
static void a_workers_socket_may_have_any_descriptor(void **state)
{
	struct outcome outcome = { .n = 0 };
	int input = dup(STDIN_FILENO);

	(void)state;
	assert_true(input >= 0 && close(STDIN_FILENO) == 0);
	(void)ask("alice", 0, &outcome);
	wait_for(&outcome);
	assert_true(outcome.r == 0 && outcome.code == 0);
	assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
	replace_pool(2, PATIENCE);
	assert_int_equal(fcntl(STDIN_FILENO, F_GETFD), -1);
	assert_int_equal(dup2(input, STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(close(input), 0);
}

/* The result is not -ENOENT, which would say that there is no such record. */
static void a_worker_that_cannot_be_started_is_a_fault(void **state)
{
	char *missing[] = { (char *)"/nonexistent/worker", NULL };
	const struct pool_config config = {
		.event = loop_event,
		.argv = missing,
		.environment = workers_environment,
		.n_workers = 1,
		.deadline_usec = PATIENCE,
	};
	struct outcome outcome;

	(void)state;
	pool_free(pool);
	assert_int_equal(pool_new(&config, &pool), 0);
	(void)ask("alice", 0, &outcome);
	wait_for(&outcome);
	assert_int_equal(outcome.r, -EIO);
}

static void a_worker_that_ends_is_replaced(void **state)
{
	struct outcome outcome;

	(void)state;
	(void)ask("crash", 0, &outcome);
	wait_for(&outcome);
	assert_int_equal(outcome.r, -EPIPE);
	(void)ask("garbage", 0, &outcome);
	wait_for(&outcome);
	assert_int_equal(outcome.r, -EPIPE);
	(void)ask("alice", 0, &outcome);
	wait_for(&outcome);
	assert_int_equal(outcome.r, 0);
}

static void a_worker_that_hangs_is_killed_and_others_go_on(void **state)
{
	struct outcome hung, other;

	(void)state;
	replace_pool(2, DEADLINE);
	(void)ask("hang", 1, &hung);
	for (int i = 0; i < 20; i++) {
		(void)ask("alice", 2, &other);
		wait_for(&other);
		assert_int_equal(other.r, 0);
	}
	wait_for(&hung);
	assert_int_equal(hung.r, -ETIMEDOUT);
	assert_true(pool_is_sick(pool));
}

static void one_user_takes_half_of_the_workers_at_most(void **state)
{
	struct outcome slow[3], other;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(slow); i++)
		(void)ask("slow", 1, &slow[i]);
	(void)ask("alice", 2, &other);
	wait_for(&other);
	assert_int_equal(other.r, 0);
	/* The other user's question came last, but waited for the first slow one at most. */
	assert_true(slow[1].n == 0 && slow[2].n == 0);
	wait_for(&slow[2]);
}

static void a_question_can_be_cancelled_at_any_time(void **state)
{
	struct outcome waiting, begun, other;
	struct pool_question *question;

	(void)state;
	question = ask("alice", 0, &waiting);
	pool_cancel(question);
	question = ask("slow", 0, &begun);
	while (workers_asked("3 0 slow") == 0)
		loop_look();
	pool_cancel(question);
	(void)ask("alice", 0, &other);
	wait_for(&other);
	while (!pool_is_idle(pool))
		loop_run();
	assert_int_equal(waiting.n + begun.n, 0);
}

static void too_many_questions_are_refused(void **state)
{
	struct frame question = { .code = FRAME_RANGES };
	struct pool_question *last;
	struct outcome outcome = { .n = 0 };
	int r = 0, n = -1;

	(void)state;
	for (; r == 0 && n < 100000; n++)
		r = pool_ask(pool, POOL_CLIENT, &question, 0, on_done, &outcome, &last);
	assert_int_equal(r, -ENOBUFS);
	assert_int_equal(n, 1024);
}

/*
 * Counts the children of this process that belong to the pool. (The workers of earlier pools may
 * not have been reaped yet.) @ret_last: the PID of the one listed last.
 */
static unsigned int count_owned(pid_t *ret_last)
{
	char path[64];
	unsigned int n = 0;
	FILE *file;
	int pid;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	file = fopen(path, "re");
	assert_non_null(file);
	while (fscanf(file, "%d", &pid) == 1)
		if (pool_owns(pool, pid)) {
			*ret_last = pid;
			n++;
		}
	(void)fclose(file);
	return n;
}

static void a_pool_owns_its_workers_and_no_other_process(void **state)
{
	struct outcome outcome;
	pid_t pid;

	(void)state;
	assert_int_equal(count_owned(&pid), 0);
	(void)ask("alice", 0, &outcome);
	wait_for(&outcome);
	assert_int_equal(count_owned(&pid), 1);
	assert_false(pool_owns(pool, getpid()));
	assert_false(pool_owns(pool, 1));
}

/* A worker ends in two steps: it is killed, then reaped. Only one of them may make room. */
static void no_more_workers_run_than_allowed_after_one_was_killed(void **state)
{
	struct outcome first, second;
	pid_t pid;

	(void)state;
	replace_pool(1, PATIENCE);
	(void)ask("garbage", 0, &first);
	wait_for(&first);
	assert_int_equal(first.r, -EPIPE);
	while (count_owned(&pid) > 0)
		loop_run();
	(void)ask("slow", 1, &first);
	(void)ask("slow", 2, &second);
	while (first.n == 0 || second.n == 0) {
		loop_run();
		assert_in_range(count_owned(&pid), 0, 1);
	}
	assert_true(first.r == 0 && second.r == 0);
}

static void a_worker_is_replaced_after_many_answers(void **state)
{
	struct outcome outcome;
	pid_t first = 0, last = 0;

	(void)state;
	replace_pool(1, PATIENCE);
	for (int i = 0; i <= POOL_ANSWERS_MAX; i++) {
		(void)ask("alice", 0, &outcome);
		wait_for(&outcome);
		assert_int_equal(outcome.r, 0);
		if (i == 0)
			assert_int_equal(count_owned(&first), 1);
	}
	/* The first one may not have been reaped yet. */
	assert_true(count_owned(&last) >= 1);
	assert_int_not_equal(last, first);
}

/* No question is lost with the worker, so no question ends with a fault. */
static void a_worker_may_end_or_babble_when_nothing_is_asked(void **state)
{
	struct outcome outcome;
	pid_t pid = 0;

	(void)state;
	(void)ask("alice", 0, &outcome);
	wait_for(&outcome);
	assert_int_equal(count_owned(&pid), 1);
	assert_int_equal(kill(pid, SIGKILL), 0);
	while (count_owned(&pid) > 0)
		loop_run();

	(void)ask("babble", 0, &outcome);
	wait_for(&outcome);
	while (count_owned(&pid) > 0)
		loop_run();
	(void)ask("alice", 0, &outcome);
	wait_for(&outcome);
	assert_true(outcome.r == 0 && outcome.code == 0);
}

/* See child.c: an event that epoll reports only once can get lost. */
static void no_event_is_reported_only_once(void **state)
{
	struct outcome outcome;
	unsigned int n_watched = 0, events;
	char path[64], line[256];
	FILE *file;

	(void)state;
	(void)ask("alice", 0, &outcome);
	wait_for(&outcome);
	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", sd_event_get_fd(loop_event));
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "tfd: %*d events: %x", &events) == 1) {
			assert_int_equal(events & EPOLLONESHOT, 0);
			n_watched++;
		}
	(void)fclose(file);
	/* The worker's socket, and its pidfd or, without pidfds, a signalfd for all children. */
	assert_true(n_watched >= 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_question_is_answered),
		TEST(a_workers_socket_may_have_any_descriptor),
		TEST(a_worker_that_cannot_be_started_is_a_fault),
		TEST(a_worker_that_ends_is_replaced),
		TEST(a_worker_that_hangs_is_killed_and_others_go_on),
		TEST(one_user_takes_half_of_the_workers_at_most),
		TEST(a_question_can_be_cancelled_at_any_time),
		TEST(too_many_questions_are_refused),
		TEST(a_pool_owns_its_workers_and_no_other_process),
		TEST(no_more_workers_run_than_allowed_after_one_was_killed),
		TEST(a_worker_is_replaced_after_many_answers),
		TEST(a_worker_may_end_or_babble_when_nothing_is_asked),
		TEST(no_event_is_reported_only_once),
	};

	if (!workers_prepare())
		return 1;
	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
