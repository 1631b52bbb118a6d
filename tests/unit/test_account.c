/* SPDX-License-Identifier: BSD-3-Clause */
#include "account.h"

#include <errno.h>

#include "check.h"
#include "inject.h"
#include "named.h"
#include "scratch.h"

static const struct subid_database subuid = { .path = "subuid" };
static struct nss_root root;

static int account_setup(void **state)
{
	(void)inject_reset(state);
	inject_account("alice", 1000);
	scratch_write("subuid", "1000:100000:10\nbob:3000:10\n");
	root = (struct nss_root){ 0 };
	nss_account_note_root(&root);
	return 0;
}

static int name_of(uint32_t uid, struct subid_owner *ret)
{
	return nss_account_name(&root, &subuid, uid, ret);
}

static int uid_of(const char *name, struct subid_owner *ret)
{
	const struct subid_owner owner = named_owner(name);

	return nss_account_uid(&root, &subuid, &owner, ret);
}

static void a_uid_and_a_name_find_each_other(void **state)
{
	struct subid_owner found = named_owner("untouched");

	(void)state;
	assert_int_equal(name_of(4711, &found), -ENOENT);
	assert_int_equal(uid_of("carol", &found), -ENOENT);
	assert_string_equal(found.text, "untouched");

	assert_int_equal(name_of(1000, &found), 0);
	assert_string_equal(found.text, "alice");
	assert_int_equal(found.len, 5);
	assert_int_equal(uid_of("alice", &found), 0);
	assert_string_equal(found.text, "1000");
	assert_int_equal(found.len, 4);
}

static void a_fault_is_absence_for_a_name_and_an_error_for_a_uid(void **state)
{
	static const struct {
		int fault, r;
	} rows[] = {
		{ ENOENT, -ENOENT }, { ESRCH, -ENOENT },
		{ EBADF, -ENOENT },  { EPERM, -ENOENT },
		{ ERANGE, -ENOENT }, { EIO, -EIO },
		{ EMFILE, -EMFILE }, { ENOMEM, -ENOMEM },
		{ EAGAIN, -EAGAIN }, { EINTR, -EINTR },
		{ EACCES, -EACCES }, { -EIO, -EIO }, /* some services return a negative errno */
	};
	struct subid_owner found;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		inject_fail(INJECT_GETPWUID, INJECT_EVERY, rows[i].fault);
		check_int(strerror(rows[i].fault), name_of(1000, &found), -ENOENT);
		inject_fail(INJECT_GETPWUID, INJECT_EVERY, 0);

		inject_fail(INJECT_GETPWNAM, INJECT_EVERY, rows[i].fault);
		check_int(strerror(rows[i].fault), name_of(1000, &found), -ENOENT);
		check_int(strerror(rows[i].fault), uid_of("alice", &found), rows[i].r);
		inject_fail(INJECT_GETPWNAM, INJECT_EVERY, 0);
	}
}

static void a_record_without_a_name_is_no_account(void **state)
{
	struct subid_owner found;

	(void)state;
	inject_account("", 1001);
	assert_int_equal(name_of(1001, &found), -ENOENT);
}

static void a_name_counts_only_if_getpwnam_gives_its_uid_back(void **state)
{
	struct subid_owner found;

	(void)state;
	/* Of two accounts with one name, getpwnam_r(3) finds the first. */
	inject_account("alice", 1001);
	assert_int_equal(name_of(1001, &found), -ENOENT);
	assert_int_equal(name_of(1000, &found), 0);
}

static void a_name_counts_only_in_the_services_own_spelling(void **state)
{
	struct subid_owner found;

	(void)state;
	inject_ignore_case();
	assert_int_equal(uid_of("ALICE", &found), -ENOENT);
	assert_int_equal(uid_of("aLiCe", &found), -ENOENT);
	assert_int_equal(uid_of("alice", &found), 0);
}

static void an_account_whose_name_is_a_number_is_ignored(void **state)
{
	struct subid_owner found;

	(void)state;
	inject_account("1234", 1234);
	assert_int_equal(name_of(1234, &found), -ENOENT);
	assert_int_equal(uid_of("1234", &found), -ENOENT);
}

static void an_account_name_that_cannot_be_an_owner_is_ignored(void **state)
{
	static char longest[SUBID_OWNER_MAX_BYTES + 2];
	struct subid_owner found;

	(void)state;
	inject_account("do:main", 1001);
	assert_int_equal(name_of(1001, &found), -ENOENT);

	memset(longest, 'a', SUBID_OWNER_MAX_BYTES);
	inject_account(longest, 1002);
	assert_int_equal(name_of(1002, &found), 0);
	assert_int_equal(found.len, SUBID_OWNER_MAX_BYTES);
	longest[SUBID_OWNER_MAX_BYTES] = 'a';
	assert_int_equal(name_of(1002, &found), -ENOENT);
}

/* In every process alike, because a lookup allocates nothing. */
static void an_account_that_takes_more_than_1024_bytes_is_ignored(void **state)
{
	struct subid_owner found;

	(void)state;
	inject_account_bytes(1024);
	assert_int_equal(name_of(1000, &found), 0);
	assert_int_equal(uid_of("alice", &found), 0);
	inject_account_bytes(1025);
	assert_int_equal(name_of(1000, &found), -ENOENT);
	assert_int_equal(uid_of("alice", &found), -ENOENT);
}

static void no_service_is_asked_for_a_name_in_the_form_of_our_records(void **state)
{
	static const char *const names[] = { "subuid-alice-100000", "subgid-alice-100000",
					     "subuid-" };
	struct subid_owner found;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		check_int(names[i], uid_of(names[i], &found), -ENOENT);
	assert_int_equal(inject_calls(INJECT_GETPWNAM), 0);

	inject_account("subgid-alice-1", 1001);
	assert_int_equal(name_of(1001, &found), -ENOENT);
	assert_int_equal(inject_calls(INJECT_GETPWNAM), 0);
}

static void no_service_is_asked_for_a_uid_that_is_delegated(void **state)
{
	struct subid_owner found;

	(void)state;
	inject_account("inner", 3005);
	assert_int_equal(name_of(3005, &found), -ENOENT);
	assert_int_equal(inject_calls(INJECT_GETPWUID), 0);
	assert_int_equal(uid_of("inner", &found), -ENOENT);
}

static void a_database_fault_is_absence_for_a_name_and_an_error_for_a_uid(void **state)
{
	struct subid_owner found;

	(void)state;
	inject_fail(INJECT_READ, INJECT_EVERY, EIO);
	assert_int_equal(name_of(1000, &found), -ENOENT);
	assert_int_equal(uid_of("alice", &found), -EIO);
}

static void no_service_is_asked_in_another_root(void **state)
{
	struct subid_owner found;

	(void)state;
	scratch_write("another", "");
	inject_path("/", "another");
	nss_account_note_root(&root);
	assert_int_equal(name_of(1000, &found), -ENOENT);
	assert_int_equal(uid_of("alice", &found), -ENOENT);
	assert_int_equal(inject_calls(INJECT_GETPWUID) + inject_calls(INJECT_GETPWNAM), 0);
	inject_path("/", "/");
	assert_int_equal(name_of(1000, &found), 0);
}

static void the_root_is_examined_once(void **state)
{
	(void)state;
	root = (struct nss_root){ 0 };
	(void)inject_reset(NULL);
	for (int i = 0; i < 3; i++)
		nss_account_note_root(&root);
	assert_int_equal(inject_calls(INJECT_STAT), 1);
}

static void no_service_is_asked_before_the_root_is_noted(void **state)
{
	struct subid_owner found;

	(void)state;
	root = (struct nss_root){ 0 };
	assert_int_equal(name_of(1000, &found), -ENOENT);
	assert_int_equal(uid_of("alice", &found), -ENOENT);
	assert_int_equal(inject_calls(INJECT_GETPWUID) + inject_calls(INJECT_GETPWNAM), 0);
}

static void no_service_is_asked_if_the_root_cannot_be_examined(void **state)
{
	struct subid_owner found;

	(void)state;
	root = (struct nss_root){ 0 };
	inject_fail(INJECT_STAT, INJECT_EVERY, EACCES);
	nss_account_note_root(&root);
	assert_int_equal(root.state, 0);
	assert_int_equal(name_of(1000, &found), -ENOENT);
	assert_int_equal(inject_calls(INJECT_GETPWUID), 0);
}

int main(void)
{
#define ACCOUNT_TEST(name) cmocka_unit_test_setup(name, account_setup)
	static const struct CMUnitTest tests[] = {
		ACCOUNT_TEST(a_uid_and_a_name_find_each_other),
		ACCOUNT_TEST(a_fault_is_absence_for_a_name_and_an_error_for_a_uid),
		ACCOUNT_TEST(a_record_without_a_name_is_no_account),
		ACCOUNT_TEST(a_name_counts_only_if_getpwnam_gives_its_uid_back),
		ACCOUNT_TEST(a_name_counts_only_in_the_services_own_spelling),
		ACCOUNT_TEST(an_account_whose_name_is_a_number_is_ignored),
		ACCOUNT_TEST(an_account_name_that_cannot_be_an_owner_is_ignored),
		ACCOUNT_TEST(an_account_that_takes_more_than_1024_bytes_is_ignored),
		ACCOUNT_TEST(no_service_is_asked_for_a_name_in_the_form_of_our_records),
		ACCOUNT_TEST(no_service_is_asked_for_a_uid_that_is_delegated),
		ACCOUNT_TEST(a_database_fault_is_absence_for_a_name_and_an_error_for_a_uid),
		ACCOUNT_TEST(no_service_is_asked_in_another_root),
		ACCOUNT_TEST(the_root_is_examined_once),
		ACCOUNT_TEST(no_service_is_asked_before_the_root_is_noted),
		ACCOUNT_TEST(no_service_is_asked_if_the_root_cannot_be_examined),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
