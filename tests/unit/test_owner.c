/* SPDX-License-Identifier: BSD-3-Clause */
#include "owner.h"

#include <errno.h>

#include "check.h"
#include "named.h"

/* Returns a line whose owner is the first @len bytes of @text. */
static struct subid_line line_of(const char *text, size_t len)
{
	return (struct subid_line){ .owner = text, .owner_len = len };
}

static bool is_owner_of_line(const struct subid_owner *owner, const char *text)
{
	const struct subid_line line = line_of(text, strlen(text));

	return subid_owner_is(owner, &line);
}

static void set_copies_the_text(void **state)
{
	struct subid_owner owner;

	(void)state;
	memset(&owner, 0x5a, sizeof(owner));
	assert_int_equal(subid_owner_set(&owner, "alice:1:1", 5), 0);
	assert_string_equal(owner.text, "alice");
	assert_int_equal(owner.len, 5);
}

static void set_line_copies_the_owner_of_the_line(void **state)
{
	const struct subid_line line = line_of("alice:1:1", 5);
	struct subid_owner owner;

	(void)state;
	memset(&owner, 0x5a, sizeof(owner));
	subid_owner_set_line(&owner, &line);
	assert_string_equal(owner.text, "alice");
	assert_int_equal(owner.len, 5);
	assert_true(subid_owner_is(&owner, &line));
}

static void set_takes_the_longest_owner_of_a_line(void **state)
{
	static char text[SUBID_OWNER_MAX_BYTES + 1];
	struct subid_owner owner = { .len = 0 };

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(subid_owner_set(&owner, text, SUBID_OWNER_MAX_BYTES), 0);
	assert_int_equal(owner.len, SUBID_OWNER_MAX_BYTES);
	assert_int_equal(strlen(owner.text), SUBID_OWNER_MAX_BYTES);
	assert_int_equal(subid_owner_set(&owner, text, sizeof(text)), -EINVAL);
}

static void set_refuses_a_text_that_may_not_be_an_owner(void **state)
{
	static const char *const rows[] = { "", ".", "..", " a", "a ", "a/b", "a\nb", "a:b" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct subid_owner owner = named_owner("alice");

		check_int(rows[i], subid_owner_set(&owner, rows[i], strlen(rows[i])), -EINVAL);
		check_text(rows[i], owner.text, "alice");
		check_int(rows[i], (intmax_t)owner.len, 5);
	}
}

static void set_refuses_a_text_with_a_nul(void **state)
{
	struct subid_owner owner;

	(void)state;
	assert_int_equal(subid_owner_set(&owner, "al\0ice", 6), -EINVAL);
}

static void uid_accepts_canonical_decimal_below_4294967295(void **state)
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
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct subid_owner owner = named_owner(rows[i].text);
		uint32_t uid = 77;

		check_int(rows[i].text, subid_owner_uid(owner.text, owner.len, &uid), rows[i].r);
		check_int(rows[i].text, uid, rows[i].uid);
	}
}

static void owner_is_compares_whole_texts_as_written(void **state)
{
	const struct subid_owner owner = named_owner("alice");
	const struct subid_owner number = named_owner("1000");

	(void)state;
	assert_true(is_owner_of_line(&owner, "alice"));
	assert_false(is_owner_of_line(&owner, "alic"));
	assert_false(is_owner_of_line(&owner, "alice2"));
	assert_false(is_owner_of_line(&owner, "Alice"));
	assert_false(is_owner_of_line(&owner, "bob"));
	assert_true(is_owner_of_line(&number, "1000"));
	assert_false(is_owner_of_line(&number, "01000"));
	assert_false(is_owner_of_line(&number, "100"));
	assert_false(is_owner_of_line(&number, "10000"));
	assert_false(is_owner_of_line(&number, "alice"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_copies_the_text),
		cmocka_unit_test(set_line_copies_the_owner_of_the_line),
		cmocka_unit_test(set_takes_the_longest_owner_of_a_line),
		cmocka_unit_test(set_refuses_a_text_that_may_not_be_an_owner),
		cmocka_unit_test(set_refuses_a_text_with_a_nul),
		cmocka_unit_test(uid_accepts_canonical_decimal_below_4294967295),
		cmocka_unit_test(owner_is_compares_whole_texts_as_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
