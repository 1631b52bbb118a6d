/* SPDX-License-Identifier: BSD-3-Clause */
#include "subid.h"

#include <errno.h>
#include <stdio.h>

#include "check.h"
#include "inject.h"
#include "scratch.h"

/* Of a name and a UID, each the other's. */
struct account {
	const char *name;
	uint32_t uid;
};

static struct {
	struct account accounts[3];
	int fault; /* instead of any answer */
	void (*before)(void);
	unsigned int asked;
	uint32_t asked_uid;
} accounts;

static int begin_account(void)
{
	accounts.asked++;
	/* The module may be asked from in here, so nothing is held. */
	assert_int_equal(inject_open_files(), 0);
	if (accounts.before)
		accounts.before();
	return accounts.fault;
}

static int fake_account_name(const struct subid_host *host, uint32_t uid, char *ret_name,
			     size_t size)
{
	int r = begin_account();

	(void)host;
	accounts.asked_uid = uid;
	for (size_t i = 0; r == 0 && i < COUNT_OF(accounts.accounts); i++)
		if (accounts.accounts[i].name && accounts.accounts[i].uid == uid) {
			assert_in_range(strlen(accounts.accounts[i].name), 1, size - 1);
			(void)strcpy(ret_name, accounts.accounts[i].name);
			return 0;
		}
	return r < 0 ? r : -ENOENT;
}

static int fake_account_uid(const struct subid_host *host, const char *name, uint32_t *ret_uid)
{
	int r = begin_account();

	(void)host;
	for (size_t i = 0; r == 0 && i < COUNT_OF(accounts.accounts); i++)
		if (accounts.accounts[i].name && strcmp(accounts.accounts[i].name, name) == 0) {
			*ret_uid = accounts.accounts[i].uid;
			return 0;
		}
	return r < 0 ? r : -ENOENT;
}

static const struct subid_host host = {
	.databases = {
		[SUBID_UID] = { "subuid", NULL, SUBID_UID },
		[SUBID_GID] = { "subgid", NULL, SUBID_GID },
	},
	.nsswitch = "no-nsswitch.conf",
	.account_name = fake_account_name,
	.account_uid = fake_account_uid,
};

static struct subid_owner owner;

static void forget_answers(void)
{
	(void)inject_reset(NULL);
	memset(&accounts, 0, sizeof(accounts));
	memset(&owner, 0x5a, sizeof(owner));
}

static int host_setup(void **state)
{
	(void)state;
	forget_answers();
	accounts.accounts[0] = (struct account){ "alice", 1000 };
	scratch_write("subuid", "");
	scratch_write("subgid", "");
	return 0;
}

static void set_owner(const char *text)
{
	memset(&owner, 0x5a, sizeof(owner));
	assert_int_equal(subid_owner_set(&owner, text, strlen(text)), 0);
}

static int by_id(enum subid_kind kind, uint32_t id, uint64_t *ret_position)
{
	int r = subid_by_id(&host, kind, id, &owner, ret_position);

	assert_int_equal(inject_open_files(), 0);
	return r;
}

static int by_owner(enum subid_kind kind, uint32_t id, uint64_t *ret_position)
{
	int r = subid_by_owner(&host, kind, &owner, id, ret_position);

	assert_int_equal(inject_open_files(), 0);
	return r;
}

static int by_position(enum subid_kind kind, uint64_t position, uint32_t *ret_id)
{
	int r = subid_by_position(&host, kind, &owner, position, ret_id);

	assert_int_equal(inject_open_files(), 0);
	return r;
}

/* Forth and back: whose @id is, that it is, and that it is at that position. */
static void check_uid(const char *reason, uint32_t id, const char *name, uint64_t position)
{
	uint64_t got = 77;
	uint32_t got_id = 77;

	check_int(reason, by_id(SUBID_UID, id, &got), 0);
	check_text(reason, owner.name, name);
	check_int(reason, (intmax_t)got, (intmax_t)position);

	set_owner(name);
	check_int(reason, by_owner(SUBID_UID, id, &got), 0);
	check_text(reason, owner.name, name);
	check_int(reason, (intmax_t)got, (intmax_t)position);

	set_owner(name);
	check_int(reason, by_position(SUBID_UID, position, &got_id), 0);
	check_int(reason, got_id, id);
}

static void by_id_returns_enoent_for_the_neighbours_of_a_range(void **state)
{
	uint64_t position = 77;

	(void)state;
	scratch_write("subuid", "bob:100000:65536\n");
	assert_int_equal(by_id(SUBID_UID, 99999, &position), -ENOENT);
	assert_int_equal(by_id(SUBID_UID, 165536, &position), -ENOENT);
	assert_int_equal(by_id(SUBID_GID, 100000, &position), -ENOENT);
	assert_int_equal(position, 77);
	check_uid("the first", 100000, "bob", 0);
	check_uid("the last", 165535, "bob", 65535);
}

static void questions_without_an_answer_leave_the_answer_alone(void **state)
{
	uint64_t position = 77;
	uint32_t id = 77;

	(void)state;
	scratch_write("subuid", "bob:100000:65536\n");
	set_owner("carol");
	assert_int_equal(by_owner(SUBID_UID, 100000, &position), -ENOENT);
	set_owner("carol");
	assert_int_equal(by_position(SUBID_UID, 0, &id), -ENOENT);
	set_owner("bob");
	assert_int_equal(by_position(SUBID_UID, 65536, &id), -ENOENT);
	assert_int_equal(position, 77);
	assert_int_equal(id, 77);
}

static void each_database_has_its_own_file(void **state)
{
	uint64_t position;

	(void)state;
	scratch_write("subuid", "bob:100000:10\n");
	scratch_write("subgid", "carol:100000:10\n");
	assert_int_equal(by_id(SUBID_UID, 100001, &position), 0);
	assert_string_equal(owner.name, "bob");
	assert_int_equal(by_id(SUBID_GID, 100001, &position), 0);
	assert_string_equal(owner.name, "carol");
}

static void accounts_are_not_asked_where_all_owners_are_names(void **state)
{
	(void)state;
	scratch_write("subuid", "alice:100000:10\nbob:200000:10\ncontainers:300000:10\n");
	check_uid("with an account", 100001, "alice", 1);
	check_uid("without an account", 300001, "containers", 1);
	assert_int_equal(accounts.asked, 0);
}

static void accounts_are_asked_once_where_an_owner_is_a_number(void **state)
{
	static const struct {
		const char *file, *reason;
	} rows[] = {
		{ "1000:100000:10\n", "a number alone" },
		{ "1000:100000:5\nalice:100005:5\n", "a number, then its name" },
		{ "alice:100000:5\n1000:100005:5\n", "a name, then its number" },
		{ "bob:10:10\n1000:100000:5\n1000:100005:5\n", "a number twice" },
		{ "1001:10:10\n1000:100000:10\n", "two numbers" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t position;
		uint32_t id;

		(void)host_setup(NULL);
		scratch_write("subuid", rows[i].file);
		check_int(rows[i].reason, by_id(SUBID_UID, 100007, &position), 0);
		check_text(rows[i].reason, owner.name, "alice");
		check_int(rows[i].reason, (intmax_t)position, 7);
		check_int(rows[i].reason, accounts.asked, 1);

		set_owner("alice");
		check_int(rows[i].reason, by_owner(SUBID_UID, 100007, &position), 0);
		check_int(rows[i].reason, (intmax_t)position, 7);
		check_int(rows[i].reason, accounts.asked, 2);

		set_owner("1000");
		check_int(rows[i].reason, by_position(SUBID_UID, 7, &id), 0);
		check_int(rows[i].reason, id, 100007);
		check_text(rows[i].reason, owner.name, "alice");
		check_int(rows[i].reason, accounts.asked, 3);
	}
}

static void make_1000_subordinate(void)
{
	scratch_replace("subuid", "bob:1000:10\n1000:4000:7\n1000:100000:10\n");
}

static void make_1000_an_account(void)
{
	scratch_replace("subuid", "1000:4000:7\n1000:100000:10\n");
}

/* An owner is resolved by one version of the file and then sought in another. */
static void an_account_of_another_version_is_never_an_answer(void **state)
{
	uint64_t position;

	(void)state;
	scratch_write("subuid", "1000:100000:10\n");
	accounts.before = make_1000_subordinate;
	assert_int_equal(by_id(SUBID_UID, 100007, &position), -EAGAIN);
	accounts.before = NULL;
	assert_int_equal(by_id(SUBID_UID, 100007, &position), 0);
	assert_string_equal(owner.name, "1000");
	assert_int_equal(position, 14);

	/* The other way round no account is asked, so the change is another. */
	inject_before(INJECT_OPEN, inject_calls(INJECT_OPEN) + 3, make_1000_an_account);
	assert_int_equal(by_id(SUBID_UID, 100007, &position), -EAGAIN);
	assert_int_equal(by_id(SUBID_UID, 100007, &position), 0);
	assert_string_equal(owner.name, "alice");
	assert_int_equal(position, 14);
}

static void an_owner_that_was_resolved_stays_it_for_the_other_database(void **state)
{
	static const struct {
		const char *subuid, *subgid;
		const char *reason;
	} rows[] = {
		{ "alice:100000:10\n", "1000:500000:10\n", "a name, then a number" },
		{ "1000:100000:10\n", "alice:500000:10\n", "a number, then a name" },
		{ "1000:100000:10\n", "1000:500000:10\n", "two numbers" },
		{ "1000:9:1\n1000:100000:10\n", "alice:8:1\n1000:500000:10\n", "both" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t position;
		uint32_t gid;

		(void)host_setup(NULL);
		scratch_write("subuid", rows[i].subuid);
		scratch_write("subgid", rows[i].subgid);
		check_int(rows[i].reason, by_id(SUBID_UID, 100007, &position), 0);
		check_int(rows[i].reason, by_position(SUBID_GID, position, &gid), 0);
		check_int(rows[i].reason, gid, 500007);
		check_int(rows[i].reason, accounts.asked, 1);
	}
}

static void by_id_knows_nothing_of_an_earlier_answer(void **state)
{
	uint64_t position;

	(void)state;
	scratch_write("subuid", "1000:100000:10\n1001:200000:10\n");
	assert_int_equal(by_id(SUBID_UID, 100001, &position), 0);
	assert_string_equal(owner.name, "alice");
	accounts.accounts[0].name = "eve";
	assert_int_equal(by_id(SUBID_UID, 100001, &position), 0);
	assert_string_equal(owner.name, "eve");
	assert_int_equal(owner.name_len, 3);
}

static void an_owner_without_an_account_bears_its_number(void **state)
{
	(void)state;
	scratch_write("subuid", "1001:100000:10\nalice:200000:10\n1001:300000:10\n");
	check_uid("a number that nobody has", 100001, "1001", 1);
	check_uid("its second range", 300001, "1001", 11);
	check_uid("a name beside it", 200001, "alice", 1);
}

static void an_account_whose_name_nobody_would_find_is_none(void **state)
{
	static const char *const names[] = { "4711", "a/b", "a:b", "..", " a", "a\n" };

	(void)state;
	scratch_write("subuid", "1001:100000:10\n");
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		uint64_t position;

		accounts.accounts[1] = (struct account){ names[i], 1001 };
		check_int(names[i], by_id(SUBID_UID, 100001, &position), 0);
		check_text(names[i], owner.name, "1001");
	}
}

static void an_owner_asked_for_by_number_is_called_by_its_name(void **state)
{
	uint64_t position;

	(void)state;
	scratch_write("subuid", "alice:100000:10\n");
	set_owner("1000");
	assert_int_equal(by_owner(SUBID_UID, 100001, &position), 0);
	assert_string_equal(owner.name, "alice");
}

static void two_names_of_one_uid_are_two_owners_of_its_number(void **state)
{
	uint64_t position;

	(void)state;
	accounts.accounts[1] = (struct account){ "alias", 1000 };
	scratch_write("subuid", "alice:10:5\n1000:100000:10\nalias:20:5\n");
	assert_int_equal(by_id(SUBID_UID, 100001, &position), 0);
	assert_string_equal(owner.name, "alice");
	assert_int_equal(position, 6);
	set_owner("alias");
	assert_int_equal(by_owner(SUBID_UID, 100001, &position), 0);
	assert_string_equal(owner.name, "alias");
	assert_int_equal(position, 1);
	set_owner("alias");
	assert_int_equal(by_owner(SUBID_UID, 10, &position), -ENOENT);
}

static void faults_of_the_accounts_are_handed_up(void **state)
{
	static const int faults[] = {
		-EIO, -ERANGE, -EMFILE, -EINTR, -EAGAIN, -ENOMEM, -ESTALE,
	};

	(void)state;
	scratch_write("subuid", "1000:100000:10\n");
	for (size_t i = 0; i < COUNT_OF(faults); i++) {
		uint64_t position = 77;
		uint32_t id = 77;

		accounts.fault = faults[i];
		check_int(strerror(-faults[i]), by_id(SUBID_UID, 100001, &position), faults[i]);
		set_owner("alice");
		check_int(strerror(-faults[i]), by_owner(SUBID_UID, 100001, &position), faults[i]);
		set_owner("1000");
		check_int(strerror(-faults[i]), by_position(SUBID_UID, 1, &id), faults[i]);
		assert_int_equal(position, 77);
		assert_int_equal(id, 77);
	}
	/* Once for each question. */
	assert_int_equal(accounts.asked, 3 * COUNT_OF(faults));
}

static void an_owner_that_is_itself_subordinate_is_never_asked_for(void **state)
{
	static const struct {
		const char *file, *reason;
	} rows[] = {
		{ "100001:100000:10\n", "in its own range" },
		{ "alice:100000:10\n100001:200000:10\n", "in another's range" },
		{ "alice:100000:10\n100001:200000:10\n200001:300000:10\n", "two deep" },
		{ "100001:200000:10\n200001:100000:10\n", "each in the other's" },
	};
	static const uint32_t ids[] = { 100001, 200001, 300001 };

	(void)state;
	accounts.accounts[1] = (struct account){ "inner", 100001 };
	accounts.accounts[2] = (struct account){ "innermost", 200001 };
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		scratch_write("subuid", rows[i].file);
		for (size_t k = 0; k < COUNT_OF(ids); k++) {
			uint64_t position;
			int r = by_id(SUBID_UID, ids[k], &position);

			assert_true(r == 0 || r == -ENOENT);
			if (r < 0)
				continue;
			check_int(rows[i].reason, (intmax_t)position, 1);
			assert_true(strcmp(owner.name, "alice") == 0 ||
				    strcmp(owner.name, "100001") == 0 ||
				    strcmp(owner.name, "200001") == 0);
			if (accounts.asked_uid != 0)
				fail_msg("%s: UID %u was asked for", rows[i].reason,
					 (unsigned int)accounts.asked_uid);
		}
	}
}

static void a_name_whose_uid_is_subordinate_is_not_its_number(void **state)
{
	uint64_t position;

	(void)state;
	accounts.accounts[1] = (struct account){ "inner", 100001 };
	scratch_write("subuid", "alice:100000:10\n100001:200000:10\ninner:300000:10\n");
	check_uid("by its name", 300001, "inner", 1);
	set_owner("inner");
	assert_int_equal(by_owner(SUBID_UID, 200001, &position), -ENOENT);
	assert_int_equal(by_id(SUBID_UID, 200001, &position), 0);
	assert_string_equal(owner.name, "100001");
}

static void subordinate_is_what_subuid_says_for_groups_too(void **state)
{
	uint64_t position;

	(void)state;
	accounts.accounts[1] = (struct account){ "inner", 100001 };
	scratch_write("subuid", "alice:100000:10\n");
	scratch_write("subgid", "100001:500000:10\n1000:100000:10\n");
	assert_int_equal(by_id(SUBID_GID, 500001, &position), 0);
	assert_string_equal(owner.name, "100001");
	assert_int_equal(accounts.asked, 0);

	/* Alice's UID is no subordinate one, a GID of that number or not. */
	assert_int_equal(by_id(SUBID_GID, 100001, &position), 0);
	assert_string_equal(owner.name, "alice");
}

static void a_fault_of_subuid_is_a_fault_for_a_numeric_owner_of_groups(void **state)
{
	uint64_t position;

	(void)state;
	scratch_write("subgid", "1000:500000:10\n");
	inject_fail(INJECT_OPEN, 2, EMFILE);
	assert_int_equal(by_id(SUBID_GID, 500001, &position), -EMFILE);
	assert_int_equal(accounts.asked, 0);
}

static void hand_range_to_bob(void)
{
	accounts.before = NULL;
	scratch_replace("subuid", "bob:100000:10\n");
}

static void hand_range_to_1001(void)
{
	accounts.before = NULL;
	scratch_replace("subuid", "bob:5:5\n1001:100000:10\n");
}

static void take_range_away(void)
{
	accounts.before = NULL;
	scratch_replace("subuid", "1000:900000:10\n");
}

static void a_file_that_changes_while_the_accounts_are_asked_is_asked_again(void **state)
{
	static const struct {
		void (*change)(void);
		int r;
		const char *owner;
		unsigned int asked;
	} rows[] = {
		{ hand_range_to_bob, 0, "bob", 1 },
		{ hand_range_to_1001, 0, "dave", 2 },
		{ take_range_away, -ENOENT, NULL, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint64_t position = 77;

		(void)host_setup(NULL);
		accounts.accounts[1] = (struct account){ "dave", 1001 };
		scratch_write("subuid", "1000:10:10\n1000:100000:10\n");
		accounts.before = rows[i].change;
		assert_int_equal(by_id(SUBID_UID, 100003, &position), rows[i].r);
		assert_int_equal(accounts.asked, rows[i].asked);
		if (rows[i].owner) {
			assert_string_equal(owner.name, rows[i].owner);
			assert_int_equal(position, 3);
		} else {
			assert_int_equal(position, 77);
		}
	}
}

static void hand_range_on(void)
{
	char line[32];

	(void)snprintf(line, sizeof(line), "%u:100000:10\n", 2000 + accounts.asked);
	scratch_replace("subuid", line);
}

static void a_file_that_changes_with_every_account_ends_with_eagain(void **state)
{
	uint64_t position = 77;

	(void)state;
	accounts.before = hand_range_on;
	scratch_write("subuid", "2000:100000:10\n");
	assert_int_equal(by_id(SUBID_UID, 100003, &position), -EAGAIN);
	assert_int_equal(position, 77);
	assert_in_range(accounts.asked, 2, 100);
}

static void touch(void)
{
	scratch_overwrite("subuid", 0, "bob");
}

static void a_file_that_changes_with_every_look_ends_with_eagain(void **state)
{
	uint64_t position = 77;
	uint32_t id = 77;

	(void)state;
	scratch_write("subuid", "bob:100000:10\n");
	inject_before(INJECT_FSTAT, INJECT_EVERY, touch);
	assert_int_equal(by_id(SUBID_UID, 100003, &position), -EAGAIN);
	assert_int_equal(by_id(SUBID_UID, 900000, &position), -EAGAIN);
	set_owner("bob");
	assert_int_equal(by_owner(SUBID_UID, 100003, &position), -EAGAIN);
	set_owner("bob");
	assert_int_equal(by_position(SUBID_UID, 3, &id), -EAGAIN);
	assert_int_equal(position, 77);
	assert_int_equal(id, 77);
	assert_in_range(inject_calls(INJECT_OPEN), 8, 400);
}

static void change_once(void)
{
	inject_before(INJECT_FSTAT, INJECT_EVERY, NULL);
	scratch_overwrite("subuid", 0, "carol:100000:10\n#\n");
}

static void a_file_that_changed_once_is_asked_again_and_answers(void **state)
{
	uint64_t position = 77;

	(void)state;
	scratch_write("subuid", "alice:100000:10\n#\n");
	inject_before(INJECT_FSTAT, 2, change_once);
	assert_int_equal(by_id(SUBID_UID, 100003, &position), 0);
	assert_string_equal(owner.name, "carol");
	assert_int_equal(position, 3);
	assert_int_equal(inject_calls(INJECT_OPEN), 2);
}

/*
 * Two versions with one length, which no answer may mix: of the second, bob
 * owns the range and everything before it has another size.
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

	/* The new version under another name, then in the place of the old one. */
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
	if (strcmp(owner.name, "alice") == 0) {
		assert_int_equal(position, 43);
	} else {
		assert_string_equal(owner.name, "bobby");
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
					assert_int_equal(by_id(SUBID_UID, 100003, &position), 0);
					check_one_version(position);
					if (inject_calls(calls[i]) < nth)
						break;
				}
}

static void files_that_are_not_there_have_nobody(void **state)
{
	uint64_t position = 77;

	(void)state;
	assert_int_equal(remove("subuid"), 0);
	assert_int_equal(by_id(SUBID_UID, 100003, &position), -ENOENT);
	set_owner("1000");
	assert_int_equal(by_owner(SUBID_UID, 100003, &position), -ENOENT);
	assert_int_equal(position, 77);

	/* And contain no UID, so that the owner of a group may be asked for. */
	scratch_write("subgid", "1000:500000:10\n");
	assert_int_equal(by_id(SUBID_GID, 500003, &position), 0);
	assert_string_equal(owner.name, "alice");
}

/* Which source there is, is found out once: here, not in the first test. */
static int group_setup(void **state)
{
	uint64_t position;

	if (scratch_setup(state) < 0)
		return -1;
	(void)host_setup(NULL);
	return subid_by_id(&host, SUBID_UID, 1, &owner, &position) == -ENOENT ? 0 : -1;
}

int main(void)
{
#define SUBID_TEST(name) cmocka_unit_test_setup(name, host_setup)
	static const struct CMUnitTest tests[] = {
		SUBID_TEST(by_id_returns_enoent_for_the_neighbours_of_a_range),
		SUBID_TEST(questions_without_an_answer_leave_the_answer_alone),
		SUBID_TEST(each_database_has_its_own_file),
		SUBID_TEST(accounts_are_not_asked_where_all_owners_are_names),
		SUBID_TEST(accounts_are_asked_once_where_an_owner_is_a_number),
		SUBID_TEST(an_account_of_another_version_is_never_an_answer),
		SUBID_TEST(an_owner_that_was_resolved_stays_it_for_the_other_database),
		SUBID_TEST(by_id_knows_nothing_of_an_earlier_answer),
		SUBID_TEST(an_owner_without_an_account_bears_its_number),
		SUBID_TEST(an_account_whose_name_nobody_would_find_is_none),
		SUBID_TEST(an_owner_asked_for_by_number_is_called_by_its_name),
		SUBID_TEST(two_names_of_one_uid_are_two_owners_of_its_number),
		SUBID_TEST(faults_of_the_accounts_are_handed_up),
		SUBID_TEST(an_owner_that_is_itself_subordinate_is_never_asked_for),
		SUBID_TEST(a_name_whose_uid_is_subordinate_is_not_its_number),
		SUBID_TEST(subordinate_is_what_subuid_says_for_groups_too),
		SUBID_TEST(a_fault_of_subuid_is_a_fault_for_a_numeric_owner_of_groups),
		SUBID_TEST(a_file_that_changes_while_the_accounts_are_asked_is_asked_again),
		SUBID_TEST(a_file_that_changes_with_every_account_ends_with_eagain),
		SUBID_TEST(a_file_that_changes_with_every_look_ends_with_eagain),
		SUBID_TEST(a_file_that_changed_once_is_asked_again_and_answers),
		SUBID_TEST(an_answer_is_never_of_two_versions),
		SUBID_TEST(files_that_are_not_there_have_nobody),
	};

	return cmocka_run_group_tests(tests, group_setup, scratch_teardown);
}
