/* SPDX-License-Identifier: BSD-3-Clause */
#include "host.h"

#include <errno.h>

#include "check.h"
#include "inject.h"

static char scratch[2048];
static struct subid_host host;

static int host_setup(void **state)
{
	(void)inject_reset(state);
	inject_account("alice", 1000);
	inject_account("subuid-alice-100000", 100000);
	inject_account("subgid-alice", 1001);
	nss_host_init(&host, scratch, sizeof(scratch));
	return 0;
}

static void accounts_are_found_by_uid_and_by_name(void **state)
{
	char name[8] = "";
	uint32_t uid = 77;

	(void)state;
	assert_int_equal(host.account_name(&host, 1000, name, sizeof(name)), 0);
	assert_string_equal(name, "alice");
	assert_int_equal(host.account_uid(&host, "alice", &uid), 0);
	assert_int_equal(uid, 1000);
	assert_int_equal(host.account_name(&host, 4711, name, sizeof(name)), -ENOENT);
	assert_int_equal(host.account_uid(&host, "bob", &uid), -ENOENT);
	assert_int_equal(uid, 1000);
}

static void the_many_ways_to_say_not_found_are_enoent_and_faults_are_not(void **state)
{
	static const struct {
		int result, r;
	} rows[] = {
		{ ENOENT, -ENOENT }, { ESRCH, -ENOENT },  { EBADF, -ENOENT },  { EPERM, -ENOENT },
		{ EIO, -EIO },	     { EINTR, -EINTR },	  { EMFILE, -EMFILE }, { ENFILE, -ENFILE },
		{ ENOMEM, -ENOMEM }, { EAGAIN, -EAGAIN }, { ERANGE, -ERANGE }, { EACCES, -EACCES },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char name[8] = "bob";
		uint32_t uid = 77;

		inject_fail(INJECT_GETPWUID, INJECT_EVERY, rows[i].result);
		inject_fail(INJECT_GETPWNAM, INJECT_EVERY, rows[i].result);
		check_int(strerror(rows[i].result),
			  host.account_name(&host, 1000, name, sizeof(name)), rows[i].r);
		check_int(strerror(rows[i].result), host.account_uid(&host, "alice", &uid),
			  rows[i].r);
		assert_string_equal(name, "bob");
		assert_int_equal(uid, 77);
	}
}

static void no_account_is_not_believed_where_no_file_could_be_opened(void **state)
{
	static const struct {
		int fault, r;
	} rows[] = {
		{ EMFILE, -EMFILE }, { ENFILE, -ENFILE }, { ENOMEM, -ENOMEM },
		{ EACCES, -ENOENT }, { EIO, -ENOENT },
	};
	char name[8];
	uint32_t uid;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		inject_fail(INJECT_OPEN, INJECT_EVERY, rows[i].fault);
		check_int("by UID", host.account_name(&host, 4711, name, sizeof(name)), rows[i].r);
		check_int("by name", host.account_uid(&host, "bob", &uid), rows[i].r);
		check_int("an account", host.account_name(&host, 1000, name, sizeof(name)), 0);
		inject_fail(INJECT_GETPWUID, INJECT_EVERY, ESRCH);
		check_int("ESRCH", host.account_name(&host, 1000, name, sizeof(name)), rows[i].r);
		inject_fail(INJECT_GETPWUID, INJECT_EVERY, 0);
	}
	assert_int_equal(inject_open_files(), 0);
}

static void an_account_too_large_for_the_callers_buffer_is_erange(void **state)
{
	char name[8];
	uint32_t uid;

	(void)state;
	nss_host_init(&host, scratch, sizeof("alice") - 1);
	assert_int_equal(host.account_name(&host, 1000, name, sizeof(name)), -ERANGE);
	assert_int_equal(host.account_uid(&host, "alice", &uid), -ERANGE);
	nss_host_init(&host, NULL, 0);
	assert_int_equal(host.account_name(&host, 1000, name, sizeof(name)), -ERANGE);
	assert_int_equal(host.account_uid(&host, "alice", &uid), -ERANGE);
}

static void a_name_longer_than_an_owner_is_no_account(void **state)
{
	char name[sizeof("alice")];

	(void)state;
	assert_int_equal(host.account_name(&host, 1000, name, sizeof(name) - 1), -ENOENT);
	assert_int_equal(host.account_name(&host, 1000, name, sizeof(name)), 0);
}

static void our_own_names_are_no_accounts_and_never_asked_for(void **state)
{
	char name[64];
	uint32_t uid;

	(void)state;
	assert_int_equal(host.account_uid(&host, "subuid-alice-100000", &uid), -ENOENT);
	assert_int_equal(host.account_uid(&host, "subuid-", &uid), -ENOENT);
	assert_int_equal(inject_calls(INJECT_GETPWNAM), 0);
	assert_int_equal(host.account_name(&host, 100000, name, sizeof(name)), -ENOENT);

	/* No user of ours is called so. */
	assert_int_equal(host.account_uid(&host, "subgid-alice", &uid), 0);
	assert_int_equal(host.account_name(&host, 1001, name, sizeof(name)), 0);
}

static void the_databases_are_those_of_the_host(void **state)
{
	(void)state;
	assert_string_equal(host.databases[SUBID_UID].path, "/etc/subuid");
	assert_string_equal(host.databases[SUBID_GID].path, "/etc/subgid");
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(host.databases[i].kind, i);
		assert_non_null(host.databases[i].cache);
	}
	assert_ptr_not_equal(host.databases[0].cache, host.databases[1].cache);
	assert_string_equal(host.nsswitch, "/etc/nsswitch.conf");
}

int main(void)
{
#define HOST_TEST(name) cmocka_unit_test_setup(name, host_setup)
	static const struct CMUnitTest tests[] = {
		HOST_TEST(accounts_are_found_by_uid_and_by_name),
		HOST_TEST(the_many_ways_to_say_not_found_are_enoent_and_faults_are_not),
		HOST_TEST(no_account_is_not_believed_where_no_file_could_be_opened),
		HOST_TEST(an_account_too_large_for_the_callers_buffer_is_erange),
		HOST_TEST(a_name_longer_than_an_owner_is_no_account),
		HOST_TEST(our_own_names_are_no_accounts_and_never_asked_for),
		HOST_TEST(the_databases_are_those_of_the_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
