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
		{ { 1, UINT32_MAX }, UINT32_MAX, true, "a range to the last ID" },
		{ { 1, UINT32_MAX }, 0, false, "0, in a range from 1 to the last ID" },
		{ { 0, UINT32_MAX }, UINT32_MAX, false, "2^32-1, in a range from 0 to 2^32-2" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		check_int(rows[i].reason, subid_range_contains(&rows[i].range, rows[i].id),
			  rows[i].contained);
}

static void last_is_the_last_id_that_it_contains(void **state)
{
	static const struct {
		struct subid_range range;
		uint32_t last;
	} rows[] = {
		{ { 100, 10 }, 109 },
		{ { 100, 1 }, 100 },
		{ { 0, 1 }, 0 },
		{ { 0, UINT32_MAX }, UINT32_MAX - 1 },
		{ { 1, UINT32_MAX }, UINT32_MAX },
		{ { UINT32_MAX, 1 }, UINT32_MAX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(subid_range_last(&rows[i].range), rows[i].last);
		assert_true(subid_range_contains(&rows[i].range, rows[i].last));
		assert_false(subid_range_contains(&rows[i].range, rows[i].last + 1));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(contains_its_first_and_last_id_and_no_neighbour),
		cmocka_unit_test(last_is_the_last_id_that_it_contains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
