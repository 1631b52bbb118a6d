/* SPDX-License-Identifier: BSD-3-Clause */
#include "decimal.h"

#include <errno.h>

size_t subid_decimal_format(uint64_t value, char ret[SUBID_DECIMAL_MAX_BYTES])
{
	size_t digits = 1;

	/* 2^64-1 has 20 digits, and 10^20 would not fit. */
	for (uint64_t bound = 10; value >= bound && digits < 20; bound *= 10)
		digits++;

	ret[digits] = '\0';
	for (size_t i = digits; i-- > 0; value /= 10)
		ret[i] = (char)('0' + value % 10);

	return digits;
}

int subid_decimal_parse(const char *text, size_t len, uint32_t *ret_value)
{
	uint64_t value = 0;

	if (len == 0 || len > 10 || (text[0] == '0' && len > 1))
		return -EINVAL;

	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
		value = value * 10 + (uint64_t)(text[i] - '0');
	}
	if (value > UINT32_MAX)
		return -EINVAL;

	*ret_value = (uint32_t)value;
	return 0;
}
