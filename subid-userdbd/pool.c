/* SPDX-License-Identifier: BSD-3-Clause */
#include "pool.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <unistd.h>

#include "child.h"

/* While so many questions of one urgency wait, no further one is accepted. */
#define QUESTIONS_MAX 1024

/* While so many killed workers are not reaped (one may hang in the kernel), none is started. */
#define DYING_MAX 32

struct pool_question {
	TAILQ_ENTRY(pool_question) link;
	struct pool *pool;
	bool begun; /* a worker has it */
	enum pool_urgency urgency;
	uid_t uid;
	char *bytes;
	size_t size;
	pool_done_fn *done; /* NULL once it is cancelled */
	void *userdata;
};

TAILQ_HEAD(questions, pool_question);

struct worker {
	LIST_ENTRY(worker) link;
	struct pool *pool;
	struct child *child;
	struct pool_question *question; /* or NULL: it is free */
	unsigned int n_answers;
	bool dying;
};

LIST_HEAD(workers, worker);

struct pool {
	struct pool_config config;
	struct questions waiting[2]; /* by enum pool_urgency */
	unsigned int n_waiting[2];
	struct workers workers; /* the dying ones too */
	unsigned int n_workers, n_dying;
	uint64_t timed_out_usec; /* when a worker exceeded its deadline last; 0: never */
	sd_event_source *turn;	 /* hands out questions */
};

static void schedule(struct pool *pool)
{
	(void)sd_event_source_set_enabled(pool->turn, SD_EVENT_ONESHOT);
}

static uint64_t now_usec(const struct pool *pool)
{
	uint64_t usec = 1;

	(void)sd_event_now(pool->config.event, CLOCK_MONOTONIC, &usec);
	return usec;
}

/* --- questions ----------------------------------------------------------------------- */

static void question_free(struct pool_question *question)
{
	free(question->bytes);
	free(question);
}

static void question_finish(struct pool_question *question, int r, const struct frame *answer)
{
	if (question->done)
		question->done(question->userdata, r, answer);
	question_free(question);
}

static void question_unlink(struct pool_question *question)
{
	struct pool *pool = question->pool;

	TAILQ_REMOVE(&pool->waiting[question->urgency], question, link);
	pool->n_waiting[question->urgency]--;
}

int pool_ask(struct pool *pool, enum pool_urgency urgency, const struct frame *frame, uid_t uid,
	     pool_done_fn *done, void *userdata, struct pool_question **ret)
{
	struct pool_question *question;

	if (pool->n_waiting[urgency] >= QUESTIONS_MAX)
		return -ENOBUFS;
	question = (struct pool_question *)calloc(1, sizeof(*question));
	if (!question)
		return -ENOMEM;
	*question = (struct pool_question){
		.pool = pool,
		.urgency = urgency,
		.uid = uid,
		.done = done,
		.userdata = userdata,
	};
	question->bytes = frame_encode(frame, &question->size);
	if (!question->bytes) {
		question_free(question);
		return -ENOMEM;
	}
	TAILQ_INSERT_TAIL(&pool->waiting[urgency], question, link);
	pool->n_waiting[urgency]++;
	schedule(pool);
	*ret = question;
	return 0;
}

void pool_cancel(struct pool_question *question)
{
	question->done = NULL;
	if (question->begun)
		return;
	question_unlink(question);
	question_free(question);
}

/* --- workers ------------------------------------------------------------------------- */

static void worker_free(struct worker *worker)
{
	child_free(worker->child);
	LIST_REMOVE(worker, link);
	free(worker);
}

/* The question is finished last, because its done() may put or cancel other questions. */
static void worker_finish(struct worker *worker, int r, const struct frame *answer)
{
	struct pool_question *question = worker->question;

	worker->question = NULL;
	schedule(worker->pool);
	if (question)
		question_finish(question, r, answer);
}

static void on_answered(void *userdata, const struct frame *answer)
{
	struct worker *worker = (struct worker *)userdata;

	if (++worker->n_answers == POOL_ANSWERS_MAX)
		child_retire(worker->child);
	worker_finish(worker, 0, answer);
}

static void on_killed(void *userdata, int r)
{
	struct worker *worker = (struct worker *)userdata;
	struct pool *pool = worker->pool;

	worker->dying = true;
	pool->n_workers--;
	pool->n_dying++;
	if (r == -ETIMEDOUT)
		pool->timed_out_usec = now_usec(pool);
	/* A worker that is retired (r is 0) has answered its question: see on_answered(). */
	if (r < 0)
		worker_finish(worker, r, NULL);
}

static void on_reaped(void *userdata)
{
	struct worker *worker = (struct worker *)userdata;
	struct pool *pool = worker->pool;

	pool->n_dying--;
	worker_free(worker);
	schedule(pool);
}

static int worker_new(struct pool *pool, struct worker **ret)
{
	struct worker *worker = (struct worker *)calloc(1, sizeof(*worker));
	struct child_config config = {
		.event = pool->config.event,
		.argv = pool->config.argv,
		.environment = pool->config.environment,
		.deadline_usec = pool->config.deadline_usec,
		.answered = on_answered,
		.killed = on_killed,
		.reaped = on_reaped,
		.userdata = worker,
	};
	int r;

	if (!worker)
		return -ENOMEM;
	worker->pool = pool;
	r = child_new(&config, &worker->child);
	if (r < 0) {
		free(worker);
		return r;
	}
	LIST_INSERT_HEAD(&pool->workers, worker, link);
	pool->n_workers++;
	*ret = worker;
	return 0;
}

/* --- handing out questions ----------------------------------------------------------- */

/* How many workers are busy with questions of this user, or with the service's own. */
static unsigned int count_busy(const struct pool *pool, enum pool_urgency urgency, uid_t uid)
{
	const struct worker *worker;
	unsigned int n = 0;

	LIST_FOREACH (worker, &pool->workers, link)
		if (worker->question && worker->question->urgency == urgency &&
		    (urgency == POOL_OWN || worker->question->uid == uid))
			n++;
	return n;
}

/* The questions of one user, or the service's own, may occupy half of the workers. */
static bool may_begin(const struct pool *pool, const struct pool_question *question)
{
	return count_busy(pool, question->urgency, question->uid) <
	       (pool->config.n_workers + 1) / 2;
}

static struct pool_question *next_question(struct pool *pool)
{
	struct pool_question *question;

	for (int urgency = POOL_CLIENT; urgency <= POOL_OWN; urgency++)
		TAILQ_FOREACH (question, &pool->waiting[urgency], link)
			if (may_begin(pool, question))
				return question;
	return NULL;
}

static struct worker *idle_worker(struct pool *pool)
{
	struct worker *worker;

	LIST_FOREACH (worker, &pool->workers, link)
		if (!worker->dying && !worker->question)
			return worker;
	return NULL;
}

/*
 * Give a question to a worker. Returns false if none is free now. If a new worker cannot be
 * started, the question ends with that error.
 */
static bool hand_out(struct pool *pool, struct pool_question *question)
{
	struct worker *worker = idle_worker(pool);
	int r = 0;

	if (!worker && (pool->n_workers == pool->config.n_workers || pool->n_dying >= DYING_MAX))
		return false;
	if (!worker)
		r = worker_new(pool, &worker);
	question_unlink(question);
	if (r < 0) {
		question_finish(question, r, NULL);
		return true;
	}
	question->begun = true;
	worker->question = question;
	child_ask(worker->child, question->bytes, question->size);
	return true;
}

static int on_turn(sd_event_source *source, void *userdata)
{
	struct pool *pool = (struct pool *)userdata;
	struct pool_question *question = next_question(pool);

	(void)source;
	/* Hand out one at a time: a done() that is called may put or cancel others. */
	if (question && hand_out(pool, question))
		schedule(pool);
	return 0;
}

/* --- the pool ------------------------------------------------------------------------ */

int pool_new(const struct pool_config *config, struct pool **ret)
{
	struct pool *pool = (struct pool *)calloc(1, sizeof(*pool));
	int r;

	if (!pool)
		return -ENOMEM;
	pool->config = *config;
	LIST_INIT(&pool->workers);
	TAILQ_INIT(&pool->waiting[POOL_CLIENT]);
	TAILQ_INIT(&pool->waiting[POOL_OWN]);
	r = sd_event_add_defer(config->event, &pool->turn, on_turn, pool);
	if (r >= 0)
		r = sd_event_source_set_enabled(pool->turn, SD_EVENT_OFF);
	if (r < 0) {
		pool_free(pool);
		return r;
	}
	*ret = pool;
	return 0;
}

bool pool_owns(const struct pool *pool, pid_t pid)
{
	pid_t session = getsid(pid);
	const struct worker *worker;

	LIST_FOREACH (worker, &pool->workers, link)
		if (child_pid(worker->child) == pid || child_pid(worker->child) == session)
			return true;
	return false;
}

bool pool_is_idle(const struct pool *pool)
{
	const struct worker *worker;

	LIST_FOREACH (worker, &pool->workers, link)
		if (worker->question)
			return false;
	return pool->n_waiting[POOL_CLIENT] == 0 && pool->n_waiting[POOL_OWN] == 0;
}

bool pool_is_sick(const struct pool *pool)
{
	return pool->timed_out_usec > 0 &&
	       now_usec(pool) - pool->timed_out_usec < pool->config.deadline_usec;
}

static void drop_questions(struct questions *questions)
{
	struct pool_question *question;

	while ((question = TAILQ_FIRST(questions))) {
		TAILQ_REMOVE(questions, question, link);
		question_free(question);
	}
}

void pool_free(struct pool *pool)
{
	struct worker *worker, *next;

	if (!pool)
		return;
	drop_questions(&pool->waiting[POOL_CLIENT]);
	drop_questions(&pool->waiting[POOL_OWN]);
	for (worker = LIST_FIRST(&pool->workers); worker; worker = next) {
		next = LIST_NEXT(worker, link);
		if (worker->question)
			question_free(worker->question);
		worker_free(worker);
	}
	(void)sd_event_source_disable_unref(pool->turn);
	free(pool);
}
