/* SPDX-License-Identifier: BSD-3-Clause */
#include "line.h"

#include <errno.h>
#include <string.h>

bool subid_owner_text_valid(const char *text, size_t len)
{
	if (len == 0 || len > SUBID_OWNER_MAX_BYTES)
		return false;
	if (text[0] == ' ' || text[len - 1] == ' ')
		return false;
	if (text[0] == '.' && (len == 1 || (len == 2 && text[1] == '.')))
		return false;

	for (const char *end = text + len; text < end; text++) {
		unsigned char c = (unsigned char)*text;

		if (c > ':' ? c == 0x7f : c == ':' || c == '/' || c < ' ')
			return false;
	}
	return true;
}

static unsigned int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned int)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned int)(c - 'A') + 10;
	return 16;
}

/*
 * A number as strtoul(3) with base 0 reads it, which is what shadow calls. Our
 * own because strtoul reads past the end of a field, wraps "-1" and asks the
 * locale.
 */
static int parse_number(const char *text, const char *end, uint32_t *ret_value)
{
	unsigned int base = 10;
	uint64_t value = 0;

	while (text < end && (*text == ' ' || (*text >= '\t' && *text <= '\r')))
		text++;
	if (text < end && *text == '+')
		text++;
	if (end - text > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	} else if (text < end && *text == '0') {
		base = 8;
	}
	if (text == end)
		return -EINVAL;

	for (; text < end; text++) {
		unsigned int digit = digit_value(*text);

		if (digit >= base)
			return -EINVAL;
		value = value * base + digit;
		if (value > UINT32_MAX)
			return -EINVAL;
	}

	*ret_value = (uint32_t)value;
	return 0;
}

int subid_line_parse(const char *text, size_t len, struct subid_line *ret_line)
{
	const char *end = text + len;
	struct subid_line line = { .owner = text };
	const char *start, *count;

	if (len == 0 || len > SUBID_LINE_MAX_BYTES)
		return -EINVAL;
	/* To shadow "#bob:1:2" has an owner "#bob"; nobody who comments a line
	 * out means that. */
	if (text[0] == '#' || text[0] == '+' || text[0] == '-')
		return -EINVAL;

	start = (const char *)memchr(text, ':', len);
	if (!start)
		return -EINVAL;
	line.owner_len = (size_t)(start - text);
	start++;

	count = (const char *)memchr(start, ':', (size_t)(end - start));
	if (!count)
		return -EINVAL;

	if (parse_number(start, count, &line.range.start) < 0 ||
	    parse_number(count + 1, end, &line.range.count) < 0)
		return -EINVAL;
	if (line.range.count == 0 || line.range.count - 1 > UINT32_MAX - line.range.start)
		return -EINVAL;

	if (!subid_owner_text_valid(line.owner, line.owner_len))
		return -EINVAL;

	*ret_line = line;
	return 0;
}
