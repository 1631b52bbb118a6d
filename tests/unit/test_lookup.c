/* SPDX-License-Identifier: BSD-3-Clause */
#include "lookup.h"

#include <errno.h>

#include "check.h"
#include "inject.h"
#include "scratch.h"

static struct nss_host host;

/* There are two accounts: alice with UID 1000, and a-b.c with UID 1002. */
static int lookup_setup(void **state)
{
	memset(&host, 0, sizeof(host));
	nss_account_note_root(&host.root);
	(void)inject_reset(state);
	inject_account("alice", 1000);
	inject_account("a-b.c", 1002);
	scratch_write("nsswitch.conf", "passwd: files subid\n");
	scratch_write("subuid", "");
	scratch_write("subgid", "");
	host.nsswitch = "nsswitch.conf";
	host.databases[SUBID_UID].path = "subuid";
	host.databases[SUBID_GID].path = "subgid";
	return 0;
}

static void check_user(const char *reason, const struct nss_id *found, const char *owner,
		       uint64_t position, uint32_t gid)
{
	check_text(reason, found->owner.text, owner);
	check_int(reason, (intmax_t)found->position, (intmax_t)position);
	check_int(reason, found->gid, gid);
}

static const uint32_t reserved[] = { 0, 65534, 65535, UINT32_MAX };

static void reserved_ids_are_root_nobody_and_minus_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(reserved); i++) {
		assert_true(nss_id_is_reserved(reserved[i]));
		assert_int_equal(nss_id_is_reserved(reserved[i] + 1),
				 reserved[i] == 65534 || reserved[i] == UINT32_MAX);
		assert_int_equal(nss_id_is_reserved(reserved[i] - 1),
				 reserved[i] == 65535 || reserved[i] == 0);
	}
}

static void reserved_ids_are_refused_before_any_file_is_touched(void **state)
{
	static const char *const names[] = {
		"subuid-alice-0",
		"subuid-alice-65534",
		"subuid-alice-65535",
		"subuid-alice-4294967295",
	};
	struct nss_id found;

	(void)state;
	scratch_write("subuid", "alice:0:4294967295\nalice:4294967295:1\n");
	for (size_t i = 0; i < COUNT_OF(reserved); i++) {
		assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, reserved[i], &found), -ENOENT);
		assert_int_equal(nss_lookup_by_name(&host, SUBID_UID, names[i], &found), -ENOENT);
	}
	assert_int_equal(inject_calls(INJECT_OPEN), 0);
	assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, 1, &found), 0);
	assert_int_equal(found.position, 1);
}

static void names_that_are_not_ours_are_refused_before_any_file_is_touched(void **state)
{
	static const char *const names[] = {
		"",
		"root",
		"subuid",
		"subuid-",
		"subuid-alice",
		"subuid-alice-",
		"subgid-alice-100001",
		"subuid-alice-0100001",
		"subuid-alice-4294967296",
	};
	struct nss_id found;

	(void)state;
	scratch_write("subuid", "alice:100000:10\n");
	for (size_t i = 0; i < COUNT_OF(names); i++)
		check_int(names[i], nss_lookup_by_name(&host, SUBID_UID, names[i], &found),
			  -ENOENT);
	assert_int_equal(inject_calls(INJECT_OPEN), 0);
}

static void a_name_finds_what_its_id_finds(void **state)
{
	struct nss_id by_id, by_name;

	(void)state;
	scratch_write("subuid", "alice:300000:1000\nbob:100000:10\nalice:200000:10\n");
	scratch_write("subgid", "bob:500000:10\nalice:600000:1005\n");
	assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, 200003, &by_id), 0);
	assert_int_equal(nss_lookup_by_name(&host, SUBID_UID, "subuid-alice-200003", &by_name), 0);
	check_user("by ID", &by_id, "alice", 1003, 601003);
	check_user("by name", &by_name, "alice", 1003, 601003);
	assert_int_equal(by_id.id, 200003);
	assert_int_equal(by_name.id, 200003);
	assert_int_equal(nss_lookup_by_name(&host, SUBID_UID, "subuid-alice-100001", &by_name),
			 -ENOENT);

	assert_int_equal(nss_lookup_by_id(&host, SUBID_GID, 500003, &by_id), 0);
	assert_int_equal(nss_lookup_by_name(&host, SUBID_GID, "subgid-bob-500003", &by_name), 0);
	assert_string_equal(by_id.owner.text, "bob");
	assert_string_equal(by_name.owner.text, "bob");
}

static void a_user_without_a_gid_has_gid_65534(void **state)
{
	static const struct {
		const char *reason, *subgid;
		uint32_t gid;
	} rows[] = {
		{ "an empty file", "", 65534 },
		{ "fewer GIDs than UIDs", "alice:500000:5\n", 65534 },
		{ "GID 0", "alice:4294967290:6\nalice:0:1\n", 65534 },
		{ "another owner's GIDs", "bob:500000:10\n", 65534 },
		{ "the account's UID instead of its name", "1000:500000:10\n", 65534 },
		{ "enough GIDs", "alice:500000:7\n", 500006 },
	};
	struct nss_id found;

	(void)state;
	scratch_write("subuid", "alice:100000:10\n");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		scratch_write("subgid", rows[i].subgid);
		check_int(rows[i].reason, nss_lookup_by_id(&host, SUBID_UID, 100006, &found), 0);
		check_user(rows[i].reason, &found, "alice", 6, rows[i].gid);
	}
}

static void every_owner_of_an_id_has_a_name_for_it(void **state)
{
	struct nss_id found;

	(void)state;
	scratch_write("subuid", "bob:100000:10\ncarol:100000:10\n");
	assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, 100007, &found), 0);
	assert_string_equal(found.owner.text, "bob");
	assert_int_equal(nss_lookup_by_name(&host, SUBID_UID, "subuid-bob-100007", &found), 0);
	assert_int_equal(nss_lookup_by_name(&host, SUBID_UID, "subuid-carol-100007", &found), 0);
	assert_string_equal(found.owner.text, "carol");
	assert_int_equal(nss_lookup_by_name(&host, SUBID_UID, "subuid-dave-100007", &found),
			 -ENOENT);
}

static void a_number_is_shown_as_its_accounts_name(void **state)
{
	struct nss_id found;

	(void)state;
	scratch_write("subuid", "1002:300000:1000\n4711:400000:10\n");
	scratch_write("subgid", "1002:700000:1000\n");
	assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, 300005, &found), 0);
	check_user("by ID", &found, "a-b.c", 5, 700005);
	assert_int_equal(nss_lookup_by_name(&host, SUBID_UID, "subuid-a-b.c-300005", &found), 0);
	check_user("by the account's name", &found, "a-b.c", 5, 700005);
	assert_int_equal(nss_lookup_by_name(&host, SUBID_UID, "subuid-1002-300005", &found), 0);
	check_user("by the number", &found, "1002", 5, 700005);

	assert_int_equal(nss_lookup_by_id(&host, SUBID_GID, 700005, &found), 0);
	assert_string_equal(found.owner.text, "a-b.c");
	assert_int_equal(nss_lookup_by_name(&host, SUBID_GID, "subgid-a-b.c-700005", &found), 0);
	assert_string_equal(found.owner.text, "a-b.c");

	assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, 400003, &found), 0);
	check_user("no account", &found, "4711", 3, 65534);
	assert_int_equal(nss_lookup_by_name(&host, SUBID_UID, "subuid-alice-300005", &found),
			 -ENOENT);
}

static void a_number_and_a_name_are_two_owners(void **state)
{
	struct nss_id found;

	(void)state;
	scratch_write("subuid", "alice:100000:10\n1000:200000:10\n");
	scratch_write("subgid", "1000:600000:20\n");
	assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, 100003, &found), 0);
	check_user("the owner alice", &found, "alice", 3, 65534);
	assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, 200003, &found), 0);
	check_user("the owner 1000, shown as alice", &found, "alice", 3, 600003);
}

static void a_number_is_shown_if_the_accounts_name_would_give_another_record(void **state)
{
	struct nss_id found;

	(void)state;
	scratch_write("subuid", "1000:100000:10\nalice:500000:7\nalice:100000:10\n");
	scratch_write("subgid", "1000:600000:10\nalice:700000:17\n");
	assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, 100003, &found), 0);
	check_user("by ID", &found, "1000", 3, 600003);
	assert_int_equal(nss_lookup_by_name(&host, SUBID_UID, "subuid-alice-100003", &found), 0);
	check_user("by the name of the owner alice", &found, "alice", 10, 700010);
}

static void a_fault_of_an_account_service_changes_only_the_spelling(void **state)
{
	static const int faults[] = { ENOENT, EIO, EMFILE, ENOMEM, ERANGE, EAGAIN };
	struct nss_id found;

	(void)state;
	scratch_write("subuid", "1000:200000:10\n");
	scratch_write("subgid", "1000:600000:20\n");
	for (size_t i = 0; i < COUNT_OF(faults); i++) {
		inject_fail(INJECT_GETPWUID, INJECT_EVERY, faults[i]);
		check_int(strerror(faults[i]), nss_lookup_by_id(&host, SUBID_UID, 200003, &found),
			  0);
		check_user(strerror(faults[i]), &found, "1000", 3, 600003);
		check_int(strerror(faults[i]),
			  nss_lookup_by_name(&host, SUBID_UID, "subuid-1000-200003", &found), 0);
		check_user(strerror(faults[i]), &found, "1000", 3, 600003);
	}
}

static void no_account_service_is_asked_if_no_owner_is_a_number(void **state)
{
	struct nss_id found;

	(void)state;
	scratch_write("subuid", "alice:100000:10\n");
	assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, 100003, &found), 0);
	assert_int_equal(nss_lookup_by_name(&host, SUBID_UID, "subuid-alice-100003", &found), 0);
	assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, 4711, &found), -ENOENT);
	assert_int_equal(nss_lookup_by_name(&host, SUBID_UID, "subuid-alice-4711", &found),
			 -ENOENT);
	assert_int_equal(inject_calls(INJECT_GETPWUID) + inject_calls(INJECT_GETPWNAM), 0);
}

static void no_database_is_read_if_nsswitch_conf_names_another_source(void **state)
{
	struct nss_id found;

	(void)state;
	scratch_write("nsswitch.conf", "subid: sss\n");
	scratch_write("subuid", "alice:100000:10\n");
	assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, 100003, &found), -ENOENT);
	assert_int_equal(nss_lookup_by_name(&host, SUBID_UID, "subuid-alice-100003", &found),
			 -ENOENT);
	assert_int_equal(nss_lookup_by_id(&host, SUBID_GID, 100003, &found), -ENOENT);
	assert_int_equal(inject_calls(INJECT_OPEN), 1);
}

static void the_source_is_read_once(void **state)
{
	struct nss_id found;

	(void)state;
	scratch_write("nsswitch.conf", "subid: files\n");
	scratch_write("subuid", "alice:100000:10\n");
	assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, 100003, &found), 0);
	scratch_write("nsswitch.conf", "subid: sss\n");
	assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, 100003, &found), 0);

	/* Without the path of an nsswitch.conf, the files are the source. */
	host.source = 0;
	host.nsswitch = NULL;
	assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, 100003, &found), 0);
}

static void a_source_that_could_not_be_read_is_read_again(void **state)
{
	struct nss_id found;

	(void)state;
	scratch_write("nsswitch.conf", "subid: sss\n");
	scratch_write("subuid", "alice:100000:10\n");
	inject_fail(INJECT_READ, 1, EIO);
	assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, 100003, &found), -EIO);
	inject_fail(INJECT_READ, 1, 0);
	assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, 100003, &found), -ENOENT);
}

static void faults_of_either_file_are_returned(void **state)
{
	struct nss_id found;

	(void)state;
	scratch_write("subuid", "alice:100000:10\n");
	scratch_write("subgid", "alice:100000:10\n");
	assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, 100001, &found), 0);
	/* nsswitch.conf has been read now; subuid is opened next, then subgid. */
	for (unsigned int nth = 1; nth <= 2; nth++) {
		(void)inject_reset(NULL);
		inject_fail(INJECT_OPEN, nth, EMFILE);
		assert_int_equal(nss_lookup_by_id(&host, SUBID_UID, 100001, &found), -EMFILE);
		(void)inject_reset(NULL);
		inject_fail(INJECT_OPEN, nth, EMFILE);
		assert_int_equal(
			nss_lookup_by_name(&host, SUBID_UID, "subuid-alice-100001", &found),
			-EMFILE);
	}
	(void)inject_reset(NULL);
	inject_fail(INJECT_READ, INJECT_EVERY, EIO);
	assert_int_equal(nss_lookup_by_id(&host, SUBID_GID, 100001, &found), -EIO);
	assert_int_equal(nss_lookup_by_name(&host, SUBID_GID, "subgid-alice-100001", &found), -EIO);
}

int main(void)
{
#define LOOKUP_TEST(name) cmocka_unit_test_setup(name, lookup_setup)
	static const struct CMUnitTest tests[] = {
		LOOKUP_TEST(reserved_ids_are_root_nobody_and_minus_one),
		LOOKUP_TEST(reserved_ids_are_refused_before_any_file_is_touched),
		LOOKUP_TEST(names_that_are_not_ours_are_refused_before_any_file_is_touched),
		LOOKUP_TEST(a_name_finds_what_its_id_finds),
		LOOKUP_TEST(a_user_without_a_gid_has_gid_65534),
		LOOKUP_TEST(every_owner_of_an_id_has_a_name_for_it),
		LOOKUP_TEST(a_number_is_shown_as_its_accounts_name),
		LOOKUP_TEST(a_number_and_a_name_are_two_owners),
		LOOKUP_TEST(a_number_is_shown_if_the_accounts_name_would_give_another_record),
		LOOKUP_TEST(a_fault_of_an_account_service_changes_only_the_spelling),
		LOOKUP_TEST(no_account_service_is_asked_if_no_owner_is_a_number),
		LOOKUP_TEST(no_database_is_read_if_nsswitch_conf_names_another_source),
		LOOKUP_TEST(the_source_is_read_once),
		LOOKUP_TEST(a_source_that_could_not_be_read_is_read_again),
		LOOKUP_TEST(faults_of_either_file_are_returned),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
