/* SPDX-License-Identifier: BSD-3-Clause */
#include "indexed.h"

#include <errno.h>
#include <inttypes.h>

#include "check.h"
#include "draft.h"
#include "index_layout.h"
#include "scratch.h"

/* --- an index compared with a scan of its file --------------------------------- */

/* Asks about every owner, and every ID and position near the ends. */
static void check_questions_near_the_ends(const struct subid_index *index)
{
	for (uint32_t i = 0; i < 60; i++)
		for (size_t n = 0; n < COUNT_OF(indexed_names); n++)
			indexed_check_three(0, index, indexed_names[n],
					    i < 30 ? i : UINT32_MAX - (59 - i), i);
}

/* Indexes each of these files in turn, and checks the index. */
static void check_files(const char *const *files, size_t n,
			void (*check)(const struct subid_index *index))
{
	for (size_t i = 0; i < n; i++) {
		struct subid_index *index;

		indexed_begin();
		draft_add("%s", files[i]);
		index = indexed_build();
		check(index);
		indexed_end(index);
	}
}

static void overlapping_lines_are_answered_as_by_a_scan(void **state)
{
	static const char *const files[] = {
		"alice:5:10\nbob:0:20\nalice:0:20\nalic:3:3\n1000:2:4\n1000:0:3\n",
		"bob:4294967290:6\n1000:3:1\nalice2:4294967280:16\nbob:4294967285:9\na:0:9\n",
		"1001:1:1\nalice:1:2\nalice:1:2\nbob:1:3\nalice:3:1\n4294967295:0:30\n0:7:7\n",
		"1000:5:5\nalice:0:20\nbob:12:2\n",
		"a:10:1\na:9:3\na:8:5\na:7:7\na.b-c:0:30\n0100:2:30\n",
	};

	(void)state;
	check_files(files, COUNT_OF(files), check_questions_near_the_ends);
}

static void an_owner_with_many_ranges_is_found_below_overlapping_lines(void **state)
{
	(void)state;
	for (uint32_t ranges = 1; ranges < 20; ranges++) {
		struct subid_index *index;

		indexed_begin();
		draft_add("bob:3:2\nbob:7:9\n");
		for (uint32_t i = 0; i < ranges; i++)
			draft_add("alice:%" PRIu32 ":2\n", i * 3 % 20);
		draft_add("alice:0:30\n");
		index = indexed_build();
		check_questions_near_the_ends(index);
		indexed_end(index);
	}
}

static void a_file_without_lines_has_an_index_without_owners(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} files[] = {
#define TEXT(literal) { literal, sizeof(literal) - 1 }
		TEXT(""),
		TEXT("\n"),
		TEXT("\0"),
		TEXT("#"),
		TEXT("# alice:5:10\n\nalice\nalice:5\nalice:5:0\n"),
		TEXT("a:0:"),
		TEXT("a:0:1\0"),
#undef TEXT
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		struct subid_index *index;

		indexed_begin();
		draft_add_bytes(files[i].bytes, files[i].len);
		index = indexed_build();
		assert_int_equal(index->n_lines, 0);
		assert_int_equal(indexed_count_owners(index), 0);
		check_questions_near_the_ends(index);
		indexed_end(index);
	}
}

/* The shortest lines take the most memory of an index for each byte of the file. */
static void a_file_of_the_shortest_lines_fits_its_index(void **state)
{
	(void)state;
	for (uint32_t lines = 1; lines < 60; lines++)
		for (size_t missing_newlines = 0; missing_newlines < 2; missing_newlines++) {
			struct subid_index *index;

			indexed_begin();
			for (uint32_t i = 0; i < lines; i++)
				draft_add("%c:%u:%u\n", (char)('A' + i), i * 2 % 10, 1 + i * 4 % 9);
			/* Without and with a newline at the end. */
			draft.len -= missing_newlines;
			index = indexed_build();
			assert_int_equal(index->n_lines, lines);
			assert_int_equal(indexed_count_owners(index), lines);
			for (uint32_t i = 0; i < lines; i++) {
				char name[2] = { (char)('A' + i), '\0' };

				indexed_check_three(lines, index, name, i * 2 % 10, 0);
			}
			indexed_end(index);
		}
}

static void the_longest_owners_are_told_apart(void **state)
{
	static char name[SUBID_OWNER_MAX_BYTES + 2];
	struct subid_index *index;

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	draft_add("%s:1:1\n", name);
	for (size_t len = SUBID_OWNER_MAX_BYTES; len > SUBID_OWNER_MAX_BYTES - 20; len--) {
		name[len] = '\0';
		draft_add("%s:%u:1\n", name, (unsigned int)(SUBID_OWNER_MAX_BYTES - len) % 10);
	}
	index = indexed_build();
	memset(name, 'a', sizeof(name) - 1);
	for (size_t len = SUBID_OWNER_MAX_BYTES; len > SUBID_OWNER_MAX_BYTES - 22; len--) {
		name[len] = '\0';
		indexed_check_three(len, index, name, (uint32_t)len % 10, 0);
	}
	indexed_end(index);
}

/* --- overlaps ------------------------------------------------------------------ */

/* Checks each file of @lines lines, with each owner, start and count in each line. */
static void check_arrangements(uint32_t lines, uint32_t starts, uint32_t counts,
			       const char *const *owners, uint32_t n_owners)
{
	uint32_t choices = starts * counts * n_owners, files = 1;

	for (uint32_t n = 0; n < lines; n++)
		files *= choices;
	for (uint32_t file = 0; file < files; file++) {
		struct subid_index *index;
		uint32_t rest = file;

		indexed_begin();
		for (uint32_t n = 0; n < lines; n++, rest /= choices)
			draft_add("%s:%u:%u\n", owners[rest % choices / (starts * counts)],
				  rest % starts + 1, rest % (starts * counts) / starts + 1);
		index = indexed_build();
		for (uint32_t i = 0; i < starts + counts + 1; i++)
			for (uint32_t n = 0; n < n_owners; n++)
				indexed_check_three(file, index, owners[n], i, i);
		indexed_end(index);
	}
}

/* Two ranges can be apart, touch, overlap, nest, have equal starts or ends, or be equal. */
static void every_arrangement_of_two_lines_is_answered_as_by_a_scan(void **state)
{
	static const char *const owners[] = { "ann", "bob" };

	(void)state;
	check_arrangements(2, 4, 4, owners, 2);
}

/* Three ranges can also be a chain, and one of them can overlap both others. */
static void every_arrangement_of_three_lines_is_answered_as_by_a_scan(void **state)
{
	static const char *const owners[] = { "ann" };

	(void)state;
	check_arrangements(3, 3, 3, owners, 1);
}

/* These answers are worked out by hand, so they show an error that index and scan share. */
static void the_first_line_of_the_file_with_an_id_wins(void **state)
{
	static const struct {
		const char *reason, *file;
		uint32_t id;
		const char *owner;
		uint64_t position;
	} rows[] = {
		{ "equal, the first", "a:10:5\nb:10:5\n", 12, "a", 2 },
		{ "nested, the outer first", "a:10:9\nb:12:3\n", 13, "a", 3 },
		{ "nested, the inner first", "b:12:3\na:10:9\n", 13, "b", 1 },
		{ "nested, behind the inner", "b:12:3\na:10:9\n", 17, "a", 7 },
		{ "nested, before the inner", "b:12:3\na:10:9\n", 11, "a", 1 },
		{ "equal starts, the long first", "a:10:9\nb:10:2\n", 11, "a", 1 },
		{ "equal starts, the short first", "b:10:2\na:10:9\n", 11, "b", 1 },
		{ "equal starts, behind the short", "b:10:2\na:10:9\n", 12, "a", 2 },
		{ "equal ends, the short first", "b:15:4\na:10:9\n", 18, "b", 3 },
		{ "a chain, the first overlap", "a:10:5\nb:13:5\nc:16:5\n", 14, "a", 4 },
		{ "a chain, the second range", "a:10:5\nb:13:5\nc:16:5\n", 15, "b", 2 },
		{ "a chain, the third range", "a:10:5\nb:13:5\nc:16:5\n", 20, "c", 4 },
		{ "a chain, the last range first", "c:16:5\nb:13:5\na:10:5\n", 17, "c", 1 },
		{ "a long range, then short ones", "a:0:90\nb:5:1\nc:7:1\n", 50, "a", 50 },
		{ "short ranges, then a long one", "b:5:1\nc:7:1\na:0:90\n", 50, "a", 50 },
		{ "the first of five entries", "z:0:99\na:9:1\na:8:1\na:7:1\nb:6:9\n", 12, "z",
		  12 },
		{ "touching", "a:10:5\nb:15:5\n", 15, "b", 0 },
		{ "two lines of one owner, the first", "a:10:5\na:12:5\n", 13, "a", 3 },
		{ "two lines of one owner, the second", "a:10:5\na:12:5\n", 16, "a", 9 },
		{ "the last ID", "a:4294967290:6\nb:4294967294:2\n", UINT32_MAX, "a", 5 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct subid_index *index;
		struct answer got;
		struct question q = indexed_question(BY_ID, NULL, rows[i].id, 0);

		indexed_begin();
		draft_add("%s", rows[i].file);
		index = indexed_build();
		indexed_answer(index, &q, &got);
		check_int(rows[i].reason, got.r, 0);
		check_text(rows[i].reason, got.owner.text, rows[i].owner);
		check_int(rows[i].reason, (intmax_t)got.position, (intmax_t)rows[i].position);
		indexed_end(index);
	}
}

static void the_first_and_the_last_id_are_found(void **state)
{
	struct subid_index *index;
	static struct answer got;

	(void)state;
	draft_add("alice:0:1\nbob:2:1\ncarol:4294967293:1\ndora:4294967295:1\n");
	index = indexed_build();
	indexed_check_position(index, "alice", 0, 0);
	indexed_check_position(index, "bob", 2, 0);
	indexed_check_position(index, "carol", UINT32_MAX - 2, 0);
	indexed_check_position(index, "dora", UINT32_MAX, 0);
	assert_int_equal(indexed_ask(index, BY_ID, "", 1, 0, &got), -ENOENT);
	assert_int_equal(indexed_ask(index, BY_ID, "", 3, 0, &got), -ENOENT);
	assert_int_equal(indexed_ask(index, BY_ID, "", UINT32_MAX - 1, 0, &got), -ENOENT);
	indexed_end(index);
}

/* --- guesses ----------------------------------------------------------------- */

/* Asks about the first and the last ID of each line, and about those beside them. */
static void check_edges(const struct subid_index *index)
{
	for (uint32_t i = 0; i < index->n_lines; i++) {
		const struct subid_range *range = &index->lines[i].range;
		uint32_t last = subid_range_last(range);
		const uint32_t edges[] = { range->start - 1, range->start, last, last + 1 };

		for (size_t e = 0; e < COUNT_OF(edges); e++)
			indexed_check_three(i, index, "alice", edges[e], e);
	}
}

/* In each of them, the guess at the entry of some ID is wrong, or at the end of lines[]. */
static void a_wrong_guess_at_an_entry_changes_no_answer(void **state)
{
	static const char *const files[] = {
		"alice:10:10\nbob:20:10\na:30:10\n",
		"alice:10:10\nbob:20:10\na:31:10\nalic:45:10\n",
		"alice:10:10\nbob:20:10\na:30:10\nalic:4000000000:10\n",
		"alice:0:1\nbob:1000000:10\na:1000010:10\nalic:1000020:10\n",
		"alice:10:10\nbob:10:10\na:10:20\nalic:30:10\nbob:30:5\n",
		"alice:5:1\nbob:6:1\na:7:1\nalic:8:1\nbob:4294967290:6\n",
		"alice:10:100\nbob:20:10\na:30:10\nalic:40:10\nbob:50:2\n",
		"alice:4294967295:1\n",
		"alice:0:1\nbob:4294967295:1\n",
	};

	(void)state;
	check_files(files, COUNT_OF(files), check_edges);
}

static void a_single_range_far_above_the_others_does_not_spoil_the_guess(void **state)
{
	struct subid_index *index;

	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		draft_add("u%" PRIu32 ":%" PRIu32 ":65536\n", i, 100000 + i * 65536);
	draft_add("containers:2147483647:2147483648\n");
	index = indexed_build();
	assert_int_equal(index->step, 65536);
	indexed_end(index);
}

/* The place of an owner may come from another file, or from an earlier version of this one. */
static void an_owner_is_found_whatever_its_place(void **state)
{
	static const uint32_t places[] = { 0, 1, 2, 3, 4, 5, 6, UINT32_MAX };
	static const char *const owners[] = { "alice", "bob", "1000", "nobody" };
	struct subid_index *index;

	(void)state;
	draft_add("alice:50:3\nbob:10:5\nalice:20:2\nbob:40:1\nalice:0:4\n1000:21:9\n");
	index = indexed_build();
	for (size_t n = 0; n < COUNT_OF(owners); n++)
		for (uint64_t position = 0; position < 12; position++)
			for (size_t p = 0; p < COUNT_OF(places); p++) {
				struct question q =
					indexed_question(BY_POSITION, owners[n], 0, position);

				q.owner.place = places[p];
				indexed_check_question(p, index, &q);
			}
	indexed_end(index);
}

static void an_owner_that_is_found_has_the_place_of_its_line(void **state)
{
	static struct answer got;
	struct question q = indexed_question(BY_ID, NULL, 12, 0);
	struct subid_index *index;

	(void)state;
	draft_add("alice:50:3\nbob:10:5\nalice:20:2\n");
	index = indexed_build();
	indexed_answer(index, &q, &got);
	assert_int_equal(got.owner.place, 0);
	q.id = 50;
	indexed_answer(index, &q, &got);
	assert_int_equal(got.owner.place, 2);
	indexed_end(index);
}

int main(void)
{
#define INDEX_TEST(name) cmocka_unit_test_setup(name, indexed_setup)
	static const struct CMUnitTest tests[] = {
		INDEX_TEST(overlapping_lines_are_answered_as_by_a_scan),
		INDEX_TEST(an_owner_with_many_ranges_is_found_below_overlapping_lines),
		INDEX_TEST(a_file_without_lines_has_an_index_without_owners),
		INDEX_TEST(a_file_of_the_shortest_lines_fits_its_index),
		INDEX_TEST(the_longest_owners_are_told_apart),
		INDEX_TEST(every_arrangement_of_two_lines_is_answered_as_by_a_scan),
		INDEX_TEST(every_arrangement_of_three_lines_is_answered_as_by_a_scan),
		INDEX_TEST(the_first_line_of_the_file_with_an_id_wins),
		INDEX_TEST(the_first_and_the_last_id_are_found),
		INDEX_TEST(a_wrong_guess_at_an_entry_changes_no_answer),
		INDEX_TEST(a_single_range_far_above_the_others_does_not_spoil_the_guess),
		INDEX_TEST(an_owner_is_found_whatever_its_place),
		INDEX_TEST(an_owner_that_is_found_has_the_place_of_its_line),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
