/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is printed of the hosts in tests/subid-check/hosts. output.sh compares the same with the
 * program as it is installed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "print.h"
#include "printed.h"
#include "scratch.h"
#include "table.h"

static const char *const names[] = { "clean", "empty", "hostile", "lines", "reserved", "shared" };
static struct host hosts[COUNT_OF(names)];

static const struct style plain = { .utf8 = true, .width = 80 };

static int setup(void **state)
{
	if (printed_setup(state) < 0)
		return -1;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		host_read(names[i], &hosts[i]);
	return 0;
}

static int teardown(void **state)
{
	for (size_t i = 0; i < COUNT_OF(names); i++)
		host_free(&hosts[i]);
	return scratch_teardown(state);
}

static void print_status(const struct host *host)
{
	const size_t *count = host->findings.count;

	printf("status %d\n", count[FINDING_ERROR] + count[FINDING_WARNING] > 0 ? 1 : 0);
}

static char *report_of(const struct host *host, const struct style *style)
{
	const struct table_look look = { .columns = NULL };

	printed_begin();
	table_print(&host->survey, style, &look);
	holdings_print(&host->survey, style);
	(void)putchar('\n');
	report_print(&host->findings, style);
	print_status(host);
	return printed_end();
}

static void a_report_has_the_table_and_the_findings(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++)
		check_same(names[i], report_of(&hosts[i], &plain), hosts[i].report.bytes);
}

/* Removes what begins with an escape and ends with an m. */
static void without_colours(char *text)
{
	char *to = text;

	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '\x1b')
			at = strchr(at, 'm');
		else
			*to++ = *at;
	}
	*to = '\0';
}

static void colours_change_nothing_else(void **state)
{
	struct style style = plain;

	(void)state;
	style.colours = true;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		char *report = report_of(&hosts[i], &style);

		assert_non_null(strchr(report, '\x1b'));
		without_colours(report);
		check_same(names[i], report, hosts[i].report.bytes);
	}
}

static void a_map_has_a_row_for_each_stretch(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		printed_begin();
		map_print(&hosts[i].survey, &plain);
		print_status(&hosts[i]);
		check_same(names[i], printed_end(), hosts[i].map.bytes);
	}
}

static void a_picture_has_a_block_for_each_stretch(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		printed_begin();
		svg_print(&hosts[i].survey, stdout);
		print_status(&hosts[i]);
		check_same(names[i], printed_end(), hosts[i].svg.bytes);
	}
}

static void json_has_the_whole_host(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		printed_begin();
		json_print(&hosts[i].survey, &hosts[i].findings);
		check_same_json(names[i], printed_end(), hosts[i].json.bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_has_the_table_and_the_findings),
		cmocka_unit_test(colours_change_nothing_else),
		cmocka_unit_test(a_map_has_a_row_for_each_stretch),
		cmocka_unit_test(a_picture_has_a_block_for_each_stretch),
		cmocka_unit_test(json_has_the_whole_host),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
