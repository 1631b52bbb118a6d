/* SPDX-License-Identifier: BSD-3-Clause */
/* The output about one ID and about files, chosen columns, the page; and that no memory is lost. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "leaks.h"
#include "print.h"
#include "printed.h"
#include "scratch.h"
#include "table.h"

static const struct style plain = { .utf8 = true, .width = 80 };
static struct host shared;

static int setup(void **state)
{
	if (printed_setup(state) < 0)
		return -1;
	host_read("shared", &shared);
	return 0;
}

static int teardown(void **state)
{
	host_free(&shared);
	return scratch_teardown(state);
}

/* --- the table ----------------------------------------------------------------------- */

static char *table_of(const struct table_look *look)
{
	printed_begin();
	table_print(&shared.survey, &plain, look);
	return printed_end();
}

static void columns_are_chosen_by_name(void **state)
{
	(void)state;
	check_same("a row for each range",
		   table_of(&(const struct table_look){
			   .columns = "owner,SUBUIDS,Uids,SUBGIDS,GIDS" }),
		   "OWNER                     SUBUIDS  UIDS       SUBGIDS  GIDS\n"
		   "alice               100000-165535 65536 100000-165535 65536\n"
		   "bob                 165536-231071 65536 165536-231071 65536\n"
		   "carol               200000-265535 65536 231072-263839 32768\n"
		   "subuid-alice-100000 110000-110999  1000 110000-110999  1000\n");
	check_same("for programs",
		   table_of(&(const struct table_look){
			   "UID-FIRST,UID-LAST,UID-LINE,UID-POSITION,GID-FIRST,GID-LAST,GID-LINE,"
			   "GID-POSITION,LOGIN",
			   true, true }),
		   "100000 165535 1 0 100000 165535 1 0 alice\n"
		   "165536 231071 2 0 165536 231071 2 0 bob\n"
		   "200000 265535 3 0 231072 263839 3 0 carol\n"
		   "110000 110999 4 0 110000 110999 4 0 -\n");
	check_same("beside the usual ones",
		   table_of(&(const struct table_look){ "+LOGIN", false, true }),
		   "OWNER UID SUBUIDS UUSED SUBGIDS GUSED LOGIN\n"
		   "alice 1000 100000-165535 - 100000-165535 - alice\n"
		   "bob 1001 165536-231071 - 165536-231071 - bob\n"
		   "carol 1002 200000-265535 - 231072-263839 - carol\n"
		   "subuid-alice-100000 100000 110000-110999 - 110000-110999 - -\n");
}

static void every_column_is_listed(void **state)
{
	char names[512] = "", *list, *line, *rest;
	struct table_look look = { .columns = names, .raw = true };
	size_t n = 0;

	(void)state;
	printed_begin();
	table_list_columns();
	list = printed_end();
	for (rest = list; (line = strsep(&rest, "\n")) && *line != '\0'; n++) {
		check_int("help begins in column 14", line[13], ' ');
		assert_true(line[14] != ' ' && line[14] != '\0');
		line[strcspn(line, " ")] = '\0';
		(void)snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
			       n > 0 ? "," : "", line);
	}
	free(list);
	assert_int_equal(n, 17);
	list = table_of(&look);
	list[strcspn(list, "\n")] = '\0';
	for (char *at = list; *at != '\0'; at++)
		if (*at == ' ')
			*at = ',';
	check_same("the headings are the names", list, names);
}

/* --- one ID --------------------------------------------------------------------------- */

static const struct row {
	const char *reason;
	enum subid_kind kind;
	uint32_t id;
	const char *answer, *json;
} rows[] = {
	{ "a UID of two lines", SUBID_UID, 110001,
	  "UID 110001 is subuid-alice-110001\n"
	  "  owner       alice (UID 1000)\n"
	  "  position    10001 of 65536\n"
	  "  line        /etc/subuid:1  alice:100000:65536\n"
	  "  but also    /etc/subuid:4  subuid-alice-100000:110000:1000\n"
	  "  its GID     110001, by /etc/subgid:1  alice:100000:65536\n"
	  "  record      subuid-alice-110001:x:110001:110001:Subordinate UID 10001 of "
	  "alice:/:" NSS_SUBID_NOLOGIN "\n",
	  "{ \"kind\": \"uid\", \"id\": 110001, \"delegated\": true, "
	  "\"name\": \"subuid-alice-110001\", \"record\": \"subuid-alice-110001:x:110001:110001:"
	  "Subordinate UID 10001 of alice:/:" NSS_SUBID_NOLOGIN "\", \"owner\": \"alice\", "
	  "\"account\": \"user\", \"uid\": 1000, \"login\": \"alice\", \"position\": 10001, "
	  "\"file\": \"/etc/subuid\", \"line\": 1, \"start\": 100000, \"count\": 65536, "
	  "\"gid\": 110001 }" },
	{ "a GID", SUBID_GID, 110999,
	  "GID 110999 is subgid-alice-110999\n"
	  "  owner       alice (UID 1000)\n"
	  "  position    10999 of 65536\n"
	  "  line        /etc/subgid:1  alice:100000:65536\n"
	  "  but also    /etc/subgid:4  subuid-alice-100000:110000:1000\n"
	  "  record      subgid-alice-110999:x:110999:\n",
	  "{ \"kind\": \"gid\", \"id\": 110999, \"delegated\": true, "
	  "\"name\": \"subgid-alice-110999\", \"record\": \"subgid-alice-110999:x:110999:\", "
	  "\"owner\": \"alice\", \"account\": \"user\", \"uid\": 1000, \"login\": \"alice\", "
	  "\"position\": 10999, \"file\": \"/etc/subgid\", \"line\": 1, \"start\": 100000, "
	  "\"count\": 65536 }" },
	{ "a UID without a GID", SUBID_UID, 265535,
	  "UID 265535 is subuid-carol-265535\n"
	  "  owner       carol (UID 1002)\n"
	  "  position    65535 of 65536\n"
	  "  line        /etc/subuid:3  carol:200000:65536\n"
	  "  its GID     carol has none at that position\n"
	  "  record      subuid-carol-265535:x:265535:65534:Subordinate UID 65535 of "
	  "carol:/:" NSS_SUBID_NOLOGIN "\n",
	  NULL },
	{ "a UID of an account", SUBID_UID, 170000,
	  "UID 170000 is subuid-bob-170000, and is the user ldapadmin\n"
	  "  owner       bob (UID 1001)\n"
	  "  position    4464 of 65536\n"
	  "  line        /etc/subuid:2  bob:165536:65536\n"
	  "  its GID     170000, by /etc/subgid:2  bob:165536:65536\n"
	  "  record      subuid-bob-170000:x:170000:170000:Subordinate UID 4464 of "
	  "bob:/:" NSS_SUBID_NOLOGIN "\n",
	  NULL },
	{ "an account's alone", SUBID_GID, 1000,
	  "GID 1000 is not delegated; it is the group alice\n",
	  "{ \"kind\": \"gid\", \"id\": 1000, \"delegated\": false }" },
	{ "nobody's", SUBID_UID, 99999, "UID 99999 is not delegated\n",
	  "{ \"kind\": \"uid\", \"id\": 99999, \"delegated\": false }" },
};

static void an_id_is_described_by_its_first_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char want[2048];
		struct identity identity;

		identity_of_id(&shared.survey, rows[i].kind, rows[i].id, &identity);
		printed_begin();
		answer_print(&shared.survey, &identity, 0, &plain);
		check_same(rows[i].reason, printed_end(), rows[i].answer);
		if (rows[i].json) {
			(void)snprintf(want, sizeof(want), "{ \"version\": 1, \"ids\": [ %s ] }",
				       rows[i].json);
			printed_begin();
			json_print_identities(&shared.survey, &identity, 1, 0);
			check_same_json(rows[i].reason, printed_end(), want);
		}
		identity_free(&identity);
	}
}

/* --- files and the page ------------------------------------------------------------------ */

/* alice's files in two stretches, bob's group, and two that are nobody's. */
static void add_files(struct survey *survey, const char *directories[2])
{
	const struct owner *owners = survey->owners.items;
	static struct holdings_use uids[2], gids[1];
	static struct holdings_stray strays[3] = {
		{ .ids = { 400000, 400000 }, .files = 2, .bytes = 4096, .named = 1 },
		{ .ids = { 400001, 400001 }, .named = 3 },
		{ .ids = { 500000, 500009 }, .files = 1, .bytes = 1024 },
	};

	uids[0] = (struct holdings_use){ { 100000, 100009 }, &owners[0], 3, 12288 };
	uids[1] = (struct holdings_use){ { 120000, 120000 }, &owners[0], 1, 0 };
	gids[0] = (struct holdings_use){ { 165536, 165537 }, &owners[1], 7, 5368709120 };
	survey->holdings = (struct holdings){
		.directories = directories,
		.n_directories = 2,
		.uses = { uids, gids },
		.n_uses = { 2, 1 },
		.strays = { strays, NULL },
		.n_strays = { 3, 0 },
		.n = 4711,
		.mounts = 1,
	};
}

static void files_are_shown_by_owner(void **state)
{
	const char *directories[] = { "/home", "/srv/<x>" };
	struct holdings before = shared.survey.holdings;
	char *page;

	(void)state;
	add_files(&shared.survey, directories);
	printed_begin();
	holdings_print(&shared.survey, &plain);
	check_same("the table", printed_end(),
		   "\n4711 files below /home /srv/<x>, without 1 mount point in there\n"
		   "OWNER    KIND  FIRST   LAST FILES     SIZE\n"
		   "alice    UID  100000 100009     3 12.0 KiB\n"
		   "alice    UID  120000 120000     1  0 bytes\n"
		   "bob      GID  165536 165537     7  5.0 GiB\n"
		   "(nobody) UID  400000 500009     3  5.0 KiB\n");
	printed_begin();
	html_print(&shared.survey, &shared.findings, stdout);
	page = printed_end();
	assert_non_null(strstr(page, "<h2>Files</h2>\n<p>4711 files below <code>/home</code> "
				     "<code>/srv/&lt;x&gt;</code>.</p>\n"));
	assert_non_null(strstr(
		page, "<tbody>\n"
		      "<tr><td>alice</td><td>UID</td><td class=\"n\">100000</td><td class=\"n\">"
		      "100009</td><td class=\"n\">3</td><td class=\"n\">12.0 KiB</td></tr>\n"
		      "<tr><td>alice</td><td>UID</td><td class=\"n\">120000</td><td class=\"n\">"
		      "120000</td><td class=\"n\">1</td><td class=\"n\">0 bytes</td></tr>\n"
		      "<tr><td>bob</td><td>GID</td><td class=\"n\">165536</td><td class=\"n\">"
		      "165537</td><td class=\"n\">7</td><td class=\"n\">5.0 GiB</td></tr>\n"
		      "</tbody></table></div>\n<h2>The ID space</h2>"));
	free(page);
	shared.survey.holdings.n_uses[SUBID_UID] = shared.survey.holdings.n_uses[SUBID_GID] = 0;
	shared.survey.holdings.n_strays[SUBID_UID] = shared.survey.holdings.mounts = 0;
	shared.survey.holdings.n_directories = 1;
	printed_begin();
	holdings_print(&shared.survey, &plain);
	check_same("none", printed_end(),
		   "\n4711 files below /home\nNo file belongs to a subordinate ID.\n");
	shared.survey.holdings = before;
}

static void json_has_the_files(void **state)
{
	const char *directories[] = { "/home", "/srv" };
	struct holdings before = shared.survey.holdings;
	char *got, *files;

	(void)state;
	add_files(&shared.survey, directories);
	printed_begin();
	json_print(&shared.survey, &shared.findings);
	got = printed_end();
	shared.survey.holdings = before;
	files = strstr(got, "\"files\": {\n");
	assert_non_null(files);
	/* They are the last member, so that a brace is left. */
	files[strlen(files) - 3] = '\0';
	check_same_json(
		"files", strdup(strchr(files, '{')),
		"{ \"directories\": [ \"/home\", \"/srv\" ], \"files\": 4711, \"mount_points\": 1, "
		"\"uids\": [ { \"owner\": \"alice\", \"first\": 100000, \"last\": 100009, "
		"\"files\": 3, \"bytes\": 12288 }, { \"owner\": \"alice\", \"first\": 120000, "
		"\"last\": 120000, \"files\": 1, \"bytes\": 0 } ], "
		"\"gids\": [ { \"owner\": \"bob\", \"first\": 165536, \"last\": 165537, "
		"\"files\": 7, \"bytes\": 5368709120 } ], "
		"\"stray_uids\": [ { \"first\": 400000, \"last\": 400000, \"files\": 2, "
		"\"bytes\": 4096, \"acl_entries\": 1 }, { \"first\": 400001, \"last\": 400001, "
		"\"files\": 0, \"bytes\": 0, \"acl_entries\": 3 }, { \"first\": 500000, "
		"\"last\": 500009, \"files\": 1, \"bytes\": 1024, \"acl_entries\": 0 } ], "
		"\"stray_gids\": [] }");
	free(got);
}

static void a_page_has_findings_owners_and_the_map(void **state)
{
	static const char *const parts[] = {
		"<p>2 errors, 2 warnings and 2 notes.</p>\n"
		"<div class=\"finding error\"><p><b>error</b> <b><code>/etc/subuid:3</code></b> "
		"<span class=\"faint\">[overlap]</span></p>\n"
		"<p>carol and bob (line 2) share 200000-231071 (31072 IDs): each can attack the "
		"other's containers.</p>\n"
		"<p>Fix: <code class=\"command\">usermod --prefix /tmp/subid-check.DIRECTOR/hosts/"
		"shared --del-subuids 200000-265535 --add-subuids 265536-331071 carol</code></p>"
		"</div>\n",
		"<p>Fix: Put subid last.</p></div>\n",
		"<tbody>\n<tr><td>alice</td><td class=\"n\">1000</td><td class=\"n\">100000-165535"
		"</td><td class=\"n\">65536</td><td class=\"n\">100000-165535</td><td class=\"n\">"
		"65536</td></tr>\n",
		"</tbody></table></div>\n<h2>The ID space</h2>\n",
		"<caption>UIDs</caption>\n<thead><tr><th class=\"n\">First</th><th class=\"n\">Last"
		"</th><th class=\"n\">IDs</th><th></th><th>Whose</th></tr></thead>\n<tbody>\n"
		"<tr><td class=\"n\">0</td><td class=\"n\">0</td><td class=\"n\">1</td>"
		"<td class=\"bar\"><span style=\"width:3%;background:var(--special)\"></span></td>"
		"<td>root</td></tr>\n"
		"<tr><td class=\"n\">1</td><td class=\"n\">999</td><td class=\"n\">999</td>"
		"<td class=\"bar\"><span style=\"width:33%;background:var(--free)\"></span></td>"
		"<td>free</td></tr>\n",
		"<td>nested alice + subuid-alice-100000</td></tr>\n",
		"<td>OVERLAP bob + carol</td></tr>\n",
		"<caption>GIDs</caption>",
		"<td class=\"bar\"><span style=\"width:97%;background:var(--free)\"></span></td>"
		"<td>free</td></tr>\n"
		"<tr><td class=\"n\">4294967295</td><td class=\"n\">4294967295</td>"
		"<td class=\"n\">1</td><td class=\"bar\"><span style=\"width:3%;"
		"background:var(--special)\"></span></td><td>-1 in 32 bits</td></tr>\n"
		"</tbody></table></div>\n</div>\n</body>\n</html>\n",
	};
	const char *at;
	char *page;

	(void)state;
	printed_begin();
	html_print(&shared.survey, &shared.findings, stdout);
	at = page = printed_end();
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		const char *part = strstr(at, parts[i]);

		if (!part)
			fail_msg("the page has not, in this order: %s", parts[i]);
		at = part + strlen(parts[i]);
	}
	check_text("behind all", at, "");
	free(page);
}

/* --- memory -------------------------------------------------------------------------------- */

static void print_everything(void)
{
	static const char *const names[] = { "lines", "reserved", "shared", "hostile" };
	const struct table_look look = { .columns = "+LOGIN,GID-POSITION" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct identity identity;
		struct host host;

		host_read(names[i], &host);
		printed_begin();
		table_print(&host.survey, &plain, &look);
		report_print(&host.findings, &plain);
		map_print(&host.survey, &plain);
		json_print(&host.survey, &host.findings);
		svg_print(&host.survey, stdout);
		html_print(&host.survey, &host.findings, stdout);
		for (uint32_t id = 99999; id < 240000; id += 10001) {
			identity_of_id(&host.survey, SUBID_UID, id, &identity);
			answer_print(&host.survey, &identity, getpid(), &plain);
			json_print_identities(&host.survey, &identity, 1, getpid());
			identity_free(&identity);
		}
		host_free(&host);
		free(printed_end());
	}
}

static void printing_loses_no_memory(void **state)
{
	(void)state;
	check_loses_no_memory(print_everything);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_chosen_by_name),
		cmocka_unit_test(every_column_is_listed),
		cmocka_unit_test(an_id_is_described_by_its_first_line),
		cmocka_unit_test(files_are_shown_by_owner),
		cmocka_unit_test(json_has_the_files),
		cmocka_unit_test(a_page_has_findings_owners_and_the_map),
		cmocka_unit_test(printing_loses_no_memory),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
