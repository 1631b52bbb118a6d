/* SPDX-License-Identifier: BSD-3-Clause */
/* The model between the files and the findings. */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "identity.h"
#include "model.h"
#include "pool.h"
#include "printable.h"
#include "usage.h"

#define HOST(...) (&(const struct model){ __VA_ARGS__ })

/* --- gaps ------------------------------------------------------------------------------ */

static void gaps_avoid_ranges_accounts_and_one_another(void **state)
{
	struct survey survey;
	struct stretch ids;
	struct gap gap;

	(void)state;
	model_survey(HOST(.subuid = "alice:100010:10\n", .users = "alice 1000 x 100025",
			  .login_defs = "SUB_UID_MAX 2147352575\n"),
		     &survey);
	gap_begin(&gap, &survey.pools[SUBID_UID], &survey.databases[SUBID_UID],
		  &survey.accounts[SUBID_UID], &survey.avoid[SUBID_UID]);
	assert_true(gap_take(&gap, 10, &ids));
	assert_int_equal(ids.first, 100000);
	assert_true(gap_take(&gap, 5, &ids));
	assert_int_equal(ids.first, 100020);
	assert_int_equal(ids.last, 100024);
	assert_true(gap_take(&gap, 2, &ids));
	assert_int_equal(ids.first, 100026);
	assert_true(gap_take(&gap, 2147252548, &ids));
	assert_int_equal(ids.last, 2147352575);
	assert_false(gap_take(&gap, 1, &ids));
	survey_free(&survey);
}

/* --- one ID ---------------------------------------------------------------------------- */

static void an_id_is_its_first_lines_and_has_the_gid_at_its_position(void **state)
{
	struct survey survey;
	struct identity identity;

	(void)state;
	model_survey(HOST(.subuid = "1000:300000:10\nbob:100000:100\nalice:100000:100\n",
			  .subgid = "alice:500000:5\nbob:1:1\nalice:600000:100\n"),
		     &survey);
	identity_of_id(&survey, SUBID_UID, 300007, &identity);
	assert_true(identity_is_delegated(&identity));
	check_text("a number is shown as its account, and has GIDs of its own", identity.record,
		   "subuid-alice-300007:x:300007:65534:Subordinate UID 7 of "
		   "alice:/:" NSS_SUBID_NOLOGIN);
	identity_free(&identity);

	assert_true(identity_of_name(&survey, "subuid-alice-300007", &identity));
	check_text("by the account's name", identity.name, "subuid-alice-300007");
	identity_free(&identity);
	assert_true(identity_of_name(&survey, "subuid-1000-300007", &identity));
	check_text("by the number", identity.name, "subuid-1000-300007");
	identity_free(&identity);

	identity_of_id(&survey, SUBID_UID, 100003, &identity);
	check_text("the first line", identity.owner->name, "bob");
	assert_null(identity.counterpart_entry);
	identity_free(&identity);

	assert_true(identity_of_name(&survey, "subuid-alice-100003", &identity));
	assert_int_equal(identity.position, 3);
	check_text("by name", identity.name, "subuid-alice-100003");
	identity_free(&identity);

	assert_true(identity_of_name(&survey, "subgid-alice-500004", &identity));
	check_text("a group", identity.record, "subgid-alice-500004:x:500004:");
	identity_free(&identity);

	assert_true(identity_of_name(&survey, "subuid-carol-100003", &identity));
	assert_false(identity_is_delegated(&identity));
	identity_free(&identity);
	assert_false(identity_of_name(&survey, "alice", &identity));
	identity_of_id(&survey, SUBID_UID, 99999, &identity);
	assert_false(identity_is_delegated(&identity));
	identity_free(&identity);
	survey_free(&survey);
}

/* The rule of spell_as_account() in nss_subid/lookup.c. */
static void a_number_stays_where_the_accounts_name_has_the_id_itself(void **state)
{
	struct survey survey;
	struct identity identity;

	(void)state;
	model_survey(HOST(.subuid = "1000:300000:10\nalice:300005:100\n",
			  .subgid = "1000:500000:10\nalice:600000:100\n"),
		     &survey);
	identity_of_id(&survey, SUBID_UID, 300007, &identity);
	check_text("its own line has it, too", identity.record,
		   "subuid-1000-300007:x:300007:500007:Subordinate UID 7 of "
		   "1000:/:" NSS_SUBID_NOLOGIN);
	identity_free(&identity);
	assert_true(identity_of_name(&survey, "subuid-alice-300007", &identity));
	check_text("by that name its own line", identity.record,
		   "subuid-alice-300007:x:300007:600002:Subordinate UID 2 of "
		   "alice:/:" NSS_SUBID_NOLOGIN);
	identity_free(&identity);
	identity_of_id(&survey, SUBID_UID, 300003, &identity);
	check_text("only the number's line has it", identity.name, "subuid-alice-300003");
	identity_free(&identity);
	survey_free(&survey);
}

static void a_reserved_id_has_no_record_whoever_it_is_delegated_to(void **state)
{
	struct survey survey;
	struct identity identity;

	(void)state;
	model_survey(HOST(.subuid = "alice:65000:1000\n"), &survey);
	identity_of_id(&survey, SUBID_UID, 65534, &identity);
	assert_non_null(identity.entry);
	assert_true(identity.reserved);
	assert_false(identity_is_delegated(&identity));
	identity_free(&identity);
	survey_free(&survey);
}

/* --- use ------------------------------------------------------------------------------- */

static void used_ids_are_counted_once_for_each_range(void **state)
{
	struct usage usage = { .n = { 0 } };
	const struct use *first = NULL;
	struct survey survey;

	(void)state;
	model_survey(HOST(.subuid = "alice:100000:10\nbob:4294967290:5\n"), &survey);
	usage_add(&usage, SUBID_UID, 100009, 7);
	usage_add(&usage, SUBID_UID, 100000, 9);
	usage_add(&usage, SUBID_UID, 100000, 8);
	usage_add(&usage, SUBID_UID, 100000, 8);
	usage_add(&usage, SUBID_UID, 100010, 8);
	usage_add(&usage, SUBID_UID, 4294967294, 8);
	usage_sort(&usage);
	usage_count(&usage, survey.databases, &survey.owners);
	assert_int_equal(survey.databases[SUBID_UID].entries[0].used, 2);
	assert_int_equal(survey.databases[SUBID_UID].entries[1].used, 1);
	assert_int_equal(survey.owners.items[0].used[SUBID_UID], 2);
	assert_int_equal(usage_of(&usage, SUBID_UID, 100000, &first), 2);
	assert_int_equal(first->pid, 8);
	assert_int_equal(usage_of(&usage, SUBID_UID, 100001, &first), 0);
	usage_free(&usage);
	survey_free(&survey);
}

static void an_id_inside_is_found_in_a_uid_map(void **state)
{
	static char map[] = "         0       1000          1\n         1     100000      65536\n";
	static const struct {
		uint32_t id;
		int r;
		uint32_t inside;
	} rows[] = {
		{ 1000, 0, 0 },	     { 100000, 0, 1 },	   { 165535, 0, 65536 },
		{ 999, -ENOENT, 0 }, { 1001, -ENOENT, 0 }, { 165536, -ENOENT, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		FILE *stream = fmemopen(map, strlen(map), "r");
		uint32_t inside = 0;

		assert_non_null(stream);
		check_int("mapped", usage_map(stream, rows[i].id, &inside), rows[i].r);
		check_int("inside", inside, rows[i].inside);
		assert_int_equal(fclose(stream), 0);
	}
}

/* --- texts ------------------------------------------------------------------------------ */

static void check_shown(char *(*show)(const char *text), const char *text, const char *want)
{
	char *shown = show(text);

	check_text(text, shown, want);
	free(shown);
}

static void nothing_that_a_terminal_obeys_is_shown(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	check_shown(printable, "J\xc3\xb6rg", "J\xc3\xb6rg");
	check_shown(printable, "a\x1b[31m\n\x7f", "a\\033[31m\\012\\177");
	check_shown(printable, "a\xc2\x9b", "a\\302\\233");
	check_shown(printable,
		    "a\xe2\x80\xae"
		    "b",
		    "a\\342\\200\\256b");
	check_shown(printable, "a\xff\xc3", "a\\377\\303");
	assert_non_null(setlocale(LC_CTYPE, "C"));
	check_shown(printable, "J\xc3\xb6rg", "J\\303\\266rg");
}

static void documents_are_valid_utf8_without_what_would_not_show(void **state)
{
	(void)state;
	check_shown(printable_utf8, "J\xc3\xb6rg\xff", "J\xc3\xb6rg\xef\xbf\xbd");
	check_shown(printable_utf8, "\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd");
	check_shown(printable_utf8, "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	check_shown(printable_utf8, "\xf0\x9f\x90\xa7", "\xf0\x9f\x90\xa7");
	check_shown(printable_utf8, "\xf4\x90\x80\x80",
		    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	check_shown(printable_json, "\"a\xc2\x9b\xe2\x80\xae\x7f\xf3\xa0\x80\x81\xc3\xb6\"\n",
		    "\"a\\u009b\\u202e\\u007f\\udb40\\udc01\xc3\xb6\"\n");
	check_shown(printable_xml, "<a&\"b>\x1b\xc2\x9b",
		    "&lt;a&amp;&quot;b&gt;\xef\xbf\xbd\xef\xbf\xbd");
	/* U+FFFE and U+FFFF are no characters of XML; U+FFFD is. */
	check_shown(printable_xml, "\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd",
		    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(gaps_avoid_ranges_accounts_and_one_another),
		cmocka_unit_test(an_id_is_its_first_lines_and_has_the_gid_at_its_position),
		cmocka_unit_test(a_number_stays_where_the_accounts_name_has_the_id_itself),
		cmocka_unit_test(a_reserved_id_has_no_record_whoever_it_is_delegated_to),
		cmocka_unit_test(used_ids_are_counted_once_for_each_range),
		cmocka_unit_test(an_id_inside_is_found_in_a_uid_map),
		cmocka_unit_test(nothing_that_a_terminal_obeys_is_shown),
		cmocka_unit_test(documents_are_valid_utf8_without_what_would_not_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
