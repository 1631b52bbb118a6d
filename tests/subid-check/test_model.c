/* SPDX-License-Identifier: BSD-3-Clause */
/* What lies between the files and the findings. */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "identity.h"
#include "model.h"
#include "overlap.h"
#include "pool.h"
#include "printable.h"
#include "scratch.h"
#include "segments.h"
#include "usage.h"

#define HOST(...) (&(const struct model){ __VA_ARGS__ })

/* --- overlaps ------------------------------------------------------------------------ */

struct seen {
	size_t n, conflicts, others;
};

static void count(const struct overlap *overlap, void *context)
{
	struct seen *seen = context;

	seen->n++;
	if (overlap->kind == OVERLAP_CONFLICT)
		seen->conflicts++;
	else
		seen->others++;
}

static void overlaps_of_n_ranges_are_at_most_2n(void **state)
{
	enum { N = 65000 };
	char *text = malloc(N * 32), *at = text;
	struct seen seen = { .n = 0 };
	struct survey survey;

	(void)state;
	assert_non_null(text);
	for (unsigned int i = 0; i < N; i++)
		at += sprintf(at, "u%u:%u:65536\n", i, 100000 + i);
	model_survey(HOST(.subuid = text, .subgid = ""), &survey);
	overlap_find(&survey.databases[SUBID_UID], &survey.owners, count, &seen);
	assert_int_equal(seen.conflicts, N - 1);
	assert_int_equal(seen.others, 0);
	survey_free(&survey);
	free(text);
}

static bool may_be_inside(const struct survey *survey, const struct entry *inner,
			  const struct entry *outer)
{
	if (!survey->owners.items[inner->owner].nested || inner->range.start < outer->range.start ||
	    entry_last(inner) > entry_last(outer))
		return false;
	return inner->range.count < outer->range.count ||
	       !survey->owners.items[outer->owner].nested;
}

/* Inside any range of that owner: it may have several over one another. */
static bool may_be_inside_of(const struct survey *survey, const struct entry *inner, size_t owner)
{
	const struct database *database = &survey->databases[SUBID_UID];

	for (size_t i = 0; i < database->n; i++)
		if (database->entries[i].owner == owner &&
		    may_be_inside(survey, inner, &database->entries[i]))
			return true;
	return false;
}

/* By comparing each with each. */
struct looked {
	bool any;
	bool conflict;	    /* between two ranges */
	bool sure_conflict; /* and neither is inside another one of the other's owner */
};

static void look_at_pair(const struct survey *survey, const struct entry *a, const struct entry *b,
			 struct looked *looked)
{
	if (entry_last(a) < b->range.start || entry_last(b) < a->range.start)
		return;
	looked->any = true;
	if (a->owner == b->owner || may_be_inside(survey, a, b) || may_be_inside(survey, b, a))
		return;
	looked->conflict = true;
	if (!may_be_inside_of(survey, a, b->owner) && !may_be_inside_of(survey, b, a->owner))
		looked->sure_conflict = true;
}

static struct looked look(const struct survey *survey)
{
	const struct database *database = &survey->databases[SUBID_UID];
	struct looked looked = { .any = false };

	for (size_t i = 0; i < database->n; i++)
		for (size_t j = 0; j < i; j++)
			look_at_pair(survey, &database->entries[i], &database->entries[j], &looked);
	return looked;
}

static void overlaps_are_what_comparing_each_with_each_finds(void **state)
{
	static const char *const owners[] = { "alice", "bob", "carol", "subuid-alice-5",
					      "subuid-bob-6" };
	size_t clean = 0, conflicts = 0, nested = 0;

	(void)state;
	srand(8);
	for (unsigned int round = 0; round < 4000; round++) {
		struct seen seen = { .n = 0 };
		struct survey survey;
		struct looked looked;
		char text[512], *at = text;

		for (int lines = rand() % 6; lines >= 0; lines--)
			at += sprintf(at, "%s:%d:%d\n", owners[rand() % 5], 100000 + rand() % 12,
				      1 + rand() % 9);
		model_survey(HOST(.subuid = text, .subgid = ""), &survey);
		overlap_find(&survey.databases[SUBID_UID], &survey.owners, count, &seen);
		looked = look(&survey);
		if ((seen.conflicts > 0 && !looked.conflict) ||
		    (seen.conflicts == 0 && looked.sure_conflict) || (seen.n > 0) != looked.any)
			fail_msg("%zu conflicts of %zu in\n%s", seen.conflicts, seen.n, text);
		clean += !looked.any;
		conflicts += looked.sure_conflict;
		nested += looked.any && !looked.conflict;
		survey_free(&survey);
	}
	/* It was no one-sided game. */
	assert_true(clean > 100 && conflicts > 100 && nested > 100);
}

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

/* --- segments -------------------------------------------------------------------------- */

static void check_segments(const struct model *model, size_t max)
{
	struct survey survey;
	struct segments segments;
	uint64_t next = 0;

	model_survey(model, &survey);
	segments_of(&survey, SUBID_UID, max, &segments);
	assert_true(segments.n > 0);
	for (size_t i = 0; i < segments.n; i++) {
		char *label = segment_label(&segments.items[i], SUBID_UID);

		assert_int_equal(segments.items[i].ids.first, next);
		assert_true(segments.items[i].ids.last >= segments.items[i].ids.first);
		assert_true(label[0] != '\0');
		next = (uint64_t)segments.items[i].ids.last + 1;
		free(label);
	}
	assert_int_equal(next, UINT64_C(1) << 32);
	/* 13 that are never folded, and the ends of runs. */
	assert_true(segments.n <= max + 20 || max == SIZE_MAX);
	segments_free(&segments);
	survey_free(&survey);
}

static void segments_cover_every_id_once_however_they_are_folded(void **state)
{
	enum { N = 5000 };
	char *text = malloc(N * 32), *at = text;

	(void)state;
	assert_non_null(text);
	for (unsigned int i = 0; i < N; i++)
		at += sprintf(at, "u%u:%u:%u\n", i, 100000 + i * 100, 40 + i % 90);
	check_segments(&model_clean, 48);
	check_segments(HOST(.subuid = "", .users = ""), 48);
	check_segments(HOST(.subuid = "a:0:4294967295\nb:1:4294967295\na:4294967295:1\n"), 48);
	check_segments(HOST(.subuid = text), 48);
	check_segments(HOST(.subuid = text), SIZE_MAX);
	free(text);
}

static enum segment_class class_at(const struct model *model, uint32_t id)
{
	enum segment_class what = SEGMENT_FREE;
	struct survey survey;
	struct segments segments;

	model_survey(model, &survey);
	segments_of(&survey, SUBID_UID, SIZE_MAX, &segments);
	for (size_t i = 0; i < segments.n; i++)
		if (id >= segments.items[i].ids.first && id <= segments.items[i].ids.last)
			what = segments.items[i].what;
	segments_free(&segments);
	survey_free(&survey);
	return what;
}

static void a_segment_is_the_heaviest_of_what_it_is(void **state)
{
	const struct model *host =
		HOST(.subuid = "alice:100000:100\nbob:100050:100\nsubuid-alice-5:100000:9\n"
			       "alice:65534:1\ncarol:300000:10\n",
		     .users = "alice 1000 x 300005");

	(void)state;
	assert_int_equal(class_at(host, 0), SEGMENT_SPECIAL);
	assert_int_equal(class_at(host, 999), SEGMENT_FREE);
	assert_int_equal(class_at(host, 1000), SEGMENT_ACCOUNTS);
	assert_int_equal(class_at(host, 60001), SEGMENT_SYSTEMD);
	assert_int_equal(class_at(host, 65534), SEGMENT_OVERLAP);
	assert_int_equal(class_at(host, 100008), SEGMENT_NESTED);
	assert_int_equal(class_at(host, 100009), SEGMENT_OWNED);
	assert_int_equal(class_at(host, 100050), SEGMENT_OVERLAP);
	assert_int_equal(class_at(host, 100100), SEGMENT_OWNED);
	assert_int_equal(class_at(host, 300000), SEGMENT_OVERLAP);
}

static void an_overlap_shows_however_many_lines_of_one_owner_come_first(void **state)
{
	const struct model *host = HOST(.subuid = "alice:100000:100\nalice:100000:90\n"
						  "bob:100000:80\nalice:200000:50\n"
						  "alice:200010:90\n1000:200000:100\n");

	(void)state;
	assert_int_equal(class_at(host, 100000), SEGMENT_OVERLAP);
	assert_int_equal(class_at(host, 100085), SEGMENT_OWNED);
	/* A number and the name of its account are one person. */
	assert_int_equal(class_at(host, 200020), SEGMENT_OWNED);
}

/* By looking at each line. */
static bool is_shared(const struct survey *survey, uint32_t id)
{
	const struct database *database = &survey->databases[SUBID_UID];
	size_t owner = OWNER_NONE;

	for (size_t i = 0; i < database->n; i++) {
		if (!subid_range_contains(&database->entries[i].range, id))
			continue;
		if (owner != OWNER_NONE && owner != database->entries[i].owner)
			return true;
		owner = database->entries[i].owner;
	}
	return false;
}

static void segments_are_shared_where_two_owners_lines_have_an_id(void **state)
{
	static const char *const owners[] = { "alice", "bob", "carol" };
	size_t n_shared = 0;

	(void)state;
	srand(9);
	for (unsigned int round = 0; round < 1000; round++) {
		struct survey survey;
		struct segments segments;
		char text[512], *at = text;

		for (int lines = rand() % 8; lines >= 0; lines--)
			at += sprintf(at, "%s:%d:%d\n", owners[rand() % 3], 100000 + rand() % 20,
				      1 + rand() % 12);
		model_survey(HOST(.subuid = text, .subgid = ""), &survey);
		segments_of(&survey, SUBID_UID, SIZE_MAX, &segments);
		for (size_t i = 0; i < segments.n; i++) {
			bool shared = is_shared(&survey, segments.items[i].ids.first);

			if (shared != (segments.items[i].owners[1] != NULL))
				fail_msg("%u in\n%s", segments.items[i].ids.first, text);
			n_shared += shared;
		}
		segments_free(&segments);
		survey_free(&survey);
	}
	assert_true(n_shared > 1000);
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
		cmocka_unit_test(overlaps_of_n_ranges_are_at_most_2n),
		cmocka_unit_test(overlaps_are_what_comparing_each_with_each_finds),
		cmocka_unit_test(gaps_avoid_ranges_accounts_and_one_another),
		cmocka_unit_test(an_id_is_its_first_lines_and_has_the_gid_at_its_position),
		cmocka_unit_test(a_reserved_id_has_no_record_whoever_it_is_delegated_to),
		cmocka_unit_test(used_ids_are_counted_once_for_each_range),
		cmocka_unit_test(an_id_inside_is_found_in_a_uid_map),
		cmocka_unit_test(segments_cover_every_id_once_however_they_are_folded),
		cmocka_unit_test(a_segment_is_the_heaviest_of_what_it_is),
		cmocka_unit_test(an_overlap_shows_however_many_lines_of_one_owner_come_first),
		cmocka_unit_test(segments_are_shared_where_two_owners_lines_have_an_id),
		cmocka_unit_test(nothing_that_a_terminal_obeys_is_shown),
		cmocka_unit_test(documents_are_valid_utf8_without_what_would_not_show),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
