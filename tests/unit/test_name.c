/* SPDX-License-Identifier: BSD-3-Clause */
#include "name.h"

#include <errno.h>

#include "check.h"

static struct subid_owner owner_of(const char *text)
{
	struct subid_owner owner;

	assert_int_equal(subid_owner_set(&owner, text, strlen(text)), 0);
	return owner;
}

static const struct {
	enum subid_kind kind;
	const char *name, *owner;
	uint32_t id;
} inverses[] = {
	{ SUBID_UID, "subuid-ftweedal-100000", "ftweedal", 100000 },
	{ SUBID_GID, "subgid-ftweedal-100000", "ftweedal", 100000 },
	{ SUBID_UID, "subuid-a-0", "a", 0 },
	{ SUBID_UID, "subuid-a-4294967295", "a", UINT32_MAX },
	{ SUBID_UID, "subuid-1000-100000", "1000", 100000 },
	{ SUBID_UID, "subuid-a-b.c-300999", "a-b.c", 300999 },
	{ SUBID_UID, "subuid-a-1-2", "a-1", 2 },
	{ SUBID_UID, "subuid-a--2", "a-", 2 },
	{ SUBID_UID, "subuid----2", "--", 2 },
	{ SUBID_UID, "subuid-a b-2", "a b", 2 },
	{ SUBID_GID, "subgid-AD\\user$@x.org-7", "AD\\user$@x.org", 7 },
	{ SUBID_UID, "subuid-subuid-a-1-2", "subuid-a-1", 2 },
	{ SUBID_GID, "subgid-J\xc3\xb6rg-2", "J\xc3\xb6rg", 2 },
};

static void format_writes_prefix_owner_and_id(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(inverses); i++) {
		const struct subid_owner owner = owner_of(inverses[i].owner);
		char buf[64];
		struct nss_arena arena = { .next = buf, .left = sizeof(buf) };

		check_text("format",
			   nss_name_format(&arena, inverses[i].kind, &owner, inverses[i].id),
			   inverses[i].name);
	}
}

static void parse_is_the_inverse_of_format(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(inverses); i++) {
		struct subid_owner owner;
		uint32_t id = 77;

		memset(&owner, 0x5a, sizeof(owner));
		check_int(inverses[i].name,
			  nss_name_parse(inverses[i].kind, inverses[i].name, &owner, &id), 0);
		check_text(inverses[i].name, owner.name, inverses[i].owner);
		check_int(inverses[i].name, owner.resolved, false);
		check_int(inverses[i].name, id, inverses[i].id);
		assert_true(nss_name_is_of(inverses[i].name, strlen(inverses[i].owner), &owner));
	}
}

static void parse_refuses_any_name_that_format_does_not_write(void **state)
{
	static const struct {
		enum subid_kind kind;
		const char *name, *reason;
	} rows[] = {
		{ SUBID_UID, "", "no name" },
		{ SUBID_UID, "root", "another account" },
		{ SUBID_UID, "subuid", "less than the prefix" },
		{ SUBID_UID, "subuid-", "the prefix alone" },
		{ SUBID_UID, "subuid--", "nobody's nothing" },
		{ SUBID_UID, "subuid-alice", "no ID" },
		{ SUBID_UID, "subuid-alice-", "an empty ID" },
		{ SUBID_UID, "subuid-100000", "no owner" },
		{ SUBID_UID, "subuid--100000", "an empty owner" },
		{ SUBID_UID, "subgid-alice-100000", "a group's prefix" },
		{ SUBID_GID, "subuid-alice-100000", "a user's prefix" },
		{ SUBID_UID, "SUBUID-alice-100000", "another case" },
		{ SUBID_UID, " subuid-alice-100000", "a leading blank" },
		{ SUBID_UID, "xsubuid-alice-100000", "a prefix in the middle" },
		{ SUBID_UID, "subuid-alice-0100000", "a leading zero" },
		{ SUBID_UID, "subuid-alice-00", "two zeros" },
		{ SUBID_UID, "subuid-alice-+1", "a sign" },
		{ SUBID_UID, "subuid-alice-0x10", "hexadecimal" },
		{ SUBID_UID, "subuid-alice-1 ", "a trailing blank" },
		{ SUBID_UID, "subuid-alice-1\n", "a trailing newline" },
		{ SUBID_UID, "subuid-alice-1a", "a trailing letter" },
		{ SUBID_UID, "subuid-alice-4294967296", "2^32" },
		{ SUBID_UID, "subuid-alice-18446744073709551617", "wraps to 1" },
		{ SUBID_UID, "subuid-al/ice-1", "a path" },
		{ SUBID_UID, "subuid-..-1", "the directory above" },
		{ SUBID_UID, "subuid-al:ice-1", "a colon" },
		{ SUBID_UID, "subuid- alice-1", "a blank before the owner" },
		{ SUBID_UID, "subuid-al\x1bice-1", "a control character" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct subid_owner owner = owner_of("bob");
		uint32_t id;

		check_int(rows[i].reason, nss_name_parse(rows[i].kind, rows[i].name, &owner, &id),
			  -ENOENT);
	}
}

static void parse_refuses_an_owner_longer_than_any_line(void **state)
{
	static char name[SUBID_OWNER_MAX_BYTES + sizeof("subuid--1") + 1];
	static char longest[SUBID_OWNER_MAX_BYTES + 1];
	struct subid_owner owner;
	uint32_t id;

	(void)state;
	memset(longest, 'a', SUBID_OWNER_MAX_BYTES);

	(void)strcat(strcat(strcpy(name, "subuid-"), longest), "-1");
	assert_int_equal(nss_name_parse(SUBID_UID, name, &owner, &id), 0);
	assert_string_equal(owner.name, longest);

	(void)strcat(strcat(strcpy(name, "subuid-"), longest), "a-1");
	assert_int_equal(nss_name_parse(SUBID_UID, name, &owner, &id), -ENOENT);
}

static void is_ours_asks_for_the_whole_prefix(void **state)
{
	(void)state;
	assert_true(nss_name_is_ours(SUBID_UID, "subuid-"));
	assert_true(nss_name_is_ours(SUBID_UID, "subuid-alice-1"));
	assert_true(nss_name_is_ours(SUBID_GID, "subgid-alice-1"));
	assert_false(nss_name_is_ours(SUBID_UID, "subgid-alice-1"));
	assert_false(nss_name_is_ours(SUBID_GID, "subuid-alice-1"));
	assert_false(nss_name_is_ours(SUBID_UID, "subuid"));
	assert_false(nss_name_is_ours(SUBID_UID, ""));
}

static void is_of_knows_one_owner_alone(void **state)
{
	static const struct {
		const char *name, *owner;
		bool is;
	} rows[] = {
		{ "subuid-alice-1", "alice", true },   { "subuid-1000-1", "alice", false },
		{ "subuid-1000-1", "1000", true },     { "subuid-alice-1", "alic", false },
		{ "subuid-alice-1", "alice-", false }, { "subuid-alice-1", "alice-1", false },
		{ "subuid-a-1-2", "a", false },	       { "subuid-a-1-2", "a-1", true },
		{ "subuid-alice-1", "ALICE", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct subid_owner owner = owner_of(rows[i].owner);
		struct subid_owner written;
		uint32_t id;

		assert_int_equal(nss_name_parse(SUBID_UID, rows[i].name, &written, &id), 0);
		check_int(rows[i].owner, nss_name_is_of(rows[i].name, written.name_len, &owner),
			  rows[i].is);
	}
}

static void format_needs_room_for_the_last_byte(void **state)
{
	const struct subid_owner owner = owner_of("alice");
	char buf[sizeof("subuid-alice-100000")];

	(void)state;
	for (size_t len = 0; len <= sizeof(buf); len++) {
		struct nss_arena arena = { .next = buf, .left = len };
		const char *name = nss_name_format(&arena, SUBID_UID, &owner, 100000);

		assert_int_equal(name != NULL, len == sizeof(buf));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(format_writes_prefix_owner_and_id),
		cmocka_unit_test(parse_is_the_inverse_of_format),
		cmocka_unit_test(parse_refuses_any_name_that_format_does_not_write),
		cmocka_unit_test(parse_refuses_an_owner_longer_than_any_line),
		cmocka_unit_test(is_ours_asks_for_the_whole_prefix),
		cmocka_unit_test(is_of_knows_one_owner_alone),
		cmocka_unit_test(format_needs_room_for_the_last_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
