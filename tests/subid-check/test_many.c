/* SPDX-License-Identifier: BSD-3-Clause */
/* Hosts with many owners, findings and stray files: what is cut, and what is said of the rest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "check.h"
#include "memory.h"
#include "model.h"
#include "print.h"
#include "printed.h"
#include "rules.h"
#include "scratch.h"
#include "segments.h"
#include "table.h"
#include "tally.h"

#define OWNERS 1001

static const struct style plain = { .utf8 = true, .width = 80 };
static const struct style all = { .utf8 = true, .width = 80, .all = true };
static struct survey many;

static int setup(void **state)
{
	static char text[OWNERS * 32];
	char *at = text;

	if (printed_setup(state) < 0)
		return -1;
	for (unsigned int i = 0; i < OWNERS; i++)
		at += sprintf(at, "u%u:%u:1000\n", i, 600000000 + i * 2000);
	model_survey(&(const struct model){ .subuid = text, .subgid = text, .away = true }, &many);
	return 0;
}

static int teardown(void **state)
{
	survey_free(&many);
	return scratch_teardown(state);
}

static size_t lines_of(const char *text, const char *with)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, with)); at++)
		n++;
	return n;
}

static void a_table_has_1000_owners_or_all(void **state)
{
	const struct table_look usual = { .columns = NULL }, raw = { .raw = true };
	char *table;

	(void)state;
	printed_begin();
	table_print(&many, &plain, &usual);
	table = printed_end();
	assert_int_equal(lines_of(table, "\n"), 1 + 1000 + 1);
	assert_non_null(strstr(table, "\nand 1 more owners; --all shows them\n"));
	free(table);
	printed_begin();
	table_print(&many, &all, &usual);
	table_print(&many, &plain, &raw);
	table = printed_end();
	assert_int_equal(lines_of(table, "\n"), 2 * (1 + OWNERS));
	assert_null(strstr(table, "more owners"));
	free(table);
}

static void a_map_has_about_48_rows_or_all(void **state)
{
	struct segments segments;
	char *map;

	(void)state;
	printed_begin();
	map_print(&many, &plain);
	map = printed_end();
	segments_of(&many, SUBID_UID, 48, &segments);
	assert_true(segments.n < 60);
	assert_int_equal(lines_of(map, "\n"), 2 * (1 + segments.n) + 1);
	free(map);
	segments_free(&segments);
	segments_of(&many, SUBID_UID, SIZE_MAX, &segments);
	assert_true(segments.n > OWNERS);
	printed_begin();
	map_print(&many, &all);
	map = printed_end();
	assert_int_equal(lines_of(map, "\n"), 2 * (1 + segments.n) + 1);
	free(map);
	segments_free(&segments);
}

static void a_report_has_10_findings_of_a_code_or_all(void **state)
{
	struct findings findings;
	size_t n = 0;
	char *report, want[128];

	(void)state;
	findings_of(&many, &findings);
	for (size_t i = 0; i < findings.n; i++)
		n += strcmp(findings.items[i].code, "no-account") == 0;
	assert_true(n >= OWNERS);
	printed_begin();
	report_print(&findings, &plain);
	report = printed_end();
	assert_int_equal(lines_of(report, "[no-account]\n"), 10);
	(void)snprintf(want, sizeof(want),
		       "\n\nnote  and %zu more of [no-account]; --all shows them\n\n", n - 10);
	assert_non_null(strstr(report, want));
	free(report);
	printed_begin();
	report_print(&findings, &all);
	report = printed_end();
	assert_int_equal(lines_of(report, "[no-account]\n"), n);
	assert_null(strstr(report, "more of"));
	free(report);
	findings_free(&findings);
}

static void a_report_counts_what_it_has(void **state)
{
	const struct style coloured = { .colours = true, .width = 80 };
	struct findings findings = { .n = 0 };
	char *report;

	(void)state;
	printed_begin();
	report_print(&findings, &plain);
	report_print(&findings, &coloured);
	check_same("none", printed_end(), "No findings.\n\x1b[32mNo findings.\x1b[0m\n");
	(void)findings_add(&findings, FINDING_WARNING, "x", NULL, 0, rules_text("Reason."),
			   rules_text("Fix."));
	findings.dropped = 3;
	printed_begin();
	report_print(&findings, &plain);
	check_same("some", printed_end(),
		   "warning  [x]\n    Reason.\n    Fix: Fix.\n\n"
		   "3 findings are not shown: there are more than 200000 of one kind.\n"
		   "0 errors, 1 warning, 0 notes.\n");
	printed_begin();
	json_print(&many, &findings);
	report = printed_end();
	assert_non_null(strstr(report, "\"complete\": false,"));
	free(report);
	findings.dropped = 0;
	printed_begin();
	json_print(&many, &findings);
	report = printed_end();
	assert_non_null(strstr(report, "\"complete\": true,"));
	free(report);
	findings_free(&findings);
}

static void findings_beyond_200000_of_a_code_are_counted(void **state)
{
	struct findings findings = { .n = 0 };

	(void)state;
	for (size_t i = 0; i < FINDINGS_OF_A_CODE_MAX + 2; i++)
		(void)findings_add(&findings, FINDING_NOTE, "x", NULL, 0, rules_text(""),
				   rules_text(""));
	(void)findings_add(&findings, FINDING_NOTE, "y", NULL, 0, rules_text(""), rules_text(""));
	assert_int_equal(findings.n, FINDINGS_OF_A_CODE_MAX + 1);
	assert_int_equal(findings.dropped, 2);
	assert_int_equal(findings.count[FINDING_NOTE], FINDINGS_OF_A_CODE_MAX + 3);
	findings_free(&findings);
}

static void findings_of_one_severity_keep_their_order(void **state)
{
	static const enum finding_severity severities[] = { FINDING_NOTE,  FINDING_ERROR,
							    FINDING_NOTE,  FINDING_WARNING,
							    FINDING_ERROR, FINDING_NOTE };
	struct findings findings = { .n = 0 };
	char order[16] = "";

	(void)state;
	for (size_t i = 0; i < COUNT_OF(severities); i++)
		(void)findings_add(&findings, severities[i], i % 2 ? "odd" : "even", NULL,
				   (uint32_t)i, rules_text(""), rules_text(""));
	findings_sort(&findings);
	for (size_t i = 0; i < findings.n; i++)
		(void)sprintf(order + i, "%u", findings.items[i].line);
	check_text("order", order, "143025");
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(findings.codes[i].n, 3);
	assert_null(findings.codes[2].code);
	findings_free(&findings);
}

static void a_page_has_an_owner_of_gids_alone(void **state)
{
	struct findings findings = { .n = 0 };
	struct survey survey;
	char *page;

	(void)state;
	model_survey(&(const struct model){ .subuid = "", .subgid = "alice:100000:10\n" }, &survey);
	printed_begin();
	html_print(&survey, &findings, stdout);
	page = printed_end();
	assert_non_null(strstr(page, "<tr><td>alice</td>"));
	free(page);
	survey_free(&survey);
}

/* The whole name is the title, which a browser shows when asked. */
static void a_picture_shortens_a_name_that_does_not_fit(void **state)
{
	static const char name[] = "0123456789abcdefghij0123456789abcdefghij0123456789";
	struct survey survey;
	char *picture, subuid[128], want[128];

	(void)state;
	(void)snprintf(subuid, sizeof(subuid), "%s:100000:65536\n", name);
	model_survey(&(const struct model){ .subuid = subuid, .subgid = "" }, &survey);
	printed_begin();
	svg_print(&survey, stdout);
	picture = printed_end();
	(void)snprintf(want, sizeof(want), "<title>%s: 100000-165535, 65,536</title>", name);
	assert_non_null(strstr(picture, want));
	/* There are 44 characters in a block, less those of "65,536", and one is left free. */
	(void)snprintf(want, sizeof(want), ">%.*s</text>", 44 - 6 - 1, name);
	assert_non_null(strstr(picture, want));
	free(picture);
	survey_free(&survey);
}

/* --- files ------------------------------------------------------------------------------- */

static void at_most_256_groups_of_orphans_are_listed(void **state)
{
	enum { STRAYS = 257 };
	static struct holdings_stray strays[STRAYS];
	const char *directories[] = { "/srv" };
	struct findings findings;
	size_t n = 0, rest = 0;

	(void)state;
	for (uint32_t i = 0; i < STRAYS; i++)
		strays[i] = (struct holdings_stray){ .ids = { 2000 + i, 2000 + i },
						     .files = 1,
						     .orphans = 1 };
	many.holdings = (struct holdings){ .directories = directories,
					   .n_directories = 1,
					   .strays = { strays, NULL },
					   .n_strays = { STRAYS, 0 },
					   .more = { [HOLDINGS_ACL] = 5, [HOLDINGS_UNREAD] = 1 } };
	findings_of(&many, &findings);
	many.holdings = (struct holdings){ .n = 0 };
	for (size_t i = 0; i < findings.n; i++) {
		const struct finding *finding = &findings.items[i];

		if (strcmp(finding->code, "orphan") == 0) {
			n++;
			rest += strcmp(finding->reason, "There are 1 more that are not listed.") ==
				0;
		} else if (strcmp(finding->code, "acl") == 0) {
			check_text("more ACLs", finding->reason,
				   "There are 5 more that are not listed.");
			assert_int_equal(finding->severity, FINDING_WARNING);
			rest++;
		} else if (strcmp(finding->code, "unread-directory") == 0) {
			assert_int_equal(finding->severity, FINDING_WARNING);
			rest++;
		}
	}
	assert_int_equal(n, 256 + 1);
	assert_int_equal(rest, 3);
	findings_free(&findings);
}

/* A symbolic link has no attributes that the walk would look at. */
static void visit(struct tally *tally, uint32_t uid)
{
	struct statx stat = { .stx_mode = S_IFLNK | 0777, .stx_uid = uid, .stx_blocks = 8 };
	struct tree_entry entry = { .name = "x", .stat = &stat };

	tally_visit(&entry, tally);
}

/* A user who makes a file for each ID that exists cannot use up the memory. */
static void ids_beyond_262144_are_counted_in_blocks(void **state)
{
	static const uint32_t first = 2000000000, others[] = { 3000000001, 3000000002, 3000065536 };
	struct whose_map map;
	struct tally tally;
	size_t blocks = 0;

	(void)state;
	whose_map(&many, &map);
	tally_begin(&map, &tally);
	for (uint32_t i = 0; i < 262144; i++)
		visit(&tally, first + i);
	for (size_t i = 0; i < COUNT_OF(others); i++)
		visit(&tally, others[i]);
	visit(&tally, first);
	for (size_t i = 0; i < tally.strays[SUBID_UID].room; i++) {
		const struct holdings_stray *stray = &tally.strays[SUBID_UID].items[i];

		if (stray->ids.first == first)
			assert_int_equal(stray->files, 2);
		if (stray->ids.last == stray->ids.first || stray->ids.last == 0)
			continue;
		/* 3000000001 / 65536 is 45776. */
		assert_int_equal(stray->ids.first % 65536, 0);
		assert_int_equal(stray->ids.last, stray->ids.first + 65535);
		assert_int_equal(stray->files, stray->ids.first == 45776u * 65536 ? 2 : 1);
		blocks++;
	}
	assert_int_equal(blocks, 2);
	assert_int_equal(tally.strays[SUBID_UID].n, 262146);
	tally_free(&tally);
	whose_map_free(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_has_1000_owners_or_all),
		cmocka_unit_test(a_map_has_about_48_rows_or_all),
		cmocka_unit_test(a_report_has_10_findings_of_a_code_or_all),
		cmocka_unit_test(a_report_counts_what_it_has),
		cmocka_unit_test(findings_beyond_200000_of_a_code_are_counted),
		cmocka_unit_test(findings_of_one_severity_keep_their_order),
		cmocka_unit_test(a_picture_shortens_a_name_that_does_not_fit),
		cmocka_unit_test(a_page_has_an_owner_of_gids_alone),
		cmocka_unit_test(at_most_256_groups_of_orphans_are_listed),
		cmocka_unit_test(ids_beyond_262144_are_counted_in_blocks),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
