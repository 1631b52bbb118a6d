/* SPDX-License-Identifier: BSD-3-Clause */
/* Asking account services for delegated IDs: to the end, out of time, and killed. */
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "model.h"
#include "scratch.h"

static const struct model model = {
	.subuid = "alice:100000:10\n",
	.subgid = "alice:100000:10\n",
	.users = "root 0 alice 1000",
};

static void a_probe_asks_for_every_id_in_time(void **state)
{
	struct survey survey;
	struct probe probe = { .made = false };

	(void)state;
	model_survey(&model, &survey);
	assert_int_equal(probe_services(survey.databases, 3600, survey.accounts, &probe), 0);
	assert_true(probe.made);
	assert_int_equal(probe.wanted, 20);
	assert_int_equal(probe.asked, 20);
	/* The process that asked is gone. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	survey_free(&survey);
}

static void a_probe_that_is_out_of_time_leaves_no_process(void **state)
{
	struct survey survey;
	struct probe probe = { .made = false };

	(void)state;
	model_survey(&(const struct model){ .subuid = "alice:100000:4000000000\n" }, &survey);
	/* Unless the child is killed, waitpid(2) never returns; alarm(2) then ends the test. */
	(void)alarm(60);
	assert_int_equal(probe_services(survey.databases, 0, survey.accounts, &probe), 0);
	(void)alarm(0);
	assert_true(probe.asked < probe.wanted);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	survey_free(&survey);
}

/* While it is set, the account services do not answer. */
static bool services_hang;

struct passwd *__real_getpwuid(uid_t uid);
struct passwd *__wrap_getpwuid(uid_t uid);
struct passwd *__wrap_getpwuid(uid_t uid)
{
	while (services_hang)
		(void)pause();
	return __real_getpwuid(uid);
}

/* The child that asks dies with the program, even while a service hangs. As its subreaper, this
 * process then reaps it. */
static void a_program_that_is_killed_leaves_no_probe(void **state)
{
	struct survey survey;
	struct probe probe;
	char path[64];
	pid_t child, asking = 0;

	(void)state;
	model_survey(&model, &survey);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	child = fork();
	if (child == 0) {
		services_hang = true;
		_exit(probe_services(survey.databases, 3600, survey.accounts, &probe) < 0);
	}
	assert_true(child > 0);
	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)child, (int)child);
	(void)alarm(60);
	while (asking == 0) {
		FILE *file = fopen(path, "re");

		assert_non_null(file);
		if (fscanf(file, "%d", &asking) != 1)
			asking = 0;
		(void)fclose(file);
	}
	/* Time for prctl(2). A child that comes to it later sees that its parent is gone. */
	(void)usleep(100000);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(waitpid(asking, NULL, 0), asking);
	(void)alarm(0);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0), 0);
	survey_free(&survey);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_probe_asks_for_every_id_in_time),
		cmocka_unit_test(a_probe_that_is_out_of_time_leaves_no_process),
		cmocka_unit_test(a_program_that_is_killed_leaves_no_probe),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
