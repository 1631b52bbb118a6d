/* SPDX-License-Identifier: BSD-3-Clause */
#include "decimal.h"

#include <errno.h>
#include <string.h>

size_t subid_decimal_digits(uint64_t value)
{
	size_t digits = 1;

	for (; value >= 10000; value /= 10000)
		digits += 4;
	return digits + (value >= 10) + (value >= 100) + (value >= 1000);
}

void subid_decimal_write(uint64_t value, size_t digits, char *ret)
{
	/* Two digits at a time take half as many divisions. */
	static const char pairs[] = "00010203040506070809"
				    "10111213141516171819"
				    "20212223242526272829"
				    "30313233343536373839"
				    "40414243444546474849"
				    "50515253545556575859"
				    "60616263646566676869"
				    "70717273747576777879"
				    "80818283848586878889"
				    "90919293949596979899";

	for (; digits > 1; digits -= 2, value /= 100)
		memcpy(ret + digits - 2, pairs + value % 100 * 2, 2);
	if (digits > 0)
		ret[0] = (char)('0' + value % 10);
}

int subid_decimal_parse(const char *text, size_t len, uint32_t *ret_value)
{
	uint64_t value = 0;

	if (len == 0 || len > SUBID_DECIMAL_32_MAX_BYTES || (text[0] == '0' && len > 1))
		return -EINVAL;

	for (const char *end = text + len; text < end; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		value = value * 10 + (uint64_t)*text - '0';
	}
	if (value > UINT32_MAX)
		return -EINVAL;

	*ret_value = (uint32_t)value;
	return 0;
}
