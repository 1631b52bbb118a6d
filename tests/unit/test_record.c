/* SPDX-License-Identifier: BSD-3-Clause */
#include "record.h"

#include <errno.h>
#include <stdlib.h>

#include "check.h"

#define UNTOUCHED 0x5a

static struct nss_id id_of(const char *owner, uint32_t id)
{
	struct nss_id ret = { .id = id, .position = 5, .gid = 500005 };

	assert_int_equal(subid_owner_set(&ret.owner, owner, strlen(owner)), 0);
	return ret;
}

static const struct {
	enum subid_kind kind;
	const char *name, *owner;
	uint32_t id;
} names[] = {
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

/* Returns the name in a record of this kind. */
static const char *name_in_record(enum subid_kind kind, const struct nss_id *id, char buf[256])
{
	struct passwd pwd;
	struct group grp;

	if (kind == SUBID_UID) {
		assert_int_equal(nss_record_passwd(id, &pwd, buf, 256), 0);
		return pwd.pw_name;
	}
	assert_int_equal(nss_record_group(id, &grp, buf, 256), 0);
	return grp.gr_name;
}

static void a_name_is_prefix_owner_and_id(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const struct nss_id id = id_of(names[i].owner, names[i].id);
		char buf[256];

		check_text("the name written", name_in_record(names[i].kind, &id, buf),
			   names[i].name);
	}
}

static void parsing_a_name_is_the_inverse_of_writing_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct subid_owner owner;
		uint32_t id = 77;

		memset(&owner, UNTOUCHED, sizeof(owner));
		check_int(names[i].name,
			  nss_record_parse_name(names[i].kind, names[i].name, &owner, &id), 0);
		check_text(names[i].name, owner.text, names[i].owner);
		check_int(names[i].name, (intmax_t)owner.len, (intmax_t)strlen(names[i].owner));
		check_int(names[i].name, id, names[i].id);
	}
}

static void parsing_refuses_a_name_that_no_record_has(void **state)
{
	static const struct {
		enum subid_kind kind;
		const char *name, *reason;
	} rows[] = {
		{ SUBID_UID, "", "an empty name" },
		{ SUBID_UID, "root", "another account" },
		{ SUBID_UID, "subuid", "less than the prefix" },
		{ SUBID_UID, "subuid-", "the prefix alone" },
		{ SUBID_UID, "subuid--", "an empty owner and an empty ID" },
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
		{ SUBID_UID, "subuid-alice-18446744073709551617", "2^64 + 1, which wraps to 1" },
		{ SUBID_UID, "subuid-al/ice-1", "a path" },
		{ SUBID_UID, "subuid-..-1", "the directory above" },
		{ SUBID_UID, "subuid-al:ice-1", "a colon" },
		{ SUBID_UID, "subuid- alice-1", "a blank before the owner" },
		{ SUBID_UID, "subuid-al\x1bice-1", "a control character" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct nss_id bob = id_of("bob", 77);

		check_int(rows[i].reason,
			  nss_record_parse_name(rows[i].kind, rows[i].name, &bob.owner, &bob.id),
			  -ENOENT);
		check_text(rows[i].reason, bob.owner.text, "bob");
		check_int(rows[i].reason, bob.id, 77);
	}
}

static void parsing_refuses_an_owner_longer_than_any_line(void **state)
{
	static char name[SUBID_OWNER_MAX_BYTES + sizeof("subuid--1") + 1];
	static char longest[SUBID_OWNER_MAX_BYTES + 1];
	struct subid_owner owner;
	uint32_t id;

	(void)state;
	memset(longest, 'a', SUBID_OWNER_MAX_BYTES);

	(void)strcat(strcat(strcpy(name, "subuid-"), longest), "-1");
	assert_int_equal(nss_record_parse_name(SUBID_UID, name, &owner, &id), 0);
	assert_string_equal(owner.text, longest);

	(void)strcat(strcat(strcpy(name, "subuid-"), longest), "a-1");
	assert_int_equal(nss_record_parse_name(SUBID_UID, name, &owner, &id), -ENOENT);
}

static void a_name_is_ours_if_it_begins_with_the_whole_prefix(void **state)
{
	(void)state;
	assert_true(nss_record_name_is_ours(SUBID_UID, "subuid-"));
	assert_true(nss_record_name_is_ours(SUBID_UID, "subuid-alice-1"));
	assert_true(nss_record_name_is_ours(SUBID_GID, "subgid-alice-1"));
	assert_false(nss_record_name_is_ours(SUBID_UID, "subgid-alice-1"));
	assert_false(nss_record_name_is_ours(SUBID_GID, "subuid-alice-1"));
	assert_false(nss_record_name_is_ours(SUBID_UID, "subuid"));
	assert_false(nss_record_name_is_ours(SUBID_UID, ""));
}

static void passwd_has_every_field(void **state)
{
	struct nss_id alice = id_of("alice", 100005);
	struct passwd pwd;
	char buf[256];

	(void)state;
	alice.position = UINT64_C(4294967296);
	assert_int_equal(nss_record_passwd(&alice, &pwd, buf, sizeof(buf)), 0);
	assert_string_equal(pwd.pw_name, "subuid-alice-100005");
	assert_string_equal(pwd.pw_passwd, "x");
	assert_int_equal(pwd.pw_uid, 100005);
	assert_int_equal(pwd.pw_gid, 500005);
	assert_string_equal(pwd.pw_gecos, "Subordinate UID 4294967296 of alice");
	assert_string_equal(pwd.pw_dir, "/");
	assert_string_equal(pwd.pw_shell, NSS_SUBID_NOLOGIN);
}

static void group_has_every_field_and_no_member(void **state)
{
	const struct nss_id alice = id_of("alice", 100005);
	struct group grp;
	char buf[256];

	(void)state;
	assert_int_equal(nss_record_group(&alice, &grp, buf, sizeof(buf)), 0);
	assert_string_equal(grp.gr_name, "subgid-alice-100005");
	assert_string_equal(grp.gr_passwd, "x");
	assert_int_equal(grp.gr_gid, 100005);
	assert_non_null(grp.gr_mem);
	assert_null(grp.gr_mem[0]);
}

static size_t passwd_bytes(void)
{
	return sizeof("subuid-alice-100005") + sizeof("x") + sizeof("Subordinate UID 5 of alice") +
	       sizeof("/") + sizeof(NSS_SUBID_NOLOGIN);
}

/*
 * The buffer is followed by one byte, which must stay untouched, and then by the end of the heap
 * block, where a sanitizer notices an access.
 */
static void check_passwd_in(size_t len, size_t shift)
{
	const struct nss_id alice = id_of("alice", 100005);
	struct passwd pwd, before;
	char *block = (char *)malloc(shift + len + 1), *buf = block + shift;
	int r;

	assert_non_null(block);
	buf[len] = UNTOUCHED;
	memset(&pwd, UNTOUCHED, sizeof(pwd));
	memcpy(&before, &pwd, sizeof(before));
	errno = EXDEV;
	r = nss_record_passwd(&alice, &pwd, buf, len);
	assert_int_equal(errno, EXDEV);
	assert_int_equal(buf[len], UNTOUCHED);

	if (len < passwd_bytes()) {
		assert_int_equal(r, -ERANGE);
		assert_memory_equal(&pwd, &before, sizeof(pwd));
	} else {
		const char *const texts[] = {
			pwd.pw_name, pwd.pw_passwd, pwd.pw_gecos, pwd.pw_dir, pwd.pw_shell,
		};

		assert_int_equal(r, 0);
		for (size_t i = 0; i < COUNT_OF(texts); i++)
			assert_in_range((uintptr_t)texts[i], (uintptr_t)buf,
					(uintptr_t)buf + len - strlen(texts[i]) - 1);
	}
	free(block);
}

static void passwd_fits_a_buffer_of_its_exact_size_and_no_smaller_one(void **state)
{
	(void)state;
	for (size_t shift = 0; shift < _Alignof(max_align_t); shift++)
		for (size_t len = 0; len <= passwd_bytes() + 1; len++)
			check_passwd_in(len, shift);
}

static void check_group_in(size_t len, size_t shift)
{
	const struct nss_id alice = id_of("alice", 100005);
	size_t need = (_Alignof(char *) - shift % _Alignof(char *)) % _Alignof(char *) +
		      sizeof(char *) + sizeof("subgid-alice-100005") + sizeof("x");
	struct group grp, before;
	char *block = (char *)malloc(shift + len + 1), *buf = block + shift;
	int r;

	assert_non_null(block);
	buf[len] = UNTOUCHED;
	memset(&grp, UNTOUCHED, sizeof(grp));
	memcpy(&before, &grp, sizeof(before));
	errno = EXDEV;
	r = nss_record_group(&alice, &grp, buf, len);
	assert_int_equal(errno, EXDEV);
	assert_int_equal(buf[len], UNTOUCHED);

	if (len < need) {
		assert_int_equal(r, -ERANGE);
		assert_memory_equal(&grp, &before, sizeof(grp));
	} else {
		assert_int_equal(r, 0);
		assert_int_equal((uintptr_t)grp.gr_mem % _Alignof(char *), 0);
		assert_in_range((uintptr_t)grp.gr_mem, (uintptr_t)buf,
				(uintptr_t)buf + len - sizeof(char *));
		assert_in_range((uintptr_t)grp.gr_name, (uintptr_t)buf,
				(uintptr_t)buf + len - strlen(grp.gr_name) - 1);
		assert_in_range((uintptr_t)grp.gr_passwd, (uintptr_t)buf,
				(uintptr_t)buf + len - strlen(grp.gr_passwd) - 1);
	}
	free(block);
}

static void group_fits_a_buffer_of_its_exact_size_and_no_smaller_one(void **state)
{
	(void)state;
	for (size_t shift = 0; shift < _Alignof(max_align_t); shift++)
		for (size_t len = 0; len <= 64; len++)
			check_group_in(len, shift);
}

static void shadow_is_locked_and_expired(void **state)
{
	const struct nss_id alice = id_of("alice", 100005);
	struct spwd spwd;
	char buf[256];

	(void)state;
	assert_int_equal(nss_record_shadow(&alice, &spwd, buf, sizeof(buf)), 0);
	assert_string_equal(spwd.sp_namp, "subuid-alice-100005");
	assert_string_equal(spwd.sp_pwdp, "!*");
	assert_int_equal(spwd.sp_expire, 1);
	assert_int_equal(spwd.sp_lstchg, -1);
	assert_int_equal(spwd.sp_min, -1);
	assert_int_equal(spwd.sp_max, -1);
	assert_int_equal(spwd.sp_warn, -1);
	assert_int_equal(spwd.sp_inact, -1);
	assert_true(spwd.sp_flag == ~0UL);
}

static void check_shadow_in(size_t len, size_t shift)
{
	const struct nss_id alice = id_of("alice", 100005);
	size_t need = sizeof("subuid-alice-100005") + sizeof("!*");
	struct spwd spwd, before;
	char *block = (char *)malloc(shift + len + 1), *buf = block + shift;
	int r;

	assert_non_null(block);
	buf[len] = UNTOUCHED;
	memset(&spwd, UNTOUCHED, sizeof(spwd));
	memcpy(&before, &spwd, sizeof(before));
	errno = EXDEV;
	r = nss_record_shadow(&alice, &spwd, buf, len);
	assert_int_equal(errno, EXDEV);
	assert_int_equal(buf[len], UNTOUCHED);

	if (len < need) {
		assert_int_equal(r, -ERANGE);
		assert_memory_equal(&spwd, &before, sizeof(spwd));
	} else {
		assert_int_equal(r, 0);
		assert_in_range((uintptr_t)spwd.sp_namp, (uintptr_t)buf,
				(uintptr_t)buf + len - strlen(spwd.sp_namp) - 1);
		assert_in_range((uintptr_t)spwd.sp_pwdp, (uintptr_t)buf,
				(uintptr_t)buf + len - strlen(spwd.sp_pwdp) - 1);
	}
	free(block);
}

static void shadow_fits_a_buffer_of_its_exact_size_and_no_smaller_one(void **state)
{
	(void)state;
	for (size_t shift = 0; shift < _Alignof(max_align_t); shift++)
		for (size_t len = 0; len <= 32; len++)
			check_shadow_in(len, shift);
}

static void a_buffer_of_no_bytes_is_too_small(void **state)
{
	const struct nss_id alice = id_of("alice", 100005);
	struct passwd pwd;
	struct group grp;
	struct spwd spwd;

	(void)state;
	assert_int_equal(nss_record_passwd(&alice, &pwd, NULL, 0), -ERANGE);
	assert_int_equal(nss_record_group(&alice, &grp, NULL, 0), -ERANGE);
	assert_int_equal(nss_record_shadow(&alice, &spwd, NULL, 0), -ERANGE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_prefix_owner_and_id),
		cmocka_unit_test(parsing_a_name_is_the_inverse_of_writing_it),
		cmocka_unit_test(parsing_refuses_a_name_that_no_record_has),
		cmocka_unit_test(parsing_refuses_an_owner_longer_than_any_line),
		cmocka_unit_test(a_name_is_ours_if_it_begins_with_the_whole_prefix),
		cmocka_unit_test(passwd_has_every_field),
		cmocka_unit_test(group_has_every_field_and_no_member),
		cmocka_unit_test(passwd_fits_a_buffer_of_its_exact_size_and_no_smaller_one),
		cmocka_unit_test(group_fits_a_buffer_of_its_exact_size_and_no_smaller_one),
		cmocka_unit_test(shadow_is_locked_and_expired),
		cmocka_unit_test(shadow_fits_a_buffer_of_its_exact_size_and_no_smaller_one),
		cmocka_unit_test(a_buffer_of_no_bytes_is_too_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
