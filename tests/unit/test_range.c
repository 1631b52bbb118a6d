/* SPDX-License-Identifier: BSD-3-Clause */
#include "range.h"

#include "check.h"

static void contains_its_first_and_last_id_and_no_neighbour(void **state)
{
	static const struct {
		struct subid_range range;
		uint32_t id;
		bool contained;
		const char *reason;
	} rows[] = {
		{ { 100, 10 }, 99, false, "before the first" },
		{ { 100, 10 }, 100, true, "the first" },
		{ { 100, 10 }, 109, true, "the last" },
		{ { 100, 10 }, 110, false, "after the last" },
		{ { 100, 1 }, 100, true, "the only one" },
		{ { 100, 1 }, 101, false, "after the only one" },
		{ { 0, 1 }, 0, true, "0" },
		{ { 0, 1 }, UINT32_MAX, false, "0 does not wrap" },
		{ { UINT32_MAX, 1 }, UINT32_MAX, true, "2^32-1" },
		{ { UINT32_MAX, 1 }, 0, false, "2^32-1 does not wrap" },
		{ { 1, UINT32_MAX }, UINT32_MAX, true, "a range to the very end" },
		{ { 1, UINT32_MAX }, 0, false, "what such a range leaves out" },
		{ { 0, UINT32_MAX }, UINT32_MAX, false, "one short of the end" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		check_int(rows[i].reason, subid_range_contains(&rows[i].range, rows[i].id),
			  rows[i].contained);
}

static void place_of_an_id_counts_what_was_laid_before(void **state)
{
	static const struct {
		struct subid_range range;
		uint64_t laid;
		uint32_t id;
		bool found;
		uint64_t position;
		const char *reason;
	} rows[] = {
		{ { 100, 10 }, 0, 100, true, 0, "the first ID is position 0" },
		{ { 100, 10 }, 0, 109, true, 9, "the last" },
		{ { 100, 10 }, 0, 110, false, 0, "outside" },
		{ { 100, 10 }, 65536, 101, true, 65537, "a second range" },
		{ { 1, UINT32_MAX },
		  UINT64_C(8589934590),
		  UINT32_MAX,
		  true,
		  UINT64_C(12884901884),
		  "a position beyond 2^32" },
	};
	static const enum subid_sought sought[] = { SUBID_SEEK_OWNER, SUBID_SEEK_POSITION };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		for (size_t s = 0; s < COUNT_OF(sought); s++) {
			struct subid_place place = {
				.sought = sought[s],
				.id = rows[i].id,
				.position = 77,
			};

			check_int(rows[i].reason,
				  subid_place_in_range(&place, &rows[i].range, rows[i].laid),
				  rows[i].found);
			check_int(rows[i].reason, place.id, rows[i].id);
			check_int(rows[i].reason, (intmax_t)place.position,
				  rows[i].found ? (intmax_t)rows[i].position : 77);
		}
}

static void place_of_a_position_is_the_inverse(void **state)
{
	static const struct {
		struct subid_range range;
		uint64_t laid, position;
		bool found;
		uint32_t id;
		const char *reason;
	} rows[] = {
		{ { 100, 10 }, 0, 0, true, 100, "position 0 is the first ID" },
		{ { 100, 10 }, 0, 9, true, 109, "the last" },
		{ { 100, 10 }, 0, 10, false, 0, "one too far" },
		{ { 100, 10 }, 0, UINT64_C(4294967296), false, 0, "2^32 does not wrap to 0" },
		{ { 100, 10 }, 65536, 65537, true, 101, "a second range" },
		{ { 100, 10 }, 65536, 65546, false, 0, "beyond a second range" },
		{ { 1, UINT32_MAX },
		  UINT64_C(8589934590),
		  UINT64_C(12884901884),
		  true,
		  UINT32_MAX,
		  "a position beyond 2^32" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct subid_place place = {
			.sought = SUBID_SEEK_ID,
			.id = 77,
			.position = rows[i].position,
		};

		check_int(rows[i].reason,
			  subid_place_in_range(&place, &rows[i].range, rows[i].laid),
			  rows[i].found);
		check_int(rows[i].reason, (intmax_t)place.position, (intmax_t)rows[i].position);
		check_int(rows[i].reason, place.id, rows[i].found ? rows[i].id : 77);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(contains_its_first_and_last_id_and_no_neighbour),
		cmocka_unit_test(place_of_an_id_counts_what_was_laid_before),
		cmocka_unit_test(place_of_a_position_is_the_inverse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
