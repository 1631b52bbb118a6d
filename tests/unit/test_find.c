/* SPDX-License-Identifier: BSD-3-Clause */
#include "find.h"

#include <errno.h>

#include "check.h"
#include "inject.h"
#include "scratch.h"

static int account_name(const struct subid_host *host, uint32_t uid, char *ret_name, size_t size)
{
	(void)host;
	if (uid != 1000)
		return -ENOENT;
	assert_in_range(sizeof("alice"), 0, size);
	(void)strcpy(ret_name, "alice");
	return 0;
}

static int account_uid(const struct subid_host *host, const char *name, uint32_t *ret_uid)
{
	(void)host;
	if (strcmp(name, "alice") != 0)
		return -ENOENT;
	*ret_uid = 1000;
	return 0;
}

static const struct subid_host host = {
	.databases = {
		[SUBID_UID] = { "subuid", NULL, SUBID_UID },
		[SUBID_GID] = { "subgid", NULL, SUBID_GID },
	},
	.nsswitch = "no-nsswitch.conf",
	.account_name = account_name,
	.account_uid = account_uid,
};

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
	struct nss_found found;

	(void)state;
	scratch_write("subuid", "alice:0:4294967295\nalice:4294967295:1\n");
	for (size_t i = 0; i < COUNT_OF(reserved); i++) {
		assert_int_equal(nss_find_by_id(&host, SUBID_UID, reserved[i], &found), -ENOENT);
		assert_int_equal(nss_find_by_name(&host, SUBID_UID, names[i], &found), -ENOENT);
	}
	assert_int_equal(inject_calls(INJECT_OPEN), 0);
	assert_int_equal(nss_find_by_id(&host, SUBID_UID, 1, &found), 0);
	assert_int_equal(found.position, 1);
}

static void names_of_others_are_refused_before_any_file_is_touched(void **state)
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
	struct nss_found found;

	(void)state;
	scratch_write("subuid", "alice:100000:10\n");
	for (size_t i = 0; i < COUNT_OF(names); i++)
		check_int(names[i], nss_find_by_name(&host, SUBID_UID, names[i], &found), -ENOENT);
	assert_int_equal(inject_calls(INJECT_OPEN), 0);
}

static void a_name_finds_what_its_id_finds(void **state)
{
	struct nss_found by_id, by_name;

	(void)state;
	scratch_write("subuid", "a-b.c:300000:1000\nalice:100000:10\n");
	assert_int_equal(nss_find_by_id(&host, SUBID_UID, 300999, &by_id), 0);
	assert_int_equal(nss_find_by_name(&host, SUBID_UID, "subuid-a-b.c-300999", &by_name), 0);
	assert_string_equal(by_id.owner.name, "a-b.c");
	assert_string_equal(by_name.owner.name, "a-b.c");
	assert_int_equal(by_id.id, 300999);
	assert_int_equal(by_name.id, 300999);
	assert_int_equal(by_id.position, 999);
	assert_int_equal(by_name.position, 999);
	assert_int_equal(nss_find_by_name(&host, SUBID_UID, "subuid-a-b.c-100001", &by_name),
			 -ENOENT);
}

static void an_owner_with_an_account_is_found_by_its_name_alone(void **state)
{
	static const char *const files[] = {
		"1000:100000:10\n",
		"alice:100000:10\n",
		"1000:100000:5\nalice:100005:5\n",
	};
	struct nss_found found;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		scratch_write("subuid", files[i]);
		check_int(files[i],
			  nss_find_by_name(&host, SUBID_UID, "subuid-alice-100007", &found), 0);
		check_int(files[i], (intmax_t)found.position, 7);
		check_int(files[i],
			  nss_find_by_name(&host, SUBID_UID, "subuid-1000-100007", &found),
			  -ENOENT);
	}

	scratch_write("subuid", "1001:100000:10\n");
	assert_int_equal(nss_find_by_name(&host, SUBID_UID, "subuid-1001-100007", &found), 0);
	assert_string_equal(found.owner.name, "1001");
}

static void every_owner_of_an_id_has_a_name_for_it(void **state)
{
	struct nss_found found;

	(void)state;
	scratch_write("subuid", "bob:100000:10\ncarol:100000:10\n");
	assert_int_equal(nss_find_by_id(&host, SUBID_UID, 100007, &found), 0);
	assert_string_equal(found.owner.name, "bob");
	assert_int_equal(nss_find_by_name(&host, SUBID_UID, "subuid-bob-100007", &found), 0);
	assert_int_equal(nss_find_by_name(&host, SUBID_UID, "subuid-carol-100007", &found), 0);
	assert_string_equal(found.owner.name, "carol");
	assert_int_equal(nss_find_by_name(&host, SUBID_UID, "subuid-dave-100007", &found), -ENOENT);
}

static void faults_are_handed_up(void **state)
{
	struct nss_found found;

	(void)state;
	scratch_write("subgid", "alice:100000:10\n");
	/* Find out which source there is, first. */
	assert_int_equal(nss_find_by_id(&host, SUBID_GID, 100001, &found), 0);
	inject_fail(INJECT_READ, INJECT_EVERY, EIO);
	assert_int_equal(nss_find_by_id(&host, SUBID_GID, 100001, &found), -EIO);
	assert_int_equal(nss_find_by_name(&host, SUBID_GID, "subgid-alice-100001", &found), -EIO);
}

int main(void)
{
#define FIND_TEST(name) cmocka_unit_test_setup(name, inject_reset)
	static const struct CMUnitTest tests[] = {
		FIND_TEST(reserved_ids_are_root_nobody_and_minus_one),
		FIND_TEST(reserved_ids_are_refused_before_any_file_is_touched),
		FIND_TEST(names_of_others_are_refused_before_any_file_is_touched),
		FIND_TEST(a_name_finds_what_its_id_finds),
		FIND_TEST(an_owner_with_an_account_is_found_by_its_name_alone),
		FIND_TEST(every_owner_of_an_id_has_a_name_for_it),
		FIND_TEST(faults_are_handed_up),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
