/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of directory.h: records of a plugin, for which workers are asked. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "directory.h"
#include "loop.h"
#include "result.h"
#include "scratch.h"
#include "workers.h"

static struct pool *pool, *scanner;
static struct directory *directory;
static const char *groups[2];

static void new_directory(uint64_t deadline_usec, size_t n_groups, bool scans)
{
	const struct directory_config config = {
		.event = loop_event,
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
	static const char *const files[] = { "owners",	"alice",   "fickle",  "fault-3",
					     "fault-4", "fault-5", "fault-6", "fault-7" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(files); i++)
		(void)remove(files[i]);
	groups[0] = "staff";
	groups[1] = "ward";
	pool = workers_begin();
	scanner = workers_pool(1, PATIENCE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	directory_free(directory);
	directory = NULL;
	pool_free(scanner);
	workers_end(pool);
	return 0;
}

/* As before each test. The pools go, too: they may still have questions of the directory. */
static void start_over(void)
{
	(void)teardown(NULL);
	(void)setup(NULL);
}

/* Returns the query, which is gone if @result has its end. */
static struct query *begin(const struct query_key *key, struct result *result)
{
	struct query *query;

	*result = (struct result){ .r = 1 };
	directory_query(directory, key, result_note, result, &query);
	return query;
}

static const struct result *by_name(enum subid_kind kind, const char *name)
{
	static struct result result;

	(void)begin(&(struct query_key){ .kind = kind, .name = name }, &result);
	return result_wait(&result);
}

static const struct result *by_id(enum subid_kind kind, uint32_t id)
{
	static struct result result;

	(void)begin(&(struct query_key){ .kind = kind, .id = id }, &result);
	return result_wait(&result);
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
	result_is(by_name(SUBID_UID, "subuid-alice-100003"), "alice", 100003, 3, 500003);
	/* There is no GID at this position, or one that is nobody's. */
	result_is(by_name(SUBID_UID, "subuid-alice-100005"), "alice", 100005, 5, 65534);
	result_is(by_name(SUBID_UID, "subuid-bob-200005"), "bob", 200005, 5, 65534);
	/* A number is a text. */
	result_is(by_name(SUBID_UID, "subuid-1000-400000"), "1000", 400000, 0, 400000);
	assert_int_equal(by_name(SUBID_GID, "subgid-alice-500001")->r, 0);
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		check_int(cases[i].name, by_name(cases[i].kind, cases[i].name)->r, cases[i].r);
	assert_int_equal(workers_asked("3 0 root"), 0);
}

static void by_id_the_plugin_may_tell_and_is_not_believed(void **state)
{
	(void)state;
	new_directory(PATIENCE, 0, false);
	result_is(by_id(SUBID_UID, 300001), "told", 300001, 1, 300001);
	assert_int_equal(workers_asked("3 0 alice"), 1);
	/* Known now. */
	result_is(by_id(SUBID_GID, 300002), "told", 300002, 2, 65534);
	assert_int_equal(workers_asked("4 300002 "), 0);
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
	result_is(by_id(SUBID_UID, 100000), "alice", 100000, 0, 500000);
	assert_int_equal(by_id(SUBID_UID, 100010)->r, -ENOENT);

	/* After a restart too, */
	new_directory(PATIENCE, 0, false);
	result_is(by_id(SUBID_UID, 100000), "alice", 100000, 0, 500000);
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
	result_is(by_id(SUBID_UID, 100000), "alice", 100000, 0, 500000);
	assert_int_equal(workers_asked("3 0 nobody"), 40);
	assert_int_equal(by_id(SUBID_UID, 12345)->r, -ENOENT);
}

static void by_id_accounts_with_user_namespaces_are_candidates(void **state)
{
	(void)state;
	new_directory(PATIENCE, 0, true);
	result_is(by_id(SUBID_UID, 600000), "runs", 600000, 0, 600000);
	assert_int_equal(by_id(SUBID_UID, 700000)->r, -ENOENT);
}

static void by_id_members_of_groups_are_candidates(void **state)
{
	(void)state;
	new_directory(PATIENCE, 1, false);
	result_is(by_id(SUBID_UID, 700009), "member", 700009, 9, 700009);
	assert_int_equal(workers_asked("6 0 staff"), 1);
}

static void an_id_that_nobody_has_costs_one_question(void **state)
{
	(void)state;
	new_directory(PATIENCE, 1, true);
	for (int i = 0; i < 20; i++)
		assert_int_equal(by_id(SUBID_UID, 12345)->r, -ENOENT);
	assert_int_equal(workers_asked("4 12345 "), 1);
	assert_int_equal(workers_asked("3 0 member"), 1);
	assert_int_equal(workers_asked("3 0 runs"), 1);
	assert_in_range(workers_asked("7 0 "), 1, 20);
	assert_int_equal(by_id(SUBID_UID, 54321)->r, -ENOENT);
	assert_int_equal(workers_asked("3 0 member"), 1);
}

/* Nobody can tell whether the owner that cannot be asked has it. */
static void a_fault_is_no_absence(void **state)
{
	(void)state;
	scratch_write("owners", "unwell\nalice\n");
	new_directory(PATIENCE, 0, false);
	for (int i = 0; i < 3; i++)
		assert_int_equal(by_id(SUBID_UID, 12345)->r, -ECONNREFUSED);
	assert_int_equal(workers_asked("3 0 unwell"), 1);
	result_is(by_id(SUBID_UID, 100000), "alice", 100000, 0, 500000);
}

/* Also if a candidate had the ID a moment ago, before or after the fault. */
static void a_candidate_that_loses_the_id_hides_no_fault(void **state)
{
	static const char *const orders[] = { "unwell\nfickle\n", "fickle\nunwell\n" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(orders); i++) {
		start_over();
		scratch_write("owners", orders[i]);
		new_directory(PATIENCE, 0, false);
		check_int(orders[i], by_id(SUBID_UID, 800000)->r, -ECONNREFUSED);
		assert_int_equal(workers_asked("3 0 fickle"), 2);
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
	assert_int_equal(workers_asked("6 0 down"), 1);
	assert_int_equal(by_name(SUBID_UID, "subuid-alice-100000")->r, 0);
	result_is(by_id(SUBID_UID, 100000), "alice", 100000, 0, 500000);
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
		start_over();
		scratch_write("fault-5", cases[i].fault);
		new_directory(PATIENCE, 0, true);
		assert_int_equal(by_id(SUBID_UID, 600000)->r, cases[i].r);
		(void)unlink("fault-5");
		while (by_id(SUBID_UID, 600000)->r == cases[i].r)
			loop_look();
		result_is(by_id(SUBID_UID, 600000), "runs", 600000, 0, 600000);
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
		start_over();
		scratch_write("owners", cases[i].owners);
		scratch_write(cases[i].fault, "111");
		new_directory(PATIENCE, cases[i].n_groups, false);
		check_int(cases[i].fault, by_id(SUBID_UID, 700000)->r, -ECONNREFUSED);
		(void)unlink(cases[i].fault);
		while (by_id(SUBID_UID, 700000)->r == -ECONNREFUSED)
			loop_look();
		result_is(by_id(SUBID_UID, 700000), "member", 700000, 0, 700000);
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

static void ignore(void *userdata, int r, const struct frame *answer)
{
	(void)userdata;
	(void)r;
	(void)answer;
}

/* The service's own questions fill their queue, behind one that hangs. */
static void fill_own_questions(void)
{
	struct frame question = { .code = FRAME_RANGES };
	struct pool_question *last;
	int r;

	assert_int_equal(frame_add_text(&question, "hang"), 0);
	while ((r = pool_ask(pool, POOL_OWN, &question, 0, ignore, NULL, &last)) == 0)
		;
	frame_free(&question);
	assert_int_equal(r, -ENOBUFS);
}

static void a_candidate_that_cannot_be_asked_is_a_fault(void **state)
{
	(void)state;
	scratch_write("owners", "alice\n");
	new_directory(PATIENCE, 1, false);
	fill_own_questions();
	while (workers_asked("3 0 hang") == 0)
		loop_look();
	fill_own_questions();
	assert_int_equal(by_id(SUBID_UID, 100000)->r, -ENOBUFS);
}

static void a_source_that_fails_is_not_asked_on(void **state)
{
	(void)state;
	new_directory(PATIENCE, 2, false);
	assert_int_equal(by_id(SUBID_UID, 5)->r, -ECONNREFUSED);
	assert_in_range(workers_asked("3 0 patient"), 1, 40);
	/* Nor by the next question. */
	assert_int_equal(by_id(SUBID_UID, 6)->r, -ECONNREFUSED);
	assert_in_range(workers_asked("3 0 patient"), 1, 80);
}

/* Nor for those who come while it is asked: they wait for the same answers. */
static void a_source_that_fails_is_not_asked_on_for_others(void **state)
{
	enum { OTHERS = 60 };
	static struct result first, others[OTHERS];
	uint32_t n = 0;

	(void)state;
	new_directory(PATIENCE, 2, false);
	(void)begin(&(struct query_key){ .id = 5 }, &first);
	while (first.n == 0) {
		/* One comes for each three questions. */
		if (n < OTHERS && workers_asked("3 0 patient") > 3 * n) {
			(void)begin(&(struct query_key){ .id = 100 + n, .uid = 1 + n }, &others[n]);
			n++;
		}
		loop_run();
	}
	for (uint32_t i = 0; i < n; i++)
		assert_int_equal(result_wait(&others[i])->r, -ECONNREFUSED);
	assert_in_range(workers_asked("3 0 patient"), 1, 120);
}

static void a_source_that_hangs_keeps_nobody_beyond_the_deadline(void **state)
{
	const uint64_t deadline = SECOND / 2;
	struct result hung, known, missing;

	(void)state;
	pool_free(pool);
	pool = workers_pool(2, deadline);
	new_directory(deadline, 0, false);
	assert_int_equal(by_name(SUBID_UID, "subuid-alice-100003")->r, 0);
	(void)begin(&(struct query_key){ .name = "subuid-hang-1", .uid = 1 }, &hung);
	(void)begin(&(struct query_key){ .id = 100000, .uid = 2 }, &known);
	assert_int_equal(result_wait(&known)->r, 0);
	assert_int_equal(result_wait(&hung)->r, -ETIMEDOUT);
	/* The worker's own deadline is a moment later. */
	while (!pool_is_sick(pool))
		loop_run();
	(void)begin(&(struct query_key){ .id = 12345, .uid = 2 }, &missing);
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
		const struct query_key key = { .id = ids[steps % COUNT_OF(ids)] };
		struct result result;
		struct query *query = begin(&key, &result);

		for (unsigned int i = 0; result.n == 0 && i < steps / COUNT_OF(ids); i++)
			loop_run();
		if (result.n == 0)
			query_free(query);
	}
	result_is(by_id(SUBID_UID, 300001), "told", 300001, 1, 300001);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
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
	};

	if (!workers_prepare())
		return 1;
	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
