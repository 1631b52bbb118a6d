/* SPDX-License-Identifier: BSD-3-Clause */
#include "pack.h"

#include <errno.h>
#include <stdlib.h>

#include "arena.h"
#include "check.h"

#define UNTOUCHED 0x5a

static struct subid_owner alice(void)
{
	struct subid_owner owner;

	assert_int_equal(subid_owner_set(&owner, "alice", 5), 0);
	return owner;
}

static void a_string_is_put_together_piece_by_piece(void **state)
{
	char buf[16];
	struct nss_arena arena = { .next = buf, .left = sizeof(buf) };

	(void)state;
	nss_arena_put(&arena, NSS_TEXT("a"));
	nss_arena_put(&arena, NSS_TEXT(""));
	nss_arena_put_number(&arena, 20);
	nss_arena_put(&arena, NSS_TEXT("bc"));
	assert_ptr_equal(nss_arena_end(&arena, buf), buf);
	assert_string_equal(buf, "a20bc");
	assert_ptr_equal(arena.next, buf + 6);
	assert_int_equal(arena.left, sizeof(buf) - 6);
	assert_string_equal(nss_arena_end(&arena, arena.next), "");
	assert_string_equal(nss_arena_copy(&arena, NSS_TEXT("f")), "f");
	assert_string_equal(buf, "a20bc");
	assert_int_equal(arena.left, sizeof(buf) - 9);
	assert_false(arena.full);
}

static void a_number_that_does_not_fit_is_left_out(void **state)
{
	char buf[4];

	(void)state;
	for (size_t len = 0; len <= sizeof(buf); len++) {
		struct nss_arena arena = { .next = buf, .left = len };

		memset(buf, UNTOUCHED, sizeof(buf));
		nss_arena_put_number(&arena, 1000);
		assert_int_equal(arena.full, len < 4);
		assert_memory_equal(buf, len < 4 ? "ZZZZ" : "1000", 4);
	}
}

static void an_arena_is_used_to_its_last_byte_and_no_further(void **state)
{
	char buf[5];
	struct nss_arena arena = { .next = buf, .left = sizeof(buf) - 1 };

	(void)state;
	memset(buf, UNTOUCHED, sizeof(buf));
	assert_non_null(nss_arena_copy(&arena, NSS_TEXT("abc")));
	assert_int_equal(arena.left, 0);
	assert_false(arena.full);
	assert_null(nss_arena_copy(&arena, NSS_TEXT("")));
	assert_true(arena.full);

	arena = (struct nss_arena){ .next = buf, .left = sizeof(buf) - 1 };
	assert_null(nss_arena_copy(&arena, NSS_TEXT("abcd")));
	assert_null(nss_arena_empty_list(&arena));
	assert_int_equal(buf[4], UNTOUCHED);
}

static void an_empty_list_is_aligned_whatever_the_buffer_is(void **state)
{
	_Alignas(char *) char buf[4 * sizeof(char *)];

	(void)state;
	for (size_t shift = 0; shift < _Alignof(char *); shift++) {
		size_t padding = (_Alignof(char *) - shift) % _Alignof(char *);

		for (size_t len = 0; len <= padding + sizeof(char *); len++) {
			struct nss_arena arena = { .next = buf + shift, .left = len };
			char **list;

			memset(buf, UNTOUCHED, sizeof(buf));
			list = nss_arena_empty_list(&arena);
			if (len < padding + sizeof(char *)) {
				assert_null(list);
				continue;
			}
			assert_ptr_equal(list, buf + shift + padding);
			assert_null(*list);
			assert_int_equal(arena.left, 0);
		}
	}
}

static void passwd_has_every_field(void **state)
{
	const struct subid_owner owner = alice();
	struct passwd pwd;
	char buf[256];

	(void)state;
	assert_int_equal(nss_pack_passwd(&owner, 100005, UINT64_C(4294967296), 500005, &pwd, buf,
					 sizeof(buf)),
			 0);
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
	const struct subid_owner owner = alice();
	struct group grp;
	char buf[256];

	(void)state;
	assert_int_equal(nss_pack_group(&owner, 500005, &grp, buf, sizeof(buf)), 0);
	assert_string_equal(grp.gr_name, "subgid-alice-500005");
	assert_string_equal(grp.gr_passwd, "x");
	assert_int_equal(grp.gr_gid, 500005);
	assert_non_null(grp.gr_mem);
	assert_null(grp.gr_mem[0]);
}

static size_t passwd_bytes(void)
{
	return sizeof("subuid-alice-100005") + sizeof("x") + sizeof("Subordinate UID 5 of alice") +
	       sizeof("/") + sizeof(NSS_SUBID_NOLOGIN);
}

/* All of a heap block, so that a sanitizer too sees one byte too many. */
static void check_passwd_in(size_t len, size_t shift)
{
	const struct subid_owner owner = alice();
	struct passwd pwd, before;
	char *block = (char *)malloc(shift + len + 1), *buf = block + shift;
	int r;

	assert_non_null(block);
	buf[len] = UNTOUCHED;
	memset(&pwd, UNTOUCHED, sizeof(pwd));
	memcpy(&before, &pwd, sizeof(before));
	errno = EXDEV;
	r = nss_pack_passwd(&owner, 100005, 5, 500005, &pwd, buf, len);
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

static void passwd_fits_its_exact_size_and_nothing_less(void **state)
{
	(void)state;
	for (size_t shift = 0; shift < _Alignof(max_align_t); shift++)
		for (size_t len = 0; len <= passwd_bytes() + 1; len++)
			check_passwd_in(len, shift);
}

static void check_group_in(size_t len, size_t shift)
{
	const struct subid_owner owner = alice();
	size_t need = (_Alignof(char *) - shift % _Alignof(char *)) % _Alignof(char *) +
		      sizeof(char *) + sizeof("subgid-alice-500005") + sizeof("x");
	struct group grp, before;
	char *block = (char *)malloc(shift + len + 1), *buf = block + shift;
	int r;

	assert_non_null(block);
	buf[len] = UNTOUCHED;
	memset(&grp, UNTOUCHED, sizeof(grp));
	memcpy(&before, &grp, sizeof(before));
	errno = EXDEV;
	r = nss_pack_group(&owner, 500005, &grp, buf, len);
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

static void group_fits_its_exact_size_and_nothing_less(void **state)
{
	(void)state;
	for (size_t shift = 0; shift < _Alignof(max_align_t); shift++)
		for (size_t len = 0; len <= 64; len++)
			check_group_in(len, shift);
}

static void no_buffer_at_all_is_too_small(void **state)
{
	const struct subid_owner owner = alice();
	struct passwd pwd;
	struct group grp;

	(void)state;
	assert_int_equal(nss_pack_passwd(&owner, 1, 0, 1, &pwd, NULL, 0), -ERANGE);
	assert_int_equal(nss_pack_group(&owner, 1, &grp, NULL, 0), -ERANGE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_string_is_put_together_piece_by_piece),
		cmocka_unit_test(a_number_that_does_not_fit_is_left_out),
		cmocka_unit_test(an_arena_is_used_to_its_last_byte_and_no_further),
		cmocka_unit_test(an_empty_list_is_aligned_whatever_the_buffer_is),
		cmocka_unit_test(passwd_has_every_field),
		cmocka_unit_test(group_has_every_field_and_no_member),
		cmocka_unit_test(passwd_fits_its_exact_size_and_nothing_less),
		cmocka_unit_test(group_fits_its_exact_size_and_nothing_less),
		cmocka_unit_test(no_buffer_at_all_is_too_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
