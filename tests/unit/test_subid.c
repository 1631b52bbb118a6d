/* SPDX-License-Identifier: BSD-3-Clause */
#include "subid.h"

#include <errno.h>
#include <stdio.h>

#include "check.h"
#include "inject.h"
#include "named.h"
#include "scratch.h"

static const struct subid_database uids = { "subuid", NULL };
static const struct subid_database gids = { "subgid", NULL };

static struct subid_owner owner;

static int setup(void **state)
{
	(void)inject_reset(state);
	(void)remove("subuid");
	(void)remove("subgid");
	scratch_write("subuid", "");
	scratch_write("subgid", "");
	return 0;
}

static int by_id(const struct subid_database *database, uint32_t id, uint64_t *ret_position)
{
	int r;

	memset(&owner, 0x5a, sizeof(owner));
	r = subid_by_id(database, id, &owner, ret_position);
	assert_int_equal(inject_open_files(), 0);
	return r;
}

static int by_owner(const struct subid_database *database, const char *name, uint32_t id,
		    uint64_t *ret_position)
{
	const struct subid_owner named = named_owner(name);
	int r = subid_by_owner(database, &named, id, ret_position);

	assert_int_equal(inject_open_files(), 0);
	return r;
}

static int by_position(const struct subid_database *database, const char *name, uint64_t position,
		       uint32_t *ret_id)
{
	const struct subid_owner named = named_owner(name);
	int r = subid_by_position(database, &named, position, ret_id);

	assert_int_equal(inject_open_files(), 0);
	return r;
}

/* Checks by all three questions that @id is at @position of the owner @name. */
static void check_uid(const char *reason, uint32_t id, const char *name, uint64_t position)
{
	uint64_t got = 77;
	uint32_t got_id = 77;

	check_int(reason, by_id(&uids, id, &got), 0);
	check_text(reason, owner.text, name);
	check_int(reason, (intmax_t)got, (intmax_t)position);

	got = 77;
	check_int(reason, by_owner(&uids, name, id, &got), 0);
	check_int(reason, (intmax_t)got, (intmax_t)position);

	check_int(reason, by_position(&uids, name, position, &got_id), 0);
	check_int(reason, got_id, id);
}

/* Checks that all three questions return @want and do not set their outputs. */
static void check_all_return(const char *reason, int want)
{
	uint64_t position = 77;
	uint32_t id = 77;

	check_int(reason, by_id(&uids, 100003, &position), want);
	check_int(reason, by_owner(&uids, "bob", 100003, &position), want);
	check_int(reason, by_position(&uids, "bob", 3, &id), want);
	check_int(reason, (intmax_t)position, 77);
	check_int(reason, id, 77);
}

static void by_id_returns_enoent_for_the_neighbours_of_a_range(void **state)
{
	uint64_t position = 77;

	(void)state;
	scratch_write("subuid", "bob:100000:65536\n");
	assert_int_equal(by_id(&uids, 99999, &position), -ENOENT);
	assert_int_equal(by_id(&uids, 165536, &position), -ENOENT);
	assert_int_equal(by_id(&gids, 100000, &position), -ENOENT);
	assert_int_equal(position, 77);
	check_uid("the first", 100000, "bob", 0);
	check_uid("the last", 165535, "bob", 65535);
}

static void questions_without_an_answer_do_not_set_their_outputs(void **state)
{
	uint64_t position = 77;
	uint32_t id = 77;

	(void)state;
	scratch_write("subuid", "bob:100000:65536\n");
	assert_int_equal(by_owner(&uids, "carol", 100000, &position), -ENOENT);
	assert_int_equal(by_position(&uids, "carol", 0, &id), -ENOENT);
	assert_int_equal(by_position(&uids, "bob", 65536, &id), -ENOENT);
	assert_int_equal(position, 77);
	assert_int_equal(id, 77);
}

static void each_database_has_its_own_file(void **state)
{
	uint64_t position;

	(void)state;
	scratch_write("subuid", "bob:100000:10\n");
	scratch_write("subgid", "carol:100000:10\n");
	assert_int_equal(by_id(&uids, 100001, &position), 0);
	assert_string_equal(owner.text, "bob");
	assert_int_equal(by_id(&gids, 100001, &position), 0);
	assert_string_equal(owner.text, "carol");
}

static void a_number_and_a_name_are_two_owners(void **state)
{
	uint64_t position = 77;

	(void)state;
	scratch_write("subuid", "root:10:10\n0:20:10\nroot:30:10\n");
	check_uid("a name", 35, "root", 15);
	check_uid("its account's UID", 25, "0", 5);
	assert_int_equal(by_owner(&uids, "root", 25, &position), -ENOENT);
	assert_int_equal(by_owner(&uids, "0", 35, &position), -ENOENT);
	assert_int_equal(position, 77);
}

/* A question opens the file, and uses nothing else of the host. */
static void no_account_is_asked_for(void **state)
{
	(void)state;
	inject_account("alice", 1000);
	scratch_write("subuid", "1000:100000:10\nalice:200000:10\n100001:300000:10\n");
	check_uid("a number", 100001, "1000", 1);
	check_uid("a name", 200001, "alice", 1);
	check_uid("a number that is delegated", 300001, "100001", 1);
	assert_int_equal(inject_calls(INJECT_GETPWUID), 0);
	assert_int_equal(inject_calls(INJECT_GETPWNAM), 0);
	assert_int_equal(inject_calls(INJECT_OPEN), 9);
	assert_int_equal(inject_calls(INJECT_STAT), 0);
}

static void by_id_leaves_nothing_of_an_earlier_answer(void **state)
{
	uint64_t position;

	(void)state;
	scratch_write("subuid", "alice-the-elder:100000:10\nbob:200000:10\n");
	assert_int_equal(by_id(&uids, 100001, &position), 0);
	assert_int_equal(subid_by_id(&uids, 200001, &owner, &position), 0);
	assert_string_equal(owner.text, "bob");
	assert_int_equal(owner.len, 3);
}

static void touch(void)
{
	scratch_overwrite("subuid", 0, "bob");
}

static void a_file_that_changes_during_every_scan_gives_eagain(void **state)
{
	uint64_t position = 77;

	(void)state;
	scratch_write("subuid", "bob:100000:10\n");
	inject_before(INJECT_FSTAT, INJECT_EVERY, touch);
	check_all_return("a file that changes", -EAGAIN);
	assert_int_equal(by_id(&uids, 900000, &position), -EAGAIN);
	assert_int_equal(position, 77);
	/* A writer that never pauses does not hold a lookup for ever. */
	assert_int_equal(inject_calls(INJECT_OPEN), 4 * 16);
}

static void change_once(void)
{
	inject_before(INJECT_FSTAT, INJECT_EVERY, NULL);
	scratch_overwrite("subuid", 0, "carol:100000:10\n#\n");
}

static void a_file_that_changed_once_is_scanned_again(void **state)
{
	uint64_t position = 77;

	(void)state;
	scratch_write("subuid", "alice:100000:10\n#\n");
	inject_before(INJECT_FSTAT, 2, change_once);
	assert_int_equal(by_id(&uids, 100003, &position), 0);
	assert_string_equal(owner.text, "carol");
	assert_int_equal(position, 3);
	assert_int_equal(inject_calls(INJECT_OPEN), 2);
}

static unsigned int changes_left;

static void change_between_fstats(void)
{
	/* A scan calls fstat(2) at its start and at its end: the change comes in between. */
	if (inject_calls(INJECT_FSTAT) % 2 == 0 && changes_left > 0) {
		changes_left--;
		touch();
	}
}

/* The 16th scan is the last one. */
static void a_file_that_stops_changing_within_16_scans_answers(void **state)
{
	(void)state;
	scratch_write("subuid", "bob:100000:10\n");
	for (int sought = 0; sought < 3; sought++)
		for (unsigned int changes = 15; changes <= 16; changes++) {
			uint64_t position;
			uint32_t id;
			int r;

			(void)inject_reset(NULL);
			changes_left = changes;
			inject_before(INJECT_FSTAT, INJECT_EVERY, change_between_fstats);
			if (sought == 0)
				r = by_id(&uids, 100003, &position);
			else if (sought == 1)
				r = by_owner(&uids, "bob", 100003, &position);
			else
				r = by_position(&uids, "bob", 3, &id);
			assert_int_equal(r, changes < 16 ? 0 : -EAGAIN);
			assert_int_equal(inject_calls(INJECT_OPEN), 16);
		}
}

/*
 * Writes one of two versions of equal length. They differ in the owner of the range, and in the
 * IDs that the owner has above it, so an answer mixed from both has a wrong position.
 */
static void write_version(int version)
{
	static char text[16000];

	(void)strcpy(text, version == 0 ? "alice:900000:20\n" : "bobby:900000:70\n");
	(void)strcat(text, scratch_padding(5000));
	(void)strcat(text, version == 0 ? "alice:800000:20\n" : "bobby:800000:70\n");
	(void)strcat(text, scratch_padding(5000));
	(void)strcat(text, version == 0 ? "alice:100000:99\n" : "bobby:100000:99\n");
	if (version == 0)
		scratch_write("subuid", text);
	else
		scratch_overwrite("subuid", 0, text);
}

static void change_in_place(void)
{
	write_version(1);
}

static void change_by_rename(void)
{
	char version[16000];
	FILE *file;
	size_t len;

	/* Get the text of the new version from the file, then replace the old version by it. */
	write_version(1);
	file = fopen("subuid", "r");
	assert_non_null(file);
	len = fread(version, 1, sizeof(version) - 1, file);
	version[len] = '\0';
	(void)fclose(file);
	write_version(0);
	scratch_replace("subuid", version);
}

static void check_one_version(uint64_t position)
{
	if (strcmp(owner.text, "alice") == 0) {
		assert_int_equal(position, 43);
	} else {
		assert_string_equal(owner.text, "bobby");
		assert_int_equal(position, 143);
	}
}

static void an_answer_is_never_of_two_versions(void **state)
{
	static void (*const changes[])(void) = { change_in_place, change_by_rename };
	static const enum inject_call calls[] = {
		INJECT_OPEN, INJECT_FSTAT, INJECT_READ, INJECT_REREAD, INJECT_CLOSE,
	};
	static const time_t clocks[] = { 60, 0 };

	(void)state;
	for (size_t c = 0; c < COUNT_OF(changes); c++)
		for (size_t i = 0; i < COUNT_OF(calls); i++)
			for (size_t k = 0; k < COUNT_OF(clocks); k++)
				for (unsigned int nth = 1;; nth++) {
					uint64_t position;

					write_version(0);
					(void)inject_reset(NULL);
					inject_clock(clocks[k]);
					inject_before(calls[i], nth, changes[c]);
					assert_int_equal(by_id(&uids, 100003, &position), 0);
					check_one_version(position);
					if (inject_calls(calls[i]) < nth)
						break;
				}
}

static void a_missing_file_has_no_owners(void **state)
{
	(void)state;
	assert_int_equal(remove("subuid"), 0);
	check_all_return("missing", -ENOENT);
}

static void a_fault_is_not_an_absence(void **state)
{
	static const struct {
		enum inject_call call;
		int fault, r;
	} rows[] = {
		{ INJECT_OPEN, ENOENT, -ENOENT },  { INJECT_OPEN, EACCES, -ENOENT },
		{ INJECT_OPEN, EPERM, -ENOENT },   { INJECT_OPEN, EMFILE, -EMFILE },
		{ INJECT_OPEN, ENFILE, -ENFILE },  { INJECT_OPEN, ENOMEM, -ENOMEM },
		{ INJECT_OPEN, EIO, -EIO },	   { INJECT_FSTAT, EIO, -EIO },
		{ INJECT_FSTAT, ENOENT, -EIO },	   { INJECT_READ, EIO, -EIO },
		{ INJECT_READ, ENOMEM, -ENOMEM },  { INJECT_READ, ENOENT, -EIO },
		{ INJECT_READ, ESTALE, -EAGAIN },  { INJECT_OPEN, ESTALE, -EAGAIN },
		{ INJECT_FSTAT, ESTALE, -EAGAIN },
	};

	(void)state;
	scratch_write("subuid", "bob:100000:10\n");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		(void)inject_reset(NULL);
		inject_fail(rows[i].call, INJECT_EVERY, rows[i].fault);
		check_all_return(strerror(rows[i].fault), rows[i].r);
	}
}

int main(void)
{
#define SUBID_TEST(name) cmocka_unit_test_setup(name, setup)
	static const struct CMUnitTest tests[] = {
		SUBID_TEST(by_id_returns_enoent_for_the_neighbours_of_a_range),
		SUBID_TEST(questions_without_an_answer_do_not_set_their_outputs),
		SUBID_TEST(each_database_has_its_own_file),
		SUBID_TEST(a_number_and_a_name_are_two_owners),
		SUBID_TEST(no_account_is_asked_for),
		SUBID_TEST(by_id_leaves_nothing_of_an_earlier_answer),
		SUBID_TEST(a_file_that_changes_during_every_scan_gives_eagain),
		SUBID_TEST(a_file_that_changed_once_is_scanned_again),
		SUBID_TEST(a_file_that_stops_changing_within_16_scans_answers),
		SUBID_TEST(an_answer_is_never_of_two_versions),
		SUBID_TEST(a_missing_file_has_no_owners),
		SUBID_TEST(a_fault_is_not_an_absence),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
