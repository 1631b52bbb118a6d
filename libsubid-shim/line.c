/* SPDX-License-Identifier: BSD-3-Clause */
#include "line.h"

#include "text.h"

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

		/* Most bytes are letters, and need one comparison more. */
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
 * Why a field is not a number. @first: the first byte of the number. @text: a byte of it that is
 * not a digit.
 */
static enum subid_line_fault digit_fault(const char *first, const char *text, const char *end)
{
	if (text == first && *text == '-')
		return SUBID_LINE_NEGATIVE;
	return subid_text_find(text, end, ':') ? SUBID_LINE_MANY_FIELDS : SUBID_LINE_NO_NUMBER;
}

/*
 * Read a number as strtoul(3) with base 0 does, which shadow calls. strtoul itself would read
 * past the end of a field, turn "-1" into a large number, and depend on the locale.
 */
static enum subid_line_fault parse_number(const char *text, const char *end, uint32_t *ret_value)
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
		return SUBID_LINE_NO_NUMBER;

	for (const char *first = text; text < end; text++) {
		unsigned int digit = digit_value(*text);

		if (digit >= base)
			return digit_fault(first, text, end);
		value = value * base + digit;
		if (value > UINT32_MAX)
			return SUBID_LINE_TOO_LARGE;
	}

	*ret_value = (uint32_t)value;
	return SUBID_LINE_FAULTLESS;
}

enum subid_line_fault subid_line_parse(const char *text, size_t len, struct subid_line *ret_line)
{
	const char *end = text + len;
	struct subid_line line = { .owner = text };
	const char *start, *count;
	enum subid_line_fault fault;

	if (len == 0)
		return SUBID_LINE_EMPTY;
	if (len > SUBID_LINE_MAX_BYTES)
		return SUBID_LINE_TOO_LONG;
	/* shadow takes the owner of "#bob:1:2" to be "#bob", but a person who comments a line
	 * out does not mean that. */
	if (text[0] == '#')
		return SUBID_LINE_COMMENT;
	if (text[0] == '+' || text[0] == '-')
		return SUBID_LINE_NIS;

	start = subid_text_find(text, end, ':');
	if (!start)
		return SUBID_LINE_FEW_FIELDS;
	line.owner_len = (size_t)(start - text);
	start++;

	count = subid_text_find(start, end, ':');
	if (!count)
		return SUBID_LINE_FEW_FIELDS;

	fault = parse_number(start, count, &line.range.start);
	if (fault == SUBID_LINE_FAULTLESS)
		fault = parse_number(count + 1, end, &line.range.count);
	if (fault != SUBID_LINE_FAULTLESS)
		return fault;
	if (line.range.count == 0)
		return SUBID_LINE_NO_IDS;
	if (line.range.count - 1 > UINT32_MAX - line.range.start)
		return SUBID_LINE_PAST_END;

	if (!subid_owner_text_valid(line.owner, line.owner_len))
		return SUBID_LINE_BAD_OWNER;

	*ret_line = line;
	return SUBID_LINE_FAULTLESS;
}
