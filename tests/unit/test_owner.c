/* SPDX-License-Identifier: BSD-3-Clause */
#include "owner.h"

#include <errno.h>

#include "check.h"

static struct subid_owner owner_of(const char *text)
{
	struct subid_owner owner;

	memset(&owner, 0x5a, sizeof(owner));
	assert_int_equal(subid_owner_set(&owner, text, strlen(text)), 0);
	return owner;
}

static bool has_line(const struct subid_owner *owner, const char *text)
{
	const struct subid_line line = { .owner = text, .owner_len = strlen(text) };

	return subid_owner_is(owner, &line);
}

static void set_copies_the_text_and_knows_no_account(void **state)
{
	struct subid_owner owner;

	(void)state;
	memset(&owner, 0x5a, sizeof(owner));
	assert_int_equal(subid_owner_set(&owner, "alice:1:1", 5), 0);
	assert_string_equal(owner.name, "alice");
	assert_int_equal(owner.name_len, 5);
	assert_int_equal(owner.uid_len, 0);
	assert_false(owner.resolved);
}

static void set_takes_the_longest_owner_of_a_line(void **state)
{
	static char text[SUBID_OWNER_MAX_BYTES + 1];
	struct subid_owner owner = { .name_len = 0 };

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(subid_owner_set(&owner, text, SUBID_OWNER_MAX_BYTES), 0);
	assert_int_equal(strlen(owner.name), SUBID_OWNER_MAX_BYTES);
	assert_int_equal(subid_owner_set(&owner, text, sizeof(text)), -EINVAL);
}

static void set_refuses_what_may_not_name_an_owner(void **state)
{
	static const char *const rows[] = { "", ".", "..", " a", "a ", "a/b", "a\nb", "a:b" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct subid_owner owner = owner_of("alice");

		check_int(rows[i], subid_owner_set(&owner, rows[i], strlen(rows[i])), -EINVAL);
	}
}

static void uid_is_canonical_decimal_below_the_last(void **state)
{
	static const struct {
		const char *text;
		int r;
		uint32_t uid;
	} rows[] = {
		{ "0", 0, 0 },
		{ "1000", 0, 1000 },
		{ "4294967294", 0, 4294967294 },
		{ "4294967295", -EINVAL, 77 },
		{ "4294967296", -EINVAL, 77 },
		{ "01000", -EINVAL, 77 },
		{ "0x3e8", -EINVAL, 77 },
		{ "+1000", -EINVAL, 77 },
		{ "1000a", -EINVAL, 77 },
		{ "alice", -EINVAL, 77 },
		{ "", -EINVAL, 77 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint32_t uid = 77;

		check_int(rows[i].text, subid_owner_uid(rows[i].text, strlen(rows[i].text), &uid),
			  rows[i].r);
		check_int(rows[i].text, uid, rows[i].uid);
	}
}

static void is_compares_whole_names(void **state)
{
	const struct subid_owner owner = owner_of("alice");

	(void)state;
	assert_true(has_line(&owner, "alice"));
	assert_false(has_line(&owner, "alic"));
	assert_false(has_line(&owner, "alice2"));
	assert_false(has_line(&owner, "Alice"));
	assert_false(has_line(&owner, "bob"));
}

static void nobody_owns_no_line(void **state)
{
	const struct subid_owner nobody = { .name_len = 0 };

	(void)state;
	assert_false(has_line(&nobody, "alice"));
	assert_false(has_line(&nobody, "0"));
}

static void is_knows_a_named_owner_by_its_uid(void **state)
{
	struct subid_owner owner = owner_of("alice");

	(void)state;
	assert_false(has_line(&owner, "1000"));
	subid_owner_set_uid(&owner, 1000);
	assert_true(has_line(&owner, "1000"));
	assert_true(has_line(&owner, "alice"));
	assert_false(has_line(&owner, "100"));
	assert_false(has_line(&owner, "10000"));
	assert_false(has_line(&owner, "01000"));
}

static void set_account_gives_a_numeric_owner_its_name(void **state)
{
	struct subid_owner owner = owner_of("4294967294");

	(void)state;
	assert_int_equal(subid_owner_set_account(&owner, "alice"), 0);
	assert_string_equal(owner.name, "alice");
	assert_int_equal(owner.name_len, 5);
	assert_true(has_line(&owner, "alice"));
	assert_true(has_line(&owner, "4294967294"));
}

static void set_account_refuses_a_name_by_which_nobody_finds_the_owner(void **state)
{
	static char overlong[SUBID_OWNER_MAX_BYTES + 10];
	static const struct {
		const char *name, *reason;
	} rows[] = {
		{ "1001", "another UID" },
		{ "1000", "the UID itself" },
		{ "", "no name" },
		{ "a/b", "a path" },
		{ "..", "a directory" },
		{ "a ", "a blank at the end" },
		{ "a\x1b", "a control character" },
		{ overlong, "longer than any owner of a line" },
	};

	(void)state;
	memset(overlong, 'a', sizeof(overlong) - 1);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct subid_owner owner = owner_of("1000");

		check_int(rows[i].reason, subid_owner_set_account(&owner, rows[i].name), -EINVAL);
		check_text(rows[i].reason, owner.name, "1000");
		check_int(rows[i].reason, (intmax_t)owner.name_len, 4);
		check_int(rows[i].reason, (intmax_t)owner.uid_len, 0);
	}
}

static void set_account_takes_a_name_that_only_looks_like_a_uid(void **state)
{
	static const char *const names[] = { "4294967295", "01000", "1000x" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct subid_owner owner = owner_of("1000");

		check_int(names[i], subid_owner_set_account(&owner, names[i]), 0);
		check_text(names[i], owner.name, names[i]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_copies_the_text_and_knows_no_account),
		cmocka_unit_test(set_takes_the_longest_owner_of_a_line),
		cmocka_unit_test(set_refuses_what_may_not_name_an_owner),
		cmocka_unit_test(uid_is_canonical_decimal_below_the_last),
		cmocka_unit_test(is_compares_whole_names),
		cmocka_unit_test(nobody_owns_no_line),
		cmocka_unit_test(is_knows_a_named_owner_by_its_uid),
		cmocka_unit_test(set_account_gives_a_numeric_owner_its_name),
		cmocka_unit_test(set_account_refuses_a_name_by_which_nobody_finds_the_owner),
		cmocka_unit_test(set_account_takes_a_name_that_only_looks_like_a_uid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
