/* SPDX-License-Identifier: BSD-3-Clause */
/* Workers, and the two sources that ask them. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directory.h"
#include "local.h"
#include "pool.h"
#include "scratch.h"
#include "workers.h"

/* Generous where something is to happen, short where something is to time out. */
#define SECOND UINT64_C(1000000)
#define PATIENCE (120 * SECOND)
#define DEADLINE (SECOND / 2)

static sd_event *event;
static struct pool *pool, *scanner;
static struct directory *directory;
static const char *groups[2];

static struct pool *new_pool(unsigned int n_workers, uint64_t deadline_usec)
{
	const struct pool_config config = {
		.event = event,
		.argv = workers_argv,
		.environment = workers_environment,
		.n_workers = n_workers,
		.deadline_usec = deadline_usec,
	};
	struct pool *new;

	assert_int_equal(pool_new(&config, &new), 0);
	return new;
}

static void new_directory(uint64_t deadline_usec, size_t n_groups, bool scans)
{
	const struct directory_config config = {
		.event = event,
		.pool = pool,
		.scanner = scans ? scanner : NULL,
		.groups = groups,
		.n_groups = n_groups,
		.state_fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		.deadline_usec = deadline_usec,
	};

	directory_free(directory);
	assert_int_equal(directory_new(&config, &directory), 0);
}

static int setup(void **state)
{
	(void)state;
	(void)unlink("asked");
	(void)unlink("owners");
	(void)unlink("alice");
	(void)unlink("fault-3");
	(void)unlink("fault-4");
	(void)unlink("fault-5");
	(void)unlink("fault-6");
	(void)unlink("fault-7");
	(void)rmdir("fickle");
	groups[0] = "staff";
	groups[1] = "ward";
	assert_true(sd_event_new(&event) >= 0);
	pool = new_pool(2, PATIENCE);
	scanner = new_pool(1, PATIENCE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	directory_free(directory);
	directory = NULL;
	pool_free(pool);
	pool_free(scanner);
	event = sd_event_unref(event);
	return 0;
}

static void replace_pool(unsigned int n_workers, uint64_t deadline_usec)
{
	pool_free(pool);
	pool = new_pool(n_workers, deadline_usec);
}

/* The pool goes, too: it may still have questions of the round, which is gone. */
static void forget_owners(void)
{
	directory_free(directory);
	directory = NULL;
	replace_pool(2, PATIENCE);
	(void)unlink("owners");
}

/* How often the worker was asked something that begins so. */
static unsigned int asked(const char *line)
{
	FILE *file = fopen("asked", "re");
	char got[256];
	unsigned int n = 0;

	while (file && fgets(got, sizeof(got), file)) {
		n += strncmp(got, line, strlen(line)) == 0;
	}
	if (file)
		(void)fclose(file);
	return n;
}

/* --- pool.h -------------------------------------------------------------------------- */

struct outcome {
	int n, r, code;
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
	struct pool_question *asked_question;

	*outcome = (struct outcome){ .r = 1 };
	assert_int_equal(frame_add_text(&question, text), 0);
	assert_int_equal(
		pool_ask(pool, POOL_CLIENT, &question, uid, on_done, outcome, &asked_question), 0);
	frame_free(&question);
	assert_int_equal(outcome->n, 0);
	return asked_question;
}

static void wait_for(const struct outcome *outcome)
{
	while (outcome->n == 0)
		assert_true(sd_event_run(event, PATIENCE) > 0);
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

/* A service that is started without standard input has it as descriptor 0. */
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

/* Not -ENOENT, which would say that there is no such record. */
static void a_worker_that_cannot_be_started_is_a_fault(void **state)
{
	char *missing[] = { (char *)"/nonexistent/worker", NULL };
	const struct pool_config config = {
		.event = event,
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

/* Two workers: one hangs, the other goes on. */
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
	/* It came last, and had to wait for none of them but the first at most. */
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
	while (asked("3 0 slow") == 0)
		assert_true(sd_event_run(event, SECOND / 100) >= 0);
	pool_cancel(question);
	(void)ask("alice", 0, &other);
	wait_for(&other);
	while (!pool_is_idle(pool))
		assert_true(sd_event_run(event, PATIENCE) >= 0);
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

/* Of our children: those of earlier pools may not have been reaped. */
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

static void a_pool_knows_its_own(void **state)
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

/* It is killed first, and reaped later. */
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
		assert_true(sd_event_run(event, PATIENCE) > 0);
	(void)ask("slow", 1, &first);
	(void)ask("slow", 2, &second);
	while (first.n == 0 || second.n == 0) {
		assert_true(sd_event_run(event, PATIENCE) > 0);
		assert_in_range(count_owned(&pid), 0, 1);
	}
	assert_true(first.r == 0 && second.r == 0);
}

static void a_worker_that_has_answered_long_is_replaced(void **state)
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

/* No question is lost with it, so nobody is told. */
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
		assert_true(sd_event_run(event, PATIENCE) > 0);

	(void)ask("babble", 0, &outcome);
	wait_for(&outcome);
	while (count_owned(&pid) > 0)
		assert_true(sd_event_run(event, PATIENCE) > 0);
	(void)ask("alice", 0, &outcome);
	wait_for(&outcome);
	assert_true(outcome.r == 0 && outcome.code == 0);
}

/* --- directory.h --------------------------------------------------------------------- */

struct result {
	int n, r;
	struct nss_id found;
};

static void on_result(void *userdata, int r, const struct nss_id *found)
{
	struct result *result = userdata;

	result->n++;
	result->r = r;
	if (found)
		result->found = *found;
}

static void begin(const struct query_key *key, struct result *result)
{
	struct query *query;

	*result = (struct result){ .r = 1 };
	directory_query(directory, key, on_result, result, &query);
}

static const struct result *finish(struct result *result)
{
	while (result->n == 0)
		assert_true(sd_event_run(event, PATIENCE) > 0);
	assert_int_equal(result->n, 1);
	return result;
}

static const struct result *by_name(enum subid_kind kind, const char *name)
{
	static struct result result;

	begin(&(struct query_key){ .kind = kind, .name = name }, &result);
	return finish(&result);
}

static const struct result *by_id(enum subid_kind kind, uint32_t id)
{
	static struct result result;

	begin(&(struct query_key){ .kind = kind, .id = id }, &result);
	return finish(&result);
}

static void is(const struct result *result, const char *owner, uint32_t id, uint64_t position,
	       uint32_t gid)
{
	assert_int_equal(result->r, 0);
	assert_string_equal(result->found.owner.text, owner);
	assert_int_equal(result->found.id, id);
	assert_int_equal(result->found.position, position);
	assert_int_equal(result->found.gid, gid);
}

static void by_name_the_owner_is_asked(void **state)
{
	static const struct {
		enum subid_kind kind;
		const char *name;
		int r;
	} cases[] = {
		{ SUBID_UID, "subuid-alice-100010", -ENOENT },
		{ SUBID_UID, "subgid-alice-100000", -ENOENT },
		{ SUBID_UID, "subuid-nobody-100000", -ENOENT },
		{ SUBID_UID, "root", -ENOENT },
		{ SUBID_GID, "subgid-bob-65534", -ENOENT },
		{ SUBID_GID, "subgid-bob-65535", -ENOENT },
		{ SUBID_UID, "subuid-unwell-5", -ECONNREFUSED },
		{ SUBID_UID, "subuid-crash-5", -EPIPE },
	};

	(void)state;
	new_directory(PATIENCE, 0, false);
	is(by_name(SUBID_UID, "subuid-alice-100003"), "alice", 100003, 3, 500003);
	/* There is no GID at this position, or one that is nobody's. */
	is(by_name(SUBID_UID, "subuid-alice-100005"), "alice", 100005, 5, 65534);
	is(by_name(SUBID_UID, "subuid-bob-200005"), "bob", 200005, 5, 65534);
	/* A number is a text. */
	is(by_name(SUBID_UID, "subuid-1000-400000"), "1000", 400000, 0, 400000);
	assert_int_equal(by_name(SUBID_GID, "subgid-alice-500001")->r, 0);
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		check_int(cases[i].name, by_name(cases[i].kind, cases[i].name)->r, cases[i].r);
	assert_int_equal(asked("3 0 root"), 0);
}

static void by_id_the_plugin_may_tell_and_is_not_believed(void **state)
{
	(void)state;
	new_directory(PATIENCE, 0, false);
	is(by_id(SUBID_UID, 300001), "told", 300001, 1, 300001);
	assert_int_equal(asked("3 0 alice"), 1);
	/* Known now. */
	is(by_id(SUBID_GID, 300002), "told", 300002, 2, 65534);
	assert_int_equal(asked("4 300002 "), 0);
	assert_int_equal(by_id(SUBID_UID, 999)->r, -ECONNREFUSED);
	/* The worker ends when it is asked. */
	scratch_write("fault-4", "0");
	assert_int_equal(by_id(SUBID_UID, 12345)->r, -EPIPE);
}

static void by_id_owners_of_earlier_answers_are_candidates(void **state)
{
	(void)state;
	new_directory(PATIENCE, 0, false);
	assert_int_equal(by_id(SUBID_UID, 100000)->r, -ENOENT);
	assert_int_equal(by_name(SUBID_UID, "subuid-alice-100003")->r, 0);
	is(by_id(SUBID_UID, 100000), "alice", 100000, 0, 500000);
	assert_int_equal(by_id(SUBID_UID, 100010)->r, -ENOENT);

	/* After a restart too, */
	new_directory(PATIENCE, 0, false);
	is(by_id(SUBID_UID, 100000), "alice", 100000, 0, 500000);
	/* but only as long as the source says so. */
	scratch_write("alice", "");
	assert_int_equal(by_id(SUBID_UID, 100000)->r, -ENOENT);
	assert_int_equal(by_name(SUBID_UID, "subuid-alice-100003")->r, -ENOENT);
}

static void by_id_every_candidate_is_asked(void **state)
{
	char owners[1024] = "alice\n";

	(void)state;
	for (int i = 0; i < 40; i++)
		(void)sprintf(owners + strlen(owners), "nobody%d\n", i);
	scratch_write("owners", owners);
	new_directory(PATIENCE, 0, false);
	is(by_id(SUBID_UID, 100000), "alice", 100000, 0, 500000);
	assert_int_equal(asked("3 0 nobody"), 40);
	assert_int_equal(by_id(SUBID_UID, 12345)->r, -ENOENT);
}

static void by_id_accounts_with_user_namespaces_are_candidates(void **state)
{
	(void)state;
	new_directory(PATIENCE, 0, true);
	is(by_id(SUBID_UID, 600000), "runs", 600000, 0, 600000);
	assert_int_equal(by_id(SUBID_UID, 700000)->r, -ENOENT);
}

static void by_id_members_of_groups_are_candidates(void **state)
{
	(void)state;
	new_directory(PATIENCE, 1, false);
	is(by_id(SUBID_UID, 700009), "member", 700009, 9, 700009);
	assert_int_equal(asked("6 0 staff"), 1);
}

static void an_id_that_nobody_has_costs_one_question(void **state)
{
	(void)state;
	new_directory(PATIENCE, 1, true);
	for (int i = 0; i < 20; i++)
		assert_int_equal(by_id(SUBID_UID, 12345)->r, -ENOENT);
	assert_int_equal(asked("4 12345 "), 1);
	assert_int_equal(asked("3 0 member"), 1);
	assert_int_equal(asked("3 0 runs"), 1);
	assert_in_range(asked("7 0 "), 1, 20);
	assert_int_equal(by_id(SUBID_UID, 54321)->r, -ENOENT);
	assert_int_equal(asked("3 0 member"), 1);
}

/* Nobody can tell whether the owner that cannot be asked has it. */
static void a_fault_is_no_absence(void **state)
{
	(void)state;
	scratch_write("owners", "unwell\nalice\n");
	new_directory(PATIENCE, 0, false);
	for (int i = 0; i < 3; i++)
		assert_int_equal(by_id(SUBID_UID, 12345)->r, -ECONNREFUSED);
	assert_int_equal(asked("3 0 unwell"), 1);
	is(by_id(SUBID_UID, 100000), "alice", 100000, 0, 500000);
}

/* Also if a candidate had the ID a moment ago, before or after the fault. */
static void a_candidate_that_loses_the_id_hides_no_fault(void **state)
{
	static const char *const orders[] = { "unwell\nfickle\n", "fickle\nunwell\n" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(orders); i++) {
		forget_owners();
		(void)rmdir("fickle");
		scratch_write("owners", orders[i]);
		new_directory(PATIENCE, 0, false);
		check_int(orders[i], by_id(SUBID_UID, 800000)->r, -ECONNREFUSED);
		assert_int_equal(asked("3 0 fickle"), 2 * (i + 1));
	}
}

/* Nor whether a member of the group would have it. */
static void a_group_that_cannot_be_asked_is_a_fault(void **state)
{
	(void)state;
	groups[0] = "none";
	new_directory(PATIENCE, 1, false);
	assert_int_equal(by_id(SUBID_UID, 12345)->r, -ENOENT);
	groups[1] = "down";
	new_directory(PATIENCE, 2, false);
	for (int i = 0; i < 3; i++)
		assert_int_equal(by_id(SUBID_UID, 12345)->r, -ECONNREFUSED);
	assert_int_equal(asked("6 0 down"), 1);
	assert_int_equal(by_name(SUBID_UID, "subuid-alice-100000")->r, 0);
	is(by_id(SUBID_UID, 100000), "alice", 100000, 0, 500000);
}

/* Nor whether an account whose name could not be asked for. It is asked for again soon. */
static void an_account_that_cannot_be_asked_for_is_a_fault(void **state)
{
	static const struct {
		const char *fault;
		int r;
	} cases[] = { { "111", -ECONNREFUSED }, { "0", -EPIPE } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		forget_owners();
		scratch_write("fault-5", cases[i].fault);
		new_directory(PATIENCE, 0, true);
		assert_int_equal(by_id(SUBID_UID, 600000)->r, cases[i].r);
		(void)unlink("fault-5");
		while (by_id(SUBID_UID, 600000)->r == cases[i].r)
			assert_true(sd_event_run(event, SECOND / 100) >= 0);
		is(by_id(SUBID_UID, 600000), "runs", 600000, 0, 600000);
	}
}

/* Nor whether a group or a candidate would have it. They are asked again after ROUND_RETRY_USEC. */
static void what_could_not_be_asked_is_asked_again_soon(void **state)
{
	static const struct {
		const char *fault;
		size_t n_groups;
		const char *owners;
	} cases[] = { { "fault-6", 2, "" }, { "fault-3", 0, "member\n" } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		forget_owners();
		scratch_write("owners", cases[i].owners);
		scratch_write(cases[i].fault, "111");
		new_directory(PATIENCE, cases[i].n_groups, false);
		check_int(cases[i].fault, by_id(SUBID_UID, 700000)->r, -ECONNREFUSED);
		(void)unlink(cases[i].fault);
		while (by_id(SUBID_UID, 700000)->r == -ECONNREFUSED)
			assert_true(sd_event_run(event, SECOND / 100) >= 0);
		is(by_id(SUBID_UID, 700000), "member", 700000, 0, 700000);
	}
}

/* Nor whether one that runs a process would have it. */
static void processes_that_cannot_be_looked_at_are_a_fault(void **state)
{
	static const struct {
		const char *fault;
		int r;
	} cases[] = {
		{ "5", -EIO },	  { "0", -EPIPE },   /* the scanner failed, or ended */
		{ "2", -ENOENT }, { "13", -ENOENT }, /* nothing to see, or not for us */
		{ "1", -ENOENT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		scratch_write("fault-7", cases[i].fault);
		new_directory(PATIENCE, 0, true);
		check_int(cases[i].fault, by_id(SUBID_UID, 12345)->r, cases[i].r);
	}
}

/* The service's own questions fill their queue, behind one that hangs. */
static void fill_own_questions(struct outcome *outcome)
{
	struct frame question = { .code = FRAME_RANGES };
	struct pool_question *last;
	int r;

	assert_int_equal(frame_add_text(&question, "hang"), 0);
	while ((r = pool_ask(pool, POOL_OWN, &question, 0, on_done, outcome, &last)) == 0)
		;
	frame_free(&question);
	assert_int_equal(r, -ENOBUFS);
}

static void a_candidate_that_cannot_be_asked_is_a_fault(void **state)
{
	struct outcome own = { .n = 0 };

	(void)state;
	scratch_write("owners", "alice\n");
	new_directory(PATIENCE, 1, false);
	fill_own_questions(&own);
	while (asked("3 0 hang") == 0)
		assert_true(sd_event_run(event, SECOND / 100) >= 0);
	fill_own_questions(&own);
	assert_int_equal(by_id(SUBID_UID, 100000)->r, -ENOBUFS);
}

static void a_source_that_fails_is_not_asked_on(void **state)
{
	(void)state;
	new_directory(PATIENCE, 2, false);
	assert_int_equal(by_id(SUBID_UID, 5)->r, -ECONNREFUSED);
	assert_in_range(asked("3 0 patient"), 1, 40);
	/* Nor by the next question. */
	assert_int_equal(by_id(SUBID_UID, 6)->r, -ECONNREFUSED);
	assert_in_range(asked("3 0 patient"), 1, 80);
}

/* Nor for those who come while it is asked: they wait for the same answers. */
static void a_source_that_fails_is_not_asked_on_for_others(void **state)
{
	enum { OTHERS = 60 };
	static struct result first, others[OTHERS];
	uint32_t n = 0;

	(void)state;
	new_directory(PATIENCE, 2, false);
	begin(&(struct query_key){ .id = 5 }, &first);
	while (first.n == 0) {
		/* One comes for each three questions. */
		if (n < OTHERS && asked("3 0 patient") > 3 * n) {
			begin(&(struct query_key){ .id = 100 + n, .uid = 1 + n }, &others[n]);
			n++;
		}
		assert_true(sd_event_run(event, PATIENCE) > 0);
	}
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(finish(&others[i])->r, -ECONNREFUSED);
	assert_in_range(asked("3 0 patient"), 1, 120);
}

static void a_source_that_hangs_keeps_nobody_beyond_the_deadline(void **state)
{
	struct result hung, known, missing;

	(void)state;
	replace_pool(2, DEADLINE);
	new_directory(DEADLINE, 0, false);
	assert_int_equal(by_name(SUBID_UID, "subuid-alice-100003")->r, 0);
	begin(&(struct query_key){ .name = "subuid-hang-1", .uid = 1 }, &hung);
	begin(&(struct query_key){ .id = 100000, .uid = 2 }, &known);
	assert_int_equal(finish(&known)->r, 0);
	assert_int_equal(finish(&hung)->r, -ETIMEDOUT);
	/* The worker's own deadline is a moment later. */
	while (!pool_is_sick(pool))
		assert_true(sd_event_run(event, PATIENCE) > 0);
	begin(&(struct query_key){ .id = 12345, .uid = 2 }, &missing);
	assert_int_equal(missing.n, 1);
	assert_int_equal(missing.r, -EHOSTDOWN);
	assert_int_equal(by_id(SUBID_UID, 100000)->r, 0);
}

static void a_query_can_be_given_up_at_any_time(void **state)
{
	static const uint32_t ids[] = { 300001, 100000, 12345 };

	(void)state;
	scratch_write("owners", "alice\n");
	new_directory(PATIENCE, 1, true);
	for (unsigned int steps = 0; steps < 60; steps++) {
		struct result result = { .n = 0 };
		struct query *query;

		directory_query(directory, &(struct query_key){ .id = ids[steps % COUNT_OF(ids)] },
				on_result, &result, &query);
		for (unsigned int i = 0; result.n == 0 && i < steps / COUNT_OF(ids); i++)
			assert_true(sd_event_run(event, PATIENCE) > 0);
		if (result.n == 0)
			query_free(query);
	}
	is(by_id(SUBID_UID, 300001), "told", 300001, 1, 300001);
}

/* --- local.h ------------------------------------------------------------------------- */

static struct subid_cache caches[2];

static const struct result *local_within(uint64_t deadline_usec, const char *name, uint32_t id)
{
	static struct local local;
	static struct result result;
	const struct subid_database uids = { "subuid", &caches[0] },
				    gids = { "subgid", &caches[1] };
	const struct query_key key = { .name = name, .id = id };
	struct query *query;

	local_init(&local, event, pool, deadline_usec, &uids, &gids);
	result = (struct result){ .r = 1 };
	local_query(&local, &key, on_result, &result, &query);
	assert_true((result.n == 0) == (query != NULL));
	return finish(&result);
}

static const struct result *local_by(const char *name, uint32_t id)
{
	return local_within(PATIENCE, name, id);
}

static void the_files_are_answered_from_here(void **state)
{
	(void)state;
	scratch_write("subuid", "alice:10:5\n77:100:5\n");
	scratch_write("subgid", "alice:20:5\n77:200:5\n");
	is(local_by(NULL, 11), "alice", 11, 1, 21);
	is(local_by("subuid-alice-12", 0), "alice", 12, 2, 22);
	is(local_by("subuid-77-104", 0), "77", 104, 4, 204);
	assert_int_equal(local_by(NULL, 99)->r, -ENOENT);
	assert_int_equal(local_by("subuid-bob-99", 0)->r, -ENOENT);
	assert_int_equal(local_by("root", 0)->r, -ENOENT);
	assert_int_equal(access("asked", F_OK), -1);
}

static void an_account_is_a_workers_to_ask(void **state)
{
	(void)state;
	is(local_by(NULL, 101), "account", 101, 3, 9);
	/* If it cannot, the number will do. */
	is(local_by(NULL, 102), "77", 102, 2, 202);
	is(local_by("subuid-account-100", 0), "account", 100, 3, 9);
	/* It is not believed an ID that nobody asked for. */
	assert_int_equal(local_by("subuid-account-101", 0)->r, -EBADMSG);
}

/* Which record an ID has depends on the files alone. Only its name is an account's. */
static void an_account_service_that_hangs_takes_no_id_away(void **state)
{
	(void)state;
	is(local_within(DEADLINE, NULL, 103), "77", 103, 3, 203);
	assert_int_equal(local_within(DEADLINE, "subuid-hang-100", 0)->r, -ETIMEDOUT);
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
		TEST(a_pool_knows_its_own),
		TEST(no_more_workers_run_than_allowed_after_one_was_killed),
		TEST(a_worker_that_has_answered_long_is_replaced),
		TEST(a_worker_may_end_or_babble_when_nothing_is_asked),
		TEST(by_name_the_owner_is_asked),
		TEST(by_id_the_plugin_may_tell_and_is_not_believed),
		TEST(by_id_owners_of_earlier_answers_are_candidates),
		TEST(by_id_every_candidate_is_asked),
		TEST(by_id_accounts_with_user_namespaces_are_candidates),
		TEST(by_id_members_of_groups_are_candidates),
		TEST(an_id_that_nobody_has_costs_one_question),
		TEST(a_fault_is_no_absence),
		TEST(a_candidate_that_loses_the_id_hides_no_fault),
		TEST(a_group_that_cannot_be_asked_is_a_fault),
		TEST(an_account_that_cannot_be_asked_for_is_a_fault),
		TEST(what_could_not_be_asked_is_asked_again_soon),
		TEST(processes_that_cannot_be_looked_at_are_a_fault),
		TEST(a_candidate_that_cannot_be_asked_is_a_fault),
		TEST(a_source_that_fails_is_not_asked_on),
		TEST(a_source_that_fails_is_not_asked_on_for_others),
		TEST(a_source_that_hangs_keeps_nobody_beyond_the_deadline),
		TEST(a_query_can_be_given_up_at_any_time),
		TEST(the_files_are_answered_from_here),
		TEST(an_account_is_a_workers_to_ask),
		TEST(an_account_service_that_hangs_takes_no_id_away),
	};

	if (!workers_prepare())
		return 1;
	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
