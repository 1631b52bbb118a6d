/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of ranges that share IDs, and of the map of the ID space. */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "model.h"
#include "overlap.h"
#include "segments.h"

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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(overlaps_of_n_ranges_are_at_most_2n),
		cmocka_unit_test(overlaps_are_what_comparing_each_with_each_finds),
		cmocka_unit_test(segments_cover_every_id_once_however_they_are_folded),
		cmocka_unit_test(a_segment_is_the_heaviest_of_what_it_is),
		cmocka_unit_test(an_overlap_shows_however_many_lines_of_one_owner_come_first),
		cmocka_unit_test(segments_are_shared_where_two_owners_lines_have_an_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
