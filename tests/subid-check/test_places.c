/* SPDX-License-Identifier: BSD-3-Clause */
/* The owners of IDs, the places of their files, who may map them, and words of fixes. */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "model.h"
#include "namespaces.h"
#include "place.h"
#include "rules.h"
#include "scratch.h"

/*
 * UID 100005, one of alice's, has a range of its own: a container inside her container. The
 * owner `containers` has no account. bob has some of alice's, too. UIDs 310000 and 320000 have each
 * other in their ranges.
 */
static const struct model host = {
	.subuid = "alice:100000:65536\nbob:165536:65536\ncontainers:2147483647:65536\n"
		  "subuid-alice-100005:110000:100\n4242:300000:10\n"
		  "310000:320000:10\n320000:310000:10\nbob:120000:10\n",
	.subgid = "alice:500000:65536\nbob:165536:65536\n",
	.users = "root 0 alice 1000 bob 1001 lxd 999",
};

static void an_id_is_an_accounts_or_delegated_or_systemds_or_nobodys(void **state)
{
	static const struct {
		const char *reason;
		enum subid_kind kind;
		uint32_t id;
		enum whose whose;
		const char *owner;
	} rows[] = {
		{ "root's", SUBID_UID, 0, WHOSE_ACCOUNT, NULL },
		{ "an account's", SUBID_UID, 1000, WHOSE_ACCOUNT, NULL },
		{ "reserved", SUBID_UID, 65534, WHOSE_ACCOUNT, NULL },
		{ "before a range", SUBID_UID, 99999, WHOSE_NOBODY, NULL },
		{ "the first of a range", SUBID_UID, 100000, WHOSE_DELEGATED, "alice" },
		{ "the last of one", SUBID_UID, 165535, WHOSE_DELEGATED, "alice" },
		{ "the next one", SUBID_UID, 165536, WHOSE_DELEGATED, "bob" },
		{ "the first of two lines", SUBID_UID, 110000, WHOSE_DELEGATED, "alice" },
		{ "a GID that only the UIDs' file has", SUBID_GID, 100000, WHOSE_NOBODY, NULL },
		{ "systemd's", SUBID_UID, 1000000000, WHOSE_SYSTEMD, NULL },
		{ "above all ranges", SUBID_UID, 4294967294, WHOSE_NOBODY, NULL },
	};
	struct survey survey;
	struct whose_map map;

	(void)state;
	model_survey(&host, &survey);
	whose_map(&survey, &map);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct whose_answer answer = whose_id(&map, rows[i].kind, rows[i].id);

		check_int(rows[i].reason, answer.whose, rows[i].whose);
		if (rows[i].owner)
			check_text(rows[i].reason, answer.owner->name, rows[i].owner);
	}
	whose_map_free(&map);
	survey_free(&survey);
}

static void files_may_lie_in_a_place_of_their_owner_or_of_root(void **state)
{
	static const struct {
		const char *reason;
		struct place place;
		uint32_t id;
		bool trusts;
	} rows[] = {
		{ "the owner's directory", { true, false, 1000 }, 100000, true },
		{ "a user's directory that others can write", { true, true, 1000 }, 100000, true },
		{ "somebody else's", { true, false, 1001 }, 100000, false },
		{ "root's", { true, false, 0 }, 100000, true },
		{ "root's that others can write, as /tmp", { true, true, 0 }, 100000, false },
		{ "a place that is not known", { .known = false }, 100000, false },
		{ "no account, at root's", { true, false, 0 }, 2147483650, true },
		{ "no account, at a user's", { true, false, 1000 }, 2147483650, false },
		{ "an owner who is a number", { true, false, 4242 }, 300001, true },
		{ "an ID of nobody's, at a user's", { true, false, 1000 }, 400000, false },
		{ "an ID of nobody's, at root's", { true, false, 0 }, 400000, false },
		{ "systemd's, at root's", { true, false, 0 }, 1000000000, true },
		{ "systemd's, at a user's", { true, false, 1000 }, 1000000000, false },
		{ "systemd's, at /tmp", { true, true, 0 }, 1000000000, false },
		{ "no account, at a UID without one", { true, false, 20001 }, 2147483650, true },
		{ "an account, at a UID without one", { true, false, 20001 }, 100000, false },
	};
	struct survey survey;
	struct whose_map map;

	(void)state;
	model_survey(&host, &survey);
	whose_map(&survey, &map);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct whose_answer answer = whose_id(&map, SUBID_UID, rows[i].id);

		check_int(rows[i].reason, place_trusts(&rows[i].place, &map, &answer),
			  rows[i].trusts);
	}
	whose_map_free(&map);
	survey_free(&survey);
}

/*
 * The findings of a host with one namespace, as "namespace undelegated".
 * @says: NULL, or the first finding's IDs, reason and fix.
 */
static void check_namespace(const char *reason, uint32_t creator, struct namespace_map line,
			    const char *want, const char *says)
{
	struct namespace_map *maps = malloc(sizeof(line));
	struct userns userns = { .inode = 1,
				 .creator = creator,
				 .pid = 7,
				 .command = strdup("sleep"),
				 .where = strdup("-"),
				 .maps = maps,
				 .n_maps = 1 };
	struct findings findings = { .n = 0 };
	struct survey survey;
	struct pass pass = { .survey = &survey, .findings = &findings };
	char got[128] = "", text[1024];

	model_survey(&host, &survey);
	*maps = line;
	survey.namespaces.items = malloc(sizeof(userns));
	survey.namespaces.items[0] = userns;
	survey.namespaces.n = 1;
	rules_namespaces(&pass);
	for (size_t i = 0; i < findings.n; i++)
		(void)snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s",
			       i > 0 ? " " : "", findings.items[i].code);
	for (size_t i = 0; i < findings.n; i++) {
		/* It is about a process, and about no line of a file. */
		assert_null(findings.items[i].file);
		assert_int_equal(findings.items[i].line, 0);
	}
	check_text(reason, got, want);
	if (says) {
		(void)snprintf(text, sizeof(text), "%u-%u\n%s\n%s", findings.items[0].ids.first,
			       findings.items[0].ids.last, findings.items[0].reason,
			       findings.items[0].fix);
		check_text(reason, text, says);
	}
	findings_free(&findings);
	survey_free(&survey);
}

static void a_namespace_is_made_by_the_owner_of_its_ids(void **state)
{
	static const struct {
		const char *reason;
		uint32_t creator;
		struct namespace_map line;
		const char *want;
	} rows[] = {
		{ "the owner", 1000, { SUBID_UID, 1, { 100000, 165535 } }, "" },
		{ "somebody else", 1001, { SUBID_UID, 1, { 100000, 165535 } }, "namespace" },
		{ "the owner of a later line", 1001, { SUBID_UID, 1, { 120000, 120009 } }, "" },
		{ "a part of it", 1001, { SUBID_UID, 1, { 100010, 100019 } }, "namespace" },
		{ "two owners' at once", 1000, { SUBID_UID, 1, { 165535, 165536 } }, "namespace" },
		{ "one ID", 1001, { SUBID_UID, 0, { 100000, 100000 } }, "namespace" },
		{ "GIDs", 1001, { SUBID_GID, 0, { 500000, 500001 } }, "namespace" },
		{ "the owner's GIDs", 1000, { SUBID_GID, 0, { 500000, 500001 } }, "" },
		{ "root", 0, { SUBID_UID, 1, { 100000, 165535 } }, "" },
		{ "an engine", 999, { SUBID_UID, 1, { 100000, 165535 } }, "" },
		{ "the owner's container", 100000, { SUBID_UID, 1, { 100001, 100010 } }, "" },
		{ "another owner's container",
		  165536,
		  { SUBID_UID, 1, { 100001, 100010 } },
		  "namespace" },
		{ "UIDs that own each other",
		  310000,
		  { SUBID_UID, 1, { 100001, 100010 } },
		  "namespace" },
		{ "a container of an owner without an account",
		  2147483647,
		  { SUBID_UID, 1, { 2147483648, 2147483650 } },
		  "" },
		{ "the owner of a nested range", 100005, { SUBID_UID, 0, { 110000, 110099 } }, "" },
		{ "a user's own ID", 1000, { SUBID_UID, 0, { 1000, 1000 } }, "" },
		{ "a user whom only services know", 20001, { SUBID_UID, 0, { 20001, 20001 } }, "" },
		{ "IDs of nobody", 0, { SUBID_UID, 0, { 400000, 465535 } }, "undelegated" },
		{ "nobody's IDs, by a user",
		  1000,
		  { SUBID_UID, 0, { 400000, 465535 } },
		  "undelegated" },
		{ "nobody's IDs in part",
		  1000,
		  { SUBID_UID, 0, { 99000, 100010 } },
		  "undelegated" },
		{ "the host's own IDs", 0, { SUBID_UID, 0, { 0, 4294967294 } }, "" },
		{ "IDs of accounts", 0, { SUBID_UID, 5, { 999, 1001 } }, "" },
		{ "a block of systemd's", 0, { SUBID_UID, 0, { 655360, 720895 } }, "" },
		{ "a former range, among systemd's IDs",
		  0,
		  { SUBID_UID, 0, { 624288, 689823 } },
		  "undelegated" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		check_namespace(rows[i].reason, rows[i].creator, rows[i].line, rows[i].want, NULL);
}

static void a_finding_about_a_namespace_names_its_ids_and_its_maker(void **state)
{
	(void)state;
	check_namespace("in part", 1001, (struct namespace_map){ SUBID_UID, 1, { 99000, 100010 } },
			"namespace undelegated",
			"100000-100010\nA user namespace that bob made maps the UIDs "
			"100000-100010, which are alice's: PID 7 (sleep, in -) can act as them.\n"
			"lsns -t user -p 7");
	check_namespace("the end of a range", 1001,
			(struct namespace_map){ SUBID_GID, 1, { 565530, 565540 } },
			"namespace undelegated",
			"565530-565535\nA user namespace that bob made maps the GIDs "
			"565530-565535, which are alice's: PID 7 (sleep, in -) can act as them.\n"
			"lsns -t user -p 7");
	check_namespace("nobody's", 4711,
			(struct namespace_map){ SUBID_UID, 0, { 400000, 400009 } }, "undelegated",
			"400000-400009\nA user namespace that UID 4711 made maps the UIDs "
			"400000-400009, which are delegated to nobody: PID 7 (sleep, in -) uses "
			"IDs that may be given to somebody else.\n"
			"Delegate these IDs to the container's owner, or stop it.");
}

static void a_word_of_a_command_is_what_the_shell_makes_of_it(void **state)
{
	static const struct {
		const char *text, *word;
	} rows[] = {
		{ "alice", "alice" },
		{ "/srv/a-b_c.d@e+f/0", "/srv/a-b_c.d@e+f/0" },
		{ "", "''" },
		{ "-x", "'-x'" },
		{ "a b", "'a b'" },
		{ "it's", "'it'\\''s'" },
		{ "~", "'~'" },
		{ "\x7f", "$'\\177'" },
		{ "\x1f ~", "$'\\037 ~'" },
		{ "J\xc3\xb6'\\", "$'J\\303\\266\\047\\134'" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char *word = fix_quote(rows[i].text);

		check_text(rows[i].word, word, rows[i].word);
		free(word);
	}
}

static void namespaces_that_were_not_examined_are_a_warning(void **state)
{
	struct findings findings = { .n = 0 };
	struct survey survey;
	struct pass pass = { .survey = &survey, .findings = &findings };

	(void)state;
	model_survey(&host, &survey);
	survey.namespaces.items = calloc(1, sizeof(struct userns));
	survey.namespaces.n = 1;
	survey.namespaces.more = true;
	rules_namespaces(&pass);
	assert_int_equal(findings.n, 1);
	assert_int_equal(findings.items[0].severity, FINDING_WARNING);
	check_text("both limits", findings.items[0].reason,
		   "Not all user namespaces were examined: there are more than 4096, or their maps "
		   "have more than 65536 lines.");
	findings_free(&findings);
	survey_free(&survey);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_is_an_accounts_or_delegated_or_systemds_or_nobodys),
		cmocka_unit_test(files_may_lie_in_a_place_of_their_owner_or_of_root),
		cmocka_unit_test(a_namespace_is_made_by_the_owner_of_its_ids),
		cmocka_unit_test(namespaces_that_were_not_examined_are_a_warning),
		cmocka_unit_test(a_word_of_a_command_is_what_the_shell_makes_of_it),
		cmocka_unit_test(a_finding_about_a_namespace_names_its_ids_and_its_maker),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
