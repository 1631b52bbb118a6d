/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers: any text, and any value, whose digits are written into exactly as many bytes. */
#include "decimal.h"

#include "proof.h"

#define DIGITS_64_MAX 20

static void parse(void)
{
	char memory[SUBID_DECIMAL_32_MAX_BYTES + 2];
	size_t len = (size_t)Frama_C_interval_split(0, SUBID_DECIMAL_32_MAX_BYTES + 1);
	uint32_t value;

	proof_any(memory, SUBID_DECIMAL_32_MAX_BYTES + 1);
	if (subid_decimal_parse(memory + SUBID_DECIMAL_32_MAX_BYTES + 1 - len, len, &value) == 0) {
		//@ assert parsed: 1 <= len <= SUBID_DECIMAL_32_MAX_BYTES && \initialized(&value);
	}
}

static void write(int n)
{
	char memory[DIGITS_64_MAX];
	uint64_t first = 1, value;
	size_t digits;

	for (int i = 1; i < n; i++)
		first *= 10;
	value = Frama_C_unsigned_long_long_interval(
		n > 1 ? first : 0, n < DIGITS_64_MAX ? first * 10 - 1 : UINT64_MAX);
	digits = subid_decimal_digits(value);
	//@ assert digits: digits == n;
	subid_decimal_write(value, digits, memory + DIGITS_64_MAX - digits);
	//@ assert written: \initialized(&memory[DIGITS_64_MAX - n .. DIGITS_64_MAX - 1]);
}

/* Each of 100 values from @first on is read as it was written. */
static void inverse(uint32_t first)
{
	uint32_t value = first + (uint32_t)Frama_C_interval_split(0, 99), again = 0;
	char memory[SUBID_DECIMAL_32_MAX_BYTES];
	size_t digits = subid_decimal_digits(value);
	int r;

	subid_decimal_write(value, digits, memory);
	r = subid_decimal_parse(memory, digits, &again);
	//@ assert inverse: r == 0 && again == value;
}

int main(void)
{
	parse();
	write(Frama_C_interval_split(1, DIGITS_64_MAX));
	inverse(0);
	inverse(99950);
	inverse(UINT32_MAX - 99);
	return 0;
}
