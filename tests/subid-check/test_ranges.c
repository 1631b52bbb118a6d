/* SPDX-License-Identifier: BSD-3-Clause */
/* Each finding about files, lines, ranges and owners, and what resembles it and is none. */
#include "check.h"
#include "finds.h"

static void nothing_is_found_on_a_host_that_has_nothing(void **state)
{
	struct survey survey;
	struct findings findings;

	(void)state;
	model_survey(&model_clean, &survey);
	findings_of(&survey, &findings);
	if (findings.n > 0)
		fail_msg("%s", findings.items[0].reason);
	findings_free(&findings);
	survey_free(&survey);
}

static void heavier_findings_come_first(void **state)
{
	struct survey survey;
	struct findings findings;

	(void)state;
	model_survey(HOST(.subuid = "carol:700000:10\nalice:100000:1\nbob:100000:1\n"), &survey);
	findings_of(&survey, &findings);
	assert_true(findings.n > 2);
	for (size_t i = 1; i < findings.n; i++)
		assert_true(findings.items[i - 1].severity >= findings.items[i].severity);
	assert_int_equal(findings.count[FINDING_ERROR] + findings.count[FINDING_WARNING] +
				 findings.count[FINDING_NOTE],
			 findings.n);
	findings_free(&findings);
	survey_free(&survey);
}

/* --- ranges over one another ------------------------------------------------------ */

static void two_owners_of_an_id_are_an_error_with_a_range_to_move_to(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:65536\nbob:165535:65536\n"), "overlap",
	      "error /etc/subuid:2", "bob and alice (line 1) share 165535:",
	      "usermod --del-subuids 165535-231070 --add-subuids 231071-296606 bob");
	finds(HOST(.subgid = "bob:165535:65536\nalice:100000:65536\n"), "overlap",
	      "error /etc/subgid:2", "alice and bob (line 1)", "usermod --del-subgids");
	finds_none("side by side", HOST(.subuid = "alice:100000:65536\nbob:165536:65536\n"),
		   "overlap");
	finds_none("two spellings of one account",
		   HOST(.subuid = "alice:100000:10\n1000:100005:10\n"), "overlap");
}

static void an_owner_is_quoted_for_the_shell_of_a_fix(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:9\n$(x)'y:100000:9\n",
		   .users = "alice 1000 $(x)'y 1001"),
	      "overlap", "error /etc/subuid:2", "$(x)'y and alice", "'$(x)'\\''y'");
}

static void a_line_by_hand_is_the_fix_for_an_owner_without_an_account(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:65536\ncarol:100000:65536\n"), "overlap",
	      "error /etc/subuid:2", "carol and alice", "Let line 2 begin at 165536");
}

static void nesting_is_a_note_where_it_is_meant(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:65536\nsubuid-alice-100005:100100:10\n"), "nested",
	      "note /etc/subuid:2", "inside the range of alice (line 1)", "");
	finds_none("a record's name",
		   HOST(.subuid = "alice:100000:65536\nsubuid-alice-100005:100100:10\n"),
		   "overlap");
	finds(HOST(.subuid = "bob:100100:10\nalice:100000:65536\n", .nested = "bob"), "nested",
	      "note /etc/subuid:1", "bob has 100100-100109", "");
	finds_none("listed", HOST(.subuid = "alice:100000:65536\nbob:100100:10\n", .nested = "bob"),
		   "overlap");
	finds(HOST(.subuid = "alice:100000:100\nbob:100050:100\n", .nested = "bob"), "overlap",
	      "error /etc/subuid:2", "share 100050-100099 (50 IDs)", "");
	finds_none("neither is listed", HOST(.subuid = "alice:100000:65536\nbob:100100:10\n"),
		   "nested");
}

static void a_conflict_shows_behind_a_nested_range(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:9\nbob:100000:9\ncarol:100000:9\n", .nested = "bob"),
	      "overlap", "error /etc/subuid:3", "carol and alice", "");
}

static void a_range_twice_is_a_duplicate(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:9\nbob:200000:9\nalice:100000:9\n"), "duplicate",
	      "warning /etc/subuid:3", "alice has this range already, from line 1",
	      "Delete line 3.");
	finds(HOST(.subuid = "alice:100000:9\n1000:100000:9\n"), "duplicate",
	      "warning /etc/subuid:2", "1000 has this range already", "");
	finds_none("another range", HOST(.subuid = "alice:100000:9\nalice:100009:9\n"),
		   "duplicate");
}

static void a_range_in_part_twice_is_repeated(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:9\nalice:100008:9\n"), "repeated",
	      "warning /etc/subuid:2", "alice has 100008 already", "one range of lines 1 and 2");
	finds_none("ends where the other begins",
		   HOST(.subuid = "alice:100000:9\nalice:100009:9\n"), "repeated");
}

/* --- ranges over what is somebody's ------------------------------------------------- */

static void a_range_over_a_user_is_an_error(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:10\n", .users = "alice 1000 dora 100009 x 100005"),
	      "account", "error /etc/subuid:1", "user x (100005) and of 1 more", "usermod");
	finds_none("just behind",
		   HOST(.subuid = "alice:100000:10\n", .users = "alice 1000 dora 100010 x 99999"),
		   "account");
	finds_none("a group of that number",
		   HOST(.subuid = "alice:100000:10\n", .groups = "x 100005"), "account");
}

static void a_range_over_a_group_is_an_error(void **state)
{
	(void)state;
	finds(HOST(.subgid = "alice:100000:10\n", .groups = "x 100005"), "group",
	      "error /etc/subgid:1", "group x (100005):", "--del-subgids");
	finds_none("a user of that number",
		   HOST(.subgid = "alice:100000:10\n", .users = "alice 1000 x 100005"), "group");
}

static void a_range_over_a_reserved_id_is_found(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:0:1\n", .users = "alice 1000"), "reserved",
	      "error /etc/subuid:1", "UID 0, which is root", "");
	finds(HOST(.subuid = "alice:65534:1\n"), "reserved", "warning /etc/subuid:1",
	      "UID 65534, which is nobody", "");
	finds(HOST(.subuid = "alice:65535:1\n"), "reserved", "warning /etc/subuid:1", "16 bits",
	      "");
	finds(HOST(.subgid = "alice:4294967295:1\n"), "reserved", "warning /etc/subgid:1",
	      "GID 4294967295", "");
	finds_none("between them", HOST(.subuid = "alice:65536:100\nbob:4294967290:5\n"),
		   "reserved");
}

static void a_range_over_systemds_is_found(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:60513:1\n"), "systemd", "warning /etc/subuid:1",
	      "60001-60513, which systemd uses for systemd-homed", "usermod");
	finds(HOST(.subuid = "alice:60705:1\n"), "systemd", "warning /etc/subuid:1", "greeters",
	      "");
	finds(HOST(.subuid = "alice:61184:1\n"), "systemd", "warning /etc/subuid:1",
	      "DynamicUser=", "");
	finds(HOST(.subuid = "alice:65519:1\n"), "systemd", "warning /etc/subuid:1",
	      "DynamicUser=", "");
	finds(HOST(.subuid = "alice:2147418111:1\n"), "systemd", "warning /etc/subuid:1",
	      "foreign images", "");
	finds_none("beside all of them",
		   HOST(.subuid = "alice:60514:64\nalice:60706:478\nalice:65520:14\n"
				  "alice:1879048192:9\nalice:2147352575:1\nalice:2147418112:1\n"
				  "alice:60000:1\nalice:524287:1\n"),
		   "systemd");
}

static void systemds_container_range_is_a_note_for_useradd_goes_there(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:65536\nbob:524288:1\nalice:1879048191:1\n"), "systemd",
	      "note /etc/subuid:2", "bob's range (one of 2) overlaps 524288-1879048191", "Nothing");
}

/* --- lines ------------------------------------------------------------------------- */

static void a_range_past_the_last_id_is_an_error(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:4294967295:2\n"), "past-end", "error /etc/subuid:1",
	      "goes on after 4294967295", "Lower its count");
	finds(HOST(.subuid = "alice:4294967296:1\n"), "past-end", "error /etc/subuid:1",
	      "exceeds 4294967295", "");
	finds_none("up to the last", HOST(.subuid = "alice:4294967290:6\n"), "past-end");
}

static void a_malformed_line_is_an_error_with_the_parsers_reason(void **state)
{
	static char longest[1100];

	(void)state;
	finds(HOST(.subuid = "alice\n"), "malformed", "error /etc/subuid:1",
	      "fewer than three fields", "OWNER:FIRST:COUNT");
	finds(HOST(.subuid = "\nalice:x:1\n"), "malformed", "error /etc/subuid:2", "not a number",
	      "");
	finds(HOST(.subuid = "a/b:1:1\n"), "malformed", "error /etc/subuid:1", "slash", "owner");
	finds(HOST(.subuid = "alice:1:0\n"), "malformed", "warning /etc/subuid:1", "count is 0",
	      "");
	memset(longest, 'a', sizeof(longest) - 1);
	memcpy(longest + 1080, ":1:1\n", 6);
	finds(HOST(.subuid = longest), "malformed", "error /etc/subuid:1", "1023 bytes", "");
	finds_none("empty lines", HOST(.subuid = "\n\nalice:100000:9\n\n"), "malformed");
}

static void a_comment_that_shadow_reads_is_a_note(void **state)
{
	(void)state;
	finds(HOST(.subuid = "#alice:100000:9\n"), "comment", "note /etc/subuid:1", "newuidmap",
	      "Delete");
	finds_none("words", HOST(.subuid = "# who: has what\n#\n"), "comment");
}

static void a_line_of_nis_is_a_note(void **state)
{
	(void)state;
	finds(HOST(.subuid = "+\n"), "nis", "note /etc/subuid:1", "skipped", "");
	finds_none("behind the first column", HOST(.subuid = "a+:100000:9\n"), "nis");
}

static void what_only_some_read_is_a_warning(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:9:x\n"), "dialect", "warning /etc/subuid:1",
	      "more than three fields", "");
	finds(HOST(.subuid = "alice:-1:9\n"), "dialect", "warning /etc/subuid:1", "negative", "");
	finds(HOST(.subuid = "alice:0x186a0:9\n"), "dialect", "warning /etc/subuid:1",
	      "octal or hexadecimal", "100000:9");
	finds(HOST(.subuid = "alice:100000:010\n"), "dialect", "warning /etc/subuid:1", "octal",
	      "100000:8");
	finds(HOST(.subuid = "alice:+100000: 9\n"), "dialect", "warning /etc/subuid:1", "a sign",
	      "100000:9");
	finds_none("plain decimal", HOST(.subuid = "alice:100000:10\n"), "dialect");
}

static void a_last_line_without_its_newline_is_a_warning(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:9\nbob:100009:9"), "final-newline",
	      "warning /etc/subuid:2", "shadow 4.20", "echo >> /etc/subuid");
	finds_none("an empty file", HOST(.subuid = ""), "final-newline");
}

/* --- owners ------------------------------------------------------------------------- */

static void an_owner_without_an_account_is_a_note(void **state)
{
	(void)state;
	finds(HOST(.subuid = "carol:100000:9\n"), "no-account", "note /etc/subuid:1",
	      "carol has no account in /etc/passwd.", "--nss");
	finds(HOST(.subuid = "carol:100000:9\n", .all_services = true), "no-account",
	      "note /etc/subuid:1", "carol has no account.", "Nothing, if");
	finds(HOST(.subuid = "4242:100000:9\n"), "no-account", "note /etc/subuid:1", "4242", "");
	finds_none("a number that has one", HOST(.subuid = "1000:100000:9\n"), "no-account");
	finds_none("a subordinate user", HOST(.subuid = "subuid-alice-100000:700000:9\n"),
		   "no-account");
}

static void uids_without_gids_are_a_warning(void **state)
{
	(void)state;
	finds(HOST(.subgid = "alice:100000:65536\n"), "no-gids", "warning /etc/subuid:2",
	      "bob has subordinate UIDs, but no GIDs", "usermod --add-subgids 165536-231071 bob");
	finds(HOST(.subgid = "alice:100000:65536\n",
		   .login_defs = "SUB_GID_MIN 100000\nSUB_GID_MAX 165535\n"),
	      "no-gids", "warning /etc/subuid:2", "bob", "Add a line for bob to /etc/subgid.");
	finds_none("the other way", HOST(.subuid = "alice:100000:65536\n"), "no-gids");
	finds_none("by number in one file",
		   HOST(.subuid = "1000:100000:9\n", .subgid = "alice:100000:9\n"), "no-gids");
}

static void gids_without_uids_are_a_warning(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:65536\n"), "no-uids", "warning /etc/subgid:2",
	      "bob has subordinate GIDs, but no UIDs", "usermod --add-subuids");
	finds_none("the other way", HOST(.subgid = "alice:100000:65536\n"), "no-uids");
}

static void unequal_counts_are_a_warning(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:100\n", .subgid = "alice:100000:90\n"), "unequal",
	      "warning /etc/subgid:1", "100 subordinate UIDs, but 90 GIDs",
	      "--add-subgids 100090-100099 alice");
	finds_none("in pieces",
		   HOST(.subuid = "alice:100000:100\n",
			.subgid = "alice:100000:90\nalice:200000:10\n"),
		   "unequal");
}

static void two_spellings_of_an_owner_are_a_warning(void **state)
{
	(void)state;
	finds(HOST(.subuid = "1000:100000:9\n", .subgid = "alice:100000:9\n"), "two-spellings",
	      "warning /etc/subuid:1", "alice is written here as a number",
	      "Write alice instead of 1000");
	finds(HOST(.subuid = "alice:100000:9\nbob:200000:9\n1000:300000:9\n"), "two-spellings",
	      "warning /etc/subuid:3", "two owners", "");
	finds_none("a number in both files",
		   HOST(.subuid = "1000:100000:9\n", .subgid = "1000:100000:9\n"), "two-spellings");
	finds_none("another account's number",
		   HOST(.subuid = "1001:100000:9\n", .subgid = "alice:100000:9\n"),
		   "two-spellings");
	finds_none("a number without an account",
		   HOST(.subuid = "4242:100000:9\n", .subgid = "alice:100000:9\n"),
		   "two-spellings");
}

static void an_order_that_useradd_would_change_is_a_warning(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:300000:9\nbob:200000:9\nalice:100000:9\n"), "unsorted",
	      "warning /etc/subuid:3", "alice's ranges are not in ascending order", "sort");
	finds(HOST(.subuid = "bob:100005:9\nalice:100000:9\n"), "unsorted", "warning /etc/subuid:2",
	      "alice and bob (line 1) share IDs, which count as bob's", "sort");
	finds_none("sorting changes no position and no owner",
		   HOST(.subuid = "bob:200000:9\nalice:100000:9\n"), "unsorted");
	finds_none("an overlap in order", HOST(.subuid = "bob:100000:9\nalice:100005:9\n"),
		   "unsorted");
}

/* --- another host -------------------------------------------------------------------- */

static void a_fix_changes_the_host_that_was_looked_at_and_no_other(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:9\nbob:100000:9\n", .prefix = "/srv/my image"),
	      "overlap", "error /etc/subuid:2", "",
	      "usermod --prefix '/srv/my image' --del-subuids 100000-100008");
	finds(HOST(.subgid = "alice:100000:65536\n", .prefix = "/srv/image"), "no-gids",
	      "warning /etc/subuid:2", "", "usermod --prefix /srv/image --add-subgids");
	finds(HOST(.mode = 0666, .prefix = "/srv/image"), "file-writable", "error /etc/subuid:0",
	      "", "chmod 0644 /srv/image/etc/subuid");
	finds(HOST(.owner = 1, .prefix = "/srv/image"), "file-owner", "error /etc/subuid:0", "",
	      "chown root: /srv/image/etc/subuid");
	finds(HOST(.subuid = "alice:100000:9", .prefix = "/srv/image"), "final-newline",
	      "warning /etc/subuid:1", "", "echo >> /srv/image/etc/subuid");
}

static void a_fix_is_no_command_where_the_path_leads_through_a_link(void **state)
{
	(void)state;
	finds(HOST(.subuid = "alice:100000:9\nbob:100000:9\n", .prefix = "/srv", .linked = true),
	      "overlap", "error /etc/subuid:2", "", "Let line 2 begin at");
	finds(HOST(.mode = 0666, .prefix = "/srv", .linked = true), "file-writable",
	      "error /etc/subuid:0", "", "Let nobody but root");
	finds(HOST(.owner = 1, .prefix = "/srv", .linked = true), "file-owner",
	      "error /etc/subuid:0", "", "Give it to root");
	finds(HOST(.subuid = "alice:100000:9", .prefix = "/srv", .linked = true), "final-newline",
	      "warning /etc/subuid:1", "", "End the last line");
}

/* --- files -------------------------------------------------------------------------- */

static void a_file_of_somebody_elses_is_an_error(void **state)
{
	(void)state;
	finds(HOST(.owner = 1000), "file-owner", "error /etc/subuid:0", "UID 1000", "chown root:");
	finds_none("root's", HOST(.owner = 0), "file-owner");
}

static void a_file_that_others_can_write_is_an_error(void **state)
{
	(void)state;
	finds(HOST(.mode = 0664), "file-writable", "error /etc/subuid:0", "0664", "chmod 0644");
	finds(HOST(.mode = 0646), "file-writable", "error /etc/subuid:0", "0646", "chmod 0644");
	finds_none("by its owner alone", HOST(.mode = 0644), "file-writable");
}

static void a_file_that_others_cannot_read_is_a_warning(void **state)
{
	(void)state;
	finds(HOST(.mode = 0640), "file-unreadable", "warning /etc/subuid:0", "0640", "chmod");
	finds_none("for all", HOST(.mode = 0444), "file-unreadable");
}

static void a_file_that_is_not_there_is_a_note(void **state)
{
	(void)state;
	finds(HOST(.absent = true), "file-absent", "note /etc/subuid:0", "nobody has", "empty one");
	finds_none("empty", HOST(.subuid = ""), "file-absent");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_found_on_a_host_that_has_nothing),
		cmocka_unit_test(heavier_findings_come_first),
		cmocka_unit_test(two_owners_of_an_id_are_an_error_with_a_range_to_move_to),
		cmocka_unit_test(an_owner_is_quoted_for_the_shell_of_a_fix),
		cmocka_unit_test(a_line_by_hand_is_the_fix_for_an_owner_without_an_account),
		cmocka_unit_test(nesting_is_a_note_where_it_is_meant),
		cmocka_unit_test(a_conflict_shows_behind_a_nested_range),
		cmocka_unit_test(a_range_twice_is_a_duplicate),
		cmocka_unit_test(a_range_in_part_twice_is_repeated),
		cmocka_unit_test(a_range_over_a_user_is_an_error),
		cmocka_unit_test(a_range_over_a_group_is_an_error),
		cmocka_unit_test(a_range_over_a_reserved_id_is_found),
		cmocka_unit_test(a_range_over_systemds_is_found),
		cmocka_unit_test(systemds_container_range_is_a_note_for_useradd_goes_there),
		cmocka_unit_test(a_range_past_the_last_id_is_an_error),
		cmocka_unit_test(a_malformed_line_is_an_error_with_the_parsers_reason),
		cmocka_unit_test(a_comment_that_shadow_reads_is_a_note),
		cmocka_unit_test(a_line_of_nis_is_a_note),
		cmocka_unit_test(what_only_some_read_is_a_warning),
		cmocka_unit_test(a_last_line_without_its_newline_is_a_warning),
		cmocka_unit_test(an_owner_without_an_account_is_a_note),
		cmocka_unit_test(uids_without_gids_are_a_warning),
		cmocka_unit_test(gids_without_uids_are_a_warning),
		cmocka_unit_test(unequal_counts_are_a_warning),
		cmocka_unit_test(two_spellings_of_an_owner_are_a_warning),
		cmocka_unit_test(an_order_that_useradd_would_change_is_a_warning),
		cmocka_unit_test(a_fix_changes_the_host_that_was_looked_at_and_no_other),
		cmocka_unit_test(a_fix_is_no_command_where_the_path_leads_through_a_link),
		cmocka_unit_test(a_file_of_somebody_elses_is_an_error),
		cmocka_unit_test(a_file_that_others_can_write_is_an_error),
		cmocka_unit_test(a_file_that_others_cannot_read_is_a_warning),
		cmocka_unit_test(a_file_that_is_not_there_is_a_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
