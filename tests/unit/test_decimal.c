/* SPDX-License-Identifier: BSD-3-Clause */
#include "decimal.h"

#include <errno.h>
#include <stdlib.h>

#include "check.h"

static void write_writes_canonical_decimal(void **state)
{
	static const struct {
		uint64_t value;
		const char *digits;
	} rows[] = {
		{ 0, "0" },
		{ 9, "9" },
		{ 10, "10" },
		{ 99, "99" },
		{ 100, "100" },
		{ 999, "999" },
		{ 1000, "1000" },
		{ 9999, "9999" },
		{ 10000, "10000" },
		{ 99999, "99999" },
		{ 65536, "65536" },
		{ UINT32_MAX, "4294967295" },
		{ UINT64_C(4294967296), "4294967296" },
		{ UINT64_MAX, "18446744073709551615" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		size_t digits = strlen(rows[i].digits);
		/* On the heap, a sanitizer notices a write past the end. */
		char *got = (char *)malloc(digits);

		assert_non_null(got);
		check_int(rows[i].digits, (intmax_t)subid_decimal_digits(rows[i].value),
			  (intmax_t)digits);
		subid_decimal_write(rows[i].value, digits, got);
		check_bytes("write", got, digits, rows[i].digits, digits);
		free(got);
	}
}

static void write_writes_exactly_its_digits(void **state)
{
	char got[8] = "XXXXXXX";

	(void)state;
	subid_decimal_write(65536, 5, got + 1);
	assert_string_equal(got, "X65536X");
}

static void parse_reads_what_write_writes(void **state)
{
	static const uint32_t values[] = {
		0, 1, 9, 10, 11, 99, 100, 101, 65534, 100000, 999999999, 1000000000, UINT32_MAX,
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		char digits[SUBID_DECIMAL_32_MAX_BYTES];
		size_t len = subid_decimal_digits(values[i]);
		uint32_t got = ~values[i];

		assert_in_range(len, 1, sizeof(digits));
		subid_decimal_write(values[i], len, digits);
		assert_int_equal(subid_decimal_parse(digits, len, &got), 0);
		assert_int_equal(got, values[i]);
	}
}

static void parse_refuses_what_write_does_not_write(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *reason;
	} rows[] = {
		{ "", 0, "no digit" },
		{ "00", 2, "two zeros" },
		{ "01", 2, "a leading zero" },
		{ "0x1", 3, "hexadecimal" },
		{ "+1", 2, "a sign" },
		{ "-1", 2, "a negative number" },
		{ " 1", 2, "a leading blank" },
		{ "1 ", 2, "a trailing blank" },
		{ "1\n", 2, "a trailing newline" },
		{ "1\0", 2, "a trailing NUL" },
		{ "1a", 2, "a letter" },
		{ "1/", 2, "the byte before 0" },
		{ "1:", 2, "the byte after 9" },
		{ "1\xb1", 2, "a byte that is a digit in its low bits" },
		{ "4294967296", 10, "2^32" },
		{ "9999999999", 10, "the largest of ten digits" },
		{ "04294967295", 11, "eleven digits that fit" },
		{ "18446744073709551617", 20, "2^64 + 1, which wraps to 1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint32_t got = 77;

		check_int(rows[i].reason, subid_decimal_parse(rows[i].text, rows[i].len, &got),
			  -EINVAL);
		check_int(rows[i].reason, got, 77);
	}
}

static void parse_reads_no_further_than_its_length(void **state)
{
	uint32_t got = 0;

	(void)state;
	assert_int_equal(subid_decimal_parse("123:456", 3, &got), 0);
	assert_int_equal(got, 123);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(write_writes_canonical_decimal),
		cmocka_unit_test(write_writes_exactly_its_digits),
		cmocka_unit_test(parse_reads_what_write_writes),
		cmocka_unit_test(parse_refuses_what_write_does_not_write),
		cmocka_unit_test(parse_reads_no_further_than_its_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
