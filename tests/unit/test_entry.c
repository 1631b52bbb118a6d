/* SPDX-License-Identifier: BSD-3-Clause */
#include "outcome.h"

#include <errno.h>

#include "check.h"
#include "inject.h"
#include "scratch.h"

/*
 * This test runs first, because a process reads nsswitch.conf until it succeeds, and then never
 * again.
 */
static void a_lookup_fails_until_nsswitch_conf_can_be_read(void **state)
{
	static const struct {
		enum inject_call call;
		unsigned int nth;
		time_t age;
	} rows[] = {
		{ INJECT_OPEN, 1, OLD },      { INJECT_FSTAT, 1, OLD },
		{ INJECT_READ, 1, OLD },      { INJECT_FSTAT, 2, OLD },
		{ INJECT_FSTAT, 1, RECENT },  { INJECT_READ, 1, RECENT },
		{ INJECT_REREAD, 1, RECENT }, { INJECT_READ, 2, RECENT },
	};
	static const struct request request = { PWUID, 100005, NULL };
	struct outcome got;

	(void)state;
	scratch_write("subuid", "alice:100000:65536\n");
	scratch_write("subgid", "alice:500000:65536\n");
	scratch_write("nsswitch.conf", "subid: files\n");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		outcome_set_up(rows[i].age);
		inject_fail(rows[i].call, rows[i].nth, EIO);
		got = outcome_of(&request, true);
		outcome_check("EIO", &got, NSS_STATUS_UNAVAIL, EIO, "");

		outcome_set_up(rows[i].age);
		inject_fail(rows[i].call, rows[i].nth, ENOMEM);
		got = outcome_of(&request, false);
		outcome_check("ENOMEM", &got, NSS_STATUS_TRYAGAIN, ENOMEM, "");
	}

	/* A process that may not read nsswitch.conf uses the files. */
	outcome_set_up(OLD);
	inject_fail(INJECT_OPEN, 1, EACCES);
	got = outcome_of(&request, true);
	outcome_check_record("EACCES", &got, "subuid-alice-100005 100005 500005");
	assert_int_equal(inject_calls(INJECT_OPEN), 3);

	outcome_set_up(OLD);
	got = outcome_of(&request, true);
	outcome_check_record("a second lookup", &got, "subuid-alice-100005 100005 500005");
	assert_int_equal(inject_calls(INJECT_OPEN), 2);
}

static void a_missing_file_is_an_absence_and_a_special_file_a_fault(void **state)
{
	static const struct {
		const char *subuid, *subgid;
		enum nss_status status;
		int fault;
		const char *record;
	} rows[] = {
		{ "subuid", "subgid", NSS_STATUS_SUCCESS, 0, "subuid-alice-100005 100005 500005" },
		{ "subuid", "missing", NSS_STATUS_SUCCESS, 0, "subuid-alice-100005 100005 65534" },
		{ "missing", "subgid", NSS_STATUS_NOTFOUND, 0, "" },
		{ "missing", "/", NSS_STATUS_NOTFOUND, 0, "" },
		{ "/", "subgid", NSS_STATUS_UNAVAIL, EINVAL, "" },
		{ "subuid", "/", NSS_STATUS_UNAVAIL, EINVAL, "" },
		{ "/dev/null", "subgid", NSS_STATUS_UNAVAIL, EINVAL, "" },
		{ "subuid", "/dev/null", NSS_STATUS_UNAVAIL, EINVAL, "" },
	};
	static const struct request requests[] = {
		{ PWUID, 100005, NULL },
		{ PWNAM, 0, "subuid-alice-100005" },
	};

	(void)state;
	scratch_write("subuid", "alice:100000:65536\n");
	scratch_write("subgid", "alice:500000:65536\n");
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		for (size_t q = 0; q < COUNT_OF(requests); q++) {
			struct outcome got;

			outcome_set_up(OLD);
			inject_path("/etc/subuid", rows[i].subuid);
			inject_path("/etc/subgid", rows[i].subgid);
			got = outcome_of(&requests[q], q == 0);
			outcome_check(rows[i].subgid, &got, rows[i].status, rows[i].fault,
				      rows[i].record);
		}
}

static void a_group_that_is_reserved_or_beyond_the_ranges_is_shown_as_65534(void **state)
{
	static const struct {
		const char *subgid, *record, *reason;
	} rows[] = {
		{ "alice:500000:65536\n", "subuid-alice-100005 100005 500005", "enough GIDs" },
		{ "alice:500000:5\n", "subuid-alice-100005 100005 65534", "too few GIDs" },
		{ "alice:500000:5\nalice:7:1\n", "subuid-alice-100005 100005 7", "a second range" },
		{ "bob:500000:65536\n", "subuid-alice-100005 100005 65534",
		  "another owner's GIDs" },
		{ "alice:65529:65536\n", "subuid-alice-100005 100005 65534", "65534" },
		{ "alice:65530:65536\n", "subuid-alice-100005 100005 65534", "65535" },
		{ "alice:4294967290:6\n", "subuid-alice-100005 100005 65534", "2^32-1" },
		{ "alice:9:5\nalice:0:5\n", "subuid-alice-100005 100005 65534", "0" },
	};
	static const struct request request = { PWUID, 100005, NULL };

	(void)state;
	scratch_write("subuid", "alice:100000:65536\n");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct outcome got;

		scratch_write("subgid", rows[i].subgid);
		outcome_set_up(OLD);
		got = outcome_of(&request, true);
		outcome_check_record(rows[i].reason, &got, rows[i].record);
	}
}

/* The files answer nevertheless, with each owner as the line has it. */
static void no_account_is_asked_for_if_the_root_cannot_be_examined(void **state)
{
	static const struct {
		struct request request;
		const char *record;
	} rows[] = {
		{ { PWUID, 100005, NULL }, "subuid-1000-100005 100005 500005" },
		{ { GRGID, 500005, NULL }, "subgid-1000-500005 500005" },
		{ { PWNAM, 0, "subuid-1000-100005" }, "subuid-1000-100005 100005 500005" },
		{ { PWNAM, 0, "subuid-alice-100005" }, "" },
		{ { SPNAM, 0, "subuid-alice-100005" }, "" },
	};

	(void)state;
	scratch_write("subuid", "1001:5:5\n1000:100000:65536\nbob:100000:65536\n");
	scratch_write("subgid", "1001:5:5\n1000:500000:65536\nbob:500000:65536\n");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct outcome got;

		outcome_set_up(OLD);
		inject_fail(INJECT_STAT, INJECT_EVERY, EIO);
		got = outcome_of(&rows[i].request, true);
		outcome_check_record("no root", &got, rows[i].record);
		assert_int_equal(inject_calls(INJECT_GETPWUID), 0);
		assert_int_equal(inject_calls(INJECT_GETPWNAM), 0);
	}
}

static void touch_subuid(void)
{
	scratch_overwrite("subuid", 0, "alice");
}

static void a_file_that_changes_during_every_scan_is_tryagain(void **state)
{
	static const struct request requests[] = {
		{ PWUID, 100005, NULL },
		{ PWNAM, 0, "subuid-alice-100005" },
		{ PWUID, 99999, NULL },
	};

	(void)state;
	scratch_write("subuid", "alice:100000:65536\n");
	for (size_t q = 0; q < COUNT_OF(requests); q++) {
		struct outcome got;

		outcome_set_up(OLD);
		inject_before(INJECT_FSTAT, INJECT_EVERY, touch_subuid);
		got = outcome_of(&requests[q], q == 0);
		outcome_check("a file that changes", &got, NSS_STATUS_TRYAGAIN, EAGAIN, "");
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lookup_fails_until_nsswitch_conf_can_be_read),
		cmocka_unit_test(a_missing_file_is_an_absence_and_a_special_file_a_fault),
		cmocka_unit_test(a_group_that_is_reserved_or_beyond_the_ranges_is_shown_as_65534),
		cmocka_unit_test(no_account_is_asked_for_if_the_root_cannot_be_examined),
		cmocka_unit_test(a_file_that_changes_during_every_scan_is_tryagain),
	};

	return cmocka_run_group_tests(tests, outcome_setup, scratch_teardown);
}
