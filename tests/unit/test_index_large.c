/* SPDX-License-Identifier: BSD-3-Clause */
#include "indexed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "chance.h"
#include "check.h"
#include "draft.h"
#include "index_layout.h"
#include "scratch.h"

/* The lines of a large file. As many ranges of 65,536 IDs fit into the ID space. */
#define MANY 65000

/* The lines of a file that grows over time are not in the order of their IDs. */
static uint32_t shuffled(uint32_t i)
{
	return (uint32_t)((uint64_t)i * 40503 % MANY);
}

/* Checks the order and the reach of lines[], on which the search for an ID relies. */
static void check_order(const struct subid_index *index)
{
	uint32_t reach = 0, above = 0;
	uint64_t numbers = 0;

	for (uint32_t i = 0; i < index->n_lines; i++) {
		const struct subid_index_line *line = &index->lines[i];

		assert_in_range(line->range.start, above, UINT32_MAX);
		above = line->range.start;
		assert_int_equal(line->reach, reach);
		if (subid_range_last(&line->range) > reach)
			reach = subid_range_last(&line->range);
		numbers += line->number;
	}
	/* The sum is right if lines[] has each line once. */
	assert_int_equal(numbers, (uint64_t)index->n_lines * (index->n_lines - 1) / 2);
}

static void many_disjoint_ranges_are_all_found(void **state)
{
	struct subid_index *index;
	static struct answer got;
	char name[16];

	(void)state;
	for (uint32_t i = 0; i < MANY; i++)
		draft_add("u%" PRIu32 ":%" PRIu32 ":65535\n", shuffled(i), shuffled(i) * 65536);
	index = indexed_build();
	assert_int_equal(indexed_count_owners(index), MANY);
	assert_int_equal(index->n_lines, MANY);
	check_order(index);
	for (uint32_t i = 0; i < MANY; i++) {
		(void)snprintf(name, sizeof(name), "u%" PRIu32, i);
		indexed_check_position(index, name, i * 65536, 0);
		indexed_check_position(index, name, i * 65536 + 65534, 65534);
		assert_int_equal(indexed_ask(index, BY_ID, name, i * 65536 + 65535, 0, &got),
				 -ENOENT);
		assert_int_equal(indexed_ask(index, BY_OWNER, name, (i + 1) * 65536, 0, &got),
				 -ENOENT);
		assert_int_equal(indexed_ask(index, BY_POSITION, name, 0, 65535, &got), -ENOENT);
	}
	assert_int_equal(indexed_ask(index, BY_ID, name, UINT32_MAX, 0, &got), -ENOENT);
	indexed_end(index);
}

static struct subid_range equal_ranges(uint32_t i)
{
	(void)i;
	return (struct subid_range){ 100000, 65536 };
}

static struct subid_range nested_inner_first(uint32_t i)
{
	return (struct subid_range){ 100000 - i, 2 * i + 1 };
}

static struct subid_range nested_outer_first(uint32_t i)
{
	return nested_inner_first(MANY - i);
}

static struct subid_range stairs_up(uint32_t i)
{
	return (struct subid_range){ 1000 + i, MANY };
}

static struct subid_range stairs_down(uint32_t i)
{
	return stairs_up(MANY - i);
}

static struct subid_range to_the_last_id(uint32_t i)
{
	return (struct subid_range){ UINT32_MAX - 2 * i, 2 * i + 1 };
}

static struct subid_range nearly_equal_ends(uint32_t i)
{
	uint32_t start = shuffled(i);

	return (struct subid_range){ start * 3, 3 * (MANY - start) + i % 7 };
}

static void many_overlapping_ranges_are_all_found(void **state)
{
	static struct subid_range (*const shapes[])(uint32_t) = {
		equal_ranges, nested_inner_first, nested_outer_first, stairs_up,
		stairs_down,  to_the_last_id,	  nearly_equal_ends,
	};

	(void)state;
	for (size_t s = 0; s < COUNT_OF(shapes); s++) {
		struct chance chance = { s };
		struct subid_index *index;
		char name[16];

		indexed_begin();
		for (uint32_t i = 0; i < MANY; i++) {
			struct subid_range range = shapes[s](i);

			draft_add("u%" PRIu32 ":%" PRIu32 ":%" PRIu32 "\n", i, range.start,
				  range.count);
		}
		index = indexed_build();
		assert_int_equal(index->n_lines, MANY);
		check_order(index);

		for (int q = 0; q < 50; q++) {
			struct subid_range range = shapes[s](chance_below(&chance, MANY));
			uint32_t edges[] = { range.start, range.start + range.count - 1,
					     range.start + chance_below(&chance, range.count) };
			uint32_t id = edges[q % 3], first = 0, i;
			static struct answer got;

			/* By ID, the first line with it gives the owner. */
			for (range = shapes[s](0); !subid_range_contains(&range, id);)
				range = shapes[s](++first);
			(void)snprintf(name, sizeof(name), "u%" PRIu32, first);
			indexed_check_position(index, name, id, id - range.start);

			/* By owner, any line with the ID gives its position. */
			do {
				i = chance_below(&chance, MANY);
				range = shapes[s](i);
			} while (!subid_range_contains(&range, id));
			(void)snprintf(name, sizeof(name), "u%" PRIu32, i);
			assert_int_equal(indexed_ask(index, BY_OWNER, name, id, 77, &got), 0);
			assert_int_equal(got.position, id - range.start);
			assert_int_equal(
				indexed_ask(index, BY_POSITION, name, 77, got.position, &got), 0);
			assert_int_equal(got.id, id);
		}
		indexed_end(index);
	}
}

static void positions_of_many_ranges_follow_the_order_of_the_file(void **state)
{
	struct subid_index *index;
	static struct answer got;
	uint64_t ids_above = 0;

	(void)state;
	draft_add("bob:5:3\n");
	for (uint32_t i = 0; i < MANY; i++)
		draft_add("alice:%" PRIu32 ":%" PRIu32 "\n", shuffled(i) * 65536, 1 + i % 1000);
	index = indexed_build();
	assert_int_equal(indexed_count_owners(index), 2);
	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t start = shuffled(i) * 65536;

		/* Only some lines: a lookup walks over the owner's lines above. */
		if (start != 0 && (i % 97 == 0 || i == MANY - 1)) {
			indexed_check_position(index, "alice", start, ids_above);
			indexed_check_position(index, "alice", start + i % 1000,
					       ids_above + i % 1000);
		}
		ids_above += 1 + i % 1000;
	}
	assert_int_equal(indexed_ask(index, BY_POSITION, "alice", 0, ids_above, &got), -ENOENT);
	indexed_check_position(index, "bob", 6, 1);
	indexed_end(index);
}

/* This is the size of the mapping. Less memory is used: not all pages for owners are written. */
static void an_index_takes_a_few_times_the_size_of_its_file(void **state)
{
	struct subid_index *index;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++)
		draft_add("user%05" PRIu32 ":%" PRIu32 ":65536\n", i, i * 65536);
	index = indexed_build();
	assert_in_range(index->size, draft.len, 3 * draft.len);
	indexed_end(index);

	/* The shortest lines are the worst case. */
	indexed_begin();
	while (draft.len < 20000)
		draft_add("a:0:1\n");
	index = indexed_build();
	assert_in_range(index->size, 6 * draft.len, 8 * draft.len);
	indexed_end(index);
}

/* These are real files of that size, not only stamps. */
static void a_file_of_exactly_the_largest_size_is_indexed(void **state)
{
	struct subid_index *index;
	struct stat stamp;
	uint32_t lines = 0;

	(void)state;
	for (; draft.len + 6 + 5 <= SUBID_INDEX_FILE_MAX_BYTES; lines++)
		draft_add_bytes("a:0:1\n", 6);
	draft_add("b:1:1");
	while (draft.len < SUBID_INDEX_FILE_MAX_BYTES - 1)
		draft_add_bytes(draft.len == 6 * lines + 5 ? "\n" : "#", 1);

	for (size_t more = 0; more < 2; more++, draft_add_bytes("#", 1)) {
		index = indexed_build();
		assert_int_equal(index->stamp.st_size, SUBID_INDEX_FILE_MAX_BYTES - 1 + more);
		assert_int_equal(index->n_lines, lines + 1);
		indexed_check_position(index, "a", 0, 0);
		indexed_check_position(index, "b", 1, 0);
		indexed_end(index);
	}

	stamp = indexed_write();
	assert_int_equal(stamp.st_size, SUBID_INDEX_FILE_MAX_BYTES + 1);
	assert_false(subid_index_may_hold(&stamp));
}

/* --- many owners in the hash table ---------------------------------------------- */

/*
 * If the hash spreads owners evenly over a table that is two thirds full, linear probing examines
 * 2 buckets for an owner.
 */
static void numbered_owners_are_spread_over_the_hash_table(void **state)
{
	static const char *const formats[] = { "u%u", "user%05u", "DOMAIN\\user%u", "%u" };
	static const uint32_t counts[] = { 1000, 10000, MANY };

	(void)state;
	for (size_t f = 0; f < COUNT_OF(formats); f++)
		for (size_t c = 0; c < COUNT_OF(counts); c++) {
			struct subid_index *index;
			uint64_t probes = 0;

			indexed_begin();
			for (uint32_t i = 0; i < counts[c]; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
				draft_add(formats[f], 1000 + i);
#pragma GCC diagnostic pop
				draft_add(":%" PRIu32 ":1\n", i);
			}
			index = indexed_build();
			assert_in_range(index->n_buckets, counts[c] + counts[c] / 2,
					counts[c] + counts[c] / 2 + 1);
			for (uint32_t i = 0; i < index->n_buckets; i++) {
				const struct subid_index_line *line;

				if (index->buckets[i] == 0)
					continue;
				line = &index->lines[index->buckets[i] - 1];
				probes +=
					1 + (i + index->n_buckets -
					     subid_index_bucket(index, index->owners + line->owner,
								line->owner_len)) %
						    index->n_buckets;
			}
			indexed_end(index);
			check_int(formats[f], probes / counts[c] > 3, false);
		}
}

/* Adds lines of owners whose search begins in one of @width buckets of @n_buckets. */
static void add_owners(uint32_t n_owners, uint32_t bucket, uint32_t width, uint32_t n_buckets)
{
	const struct subid_index like = { .n_buckets = n_buckets };
	char owner[16];

	for (uint32_t n = 0, found = 0; found < n_owners; n++) {
		int len = snprintf(owner, sizeof(owner), "%" PRIx32, n);

		/* A bucket before @bucket gives a large number. */
		if (subid_index_bucket(&like, owner, (size_t)len) - bucket < width)
			draft_add("%s:%" PRIu32 ":1\n", owner, 100000 + found++);
	}
}

static void a_file_of_colliding_owners_is_refused_before_building_gets_slow(void **state)
{
	(void)state;
	add_owners(60, 0, 8, 91);
	indexed_check_build("60 owners in 8 buckets", 0);

	indexed_begin();
	add_owners(600, 0, 8, 901);
	indexed_check_build("600 owners in 8 buckets", -E2BIG);
}

/* Of n owners of one bucket, the last one passes n - 1 others, and all pass n * (n - 1) / 2. */
static void a_line_passes_32_other_owners_on_average_at_most(void **state)
{
	static const struct {
		const char *reason;
		uint32_t in_one_bucket, alone;
		int r;
	} rows[] = {
		{ "2080 of 2080", 65, 0, 0 },
		{ "2145 of 2112", 66, 0, -E2BIG },
		{ "2145 of 2144", 66, 1, -E2BIG },
		{ "2145 of 2176", 66, 2, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint32_t n = rows[i].in_one_bucket + rows[i].alone, n_buckets = n + n / 2 + 1;

		indexed_begin();
		add_owners(rows[i].in_one_bucket, 0, 1, n_buckets);
		for (uint32_t other = 0; other < rows[i].alone; other++)
			add_owners(1, 80 + other, 1, n_buckets);
		indexed_check_build(rows[i].reason, rows[i].r);
	}
}

int main(void)
{
#define INDEX_TEST(name) cmocka_unit_test_setup(name, indexed_setup)
	static const struct CMUnitTest tests[] = {
		INDEX_TEST(many_disjoint_ranges_are_all_found),
		INDEX_TEST(many_overlapping_ranges_are_all_found),
		INDEX_TEST(positions_of_many_ranges_follow_the_order_of_the_file),
		INDEX_TEST(an_index_takes_a_few_times_the_size_of_its_file),
		INDEX_TEST(a_file_of_exactly_the_largest_size_is_indexed),
		INDEX_TEST(numbered_owners_are_spread_over_the_hash_table),
		INDEX_TEST(a_file_of_colliding_owners_is_refused_before_building_gets_slow),
		INDEX_TEST(a_line_passes_32_other_owners_on_average_at_most),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
