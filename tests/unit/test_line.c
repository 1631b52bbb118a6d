/* SPDX-License-Identifier: BSD-3-Clause */
#include "line.h"

#include <stdlib.h>

#include "check.h"

/* A text and its length. The text may contain a NUL. */
#define TEXT(literal) literal, sizeof(literal) - 1

/* Copies a text to a block of its size, so that a sanitizer notices a read past the end. */
static char *bounded(const char *text, size_t len)
{
	char *copy = (char *)malloc(len > 0 ? len : 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	return copy;
}

static void check_delegates(const char *reason, const char *text, size_t len, const char *owner,
			    uint32_t start, uint32_t count)
{
	char *copy = bounded(text, len);
	struct subid_line line;

	check_int(reason, subid_line_parse(copy, len, &line), 0);
	check_bytes(reason, line.owner, line.owner_len, owner, strlen(owner));
	assert_ptr_equal(line.owner, copy);
	check_int(reason, line.range.start, start);
	check_int(reason, line.range.count, count);
	free(copy);
}

static void check_delegates_nothing(const char *reason, const char *text, size_t len,
				    enum subid_line_fault fault)
{
	char *copy = bounded(text, len);
	struct subid_line line, before;

	memset(&line, 0x5a, sizeof(line));
	memcpy(&before, &line, sizeof(before));
	check_int(reason, subid_line_parse(copy, len, &line), (int)fault);
	assert_memory_equal(&line, &before, sizeof(line));
	free(copy);
}

static void parse_reads_a_line_as_shadow_does(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *owner;
		uint32_t start, count;
		const char *reason;
	} rows[] = {
		{ TEXT("alice:100000:65536"), "alice", 100000, 65536, "the usual line" },
		{ TEXT("1000:100000:65536"), "1000", 100000, 65536, "an owner by UID" },
		{ TEXT("a:0:1"), "a", 0, 1, "the first ID" },
		{ TEXT("a:4294967295:1"), "a", UINT32_MAX, 1, "the last ID" },
		{ TEXT("a:0:4294967295"), "a", 0, UINT32_MAX, "the largest count" },
		{ TEXT("a:1:4294967295"), "a", 1, UINT32_MAX, "a range to the last ID" },
		{ TEXT("a:2147483647:2147483648"), "a", 2147483647, 2147483648, "Podman's range" },
		{ TEXT("a:0x186A0:0Xff"), "a", 100000, 255, "hexadecimal" },
		{ TEXT("a:0xabcdef:0xABCDEF"), "a", 0xabcdef, 0xabcdef, "every hex letter" },
		{ TEXT("a:0303240:010"), "a", 100000, 8, "octal" },
		{ TEXT("a:00:01"), "a", 0, 1, "octal zero" },
		{ TEXT("a:+100:+0x10"), "a", 100, 16, "a plus sign" },
		{ TEXT("a: 100:\t10"), "a", 100, 10, "leading blanks" },
		{ TEXT("a:\n\v\f\r +1: +1"), "a", 1, 1, "every leading blank of isspace(3)" },
		{ TEXT("a:0000000000000000007:1"), "a", 7, 1, "more digits than 2^32 has" },
		{ TEXT("a b:1:1"), "a b", 1, 1, "a blank inside an owner" },
		{ TEXT("AD\\user$@x.org-1:1:1"), "AD\\user$@x.org-1", 1, 1,
		  "an owner of a domain" },
		{ TEXT("...:1:1"), "...", 1, 1, "three dots are no directory" },
		{ TEXT(".a:1:1"), ".a", 1, 1, "a leading dot" },
		{ TEXT("J\xc3\xb6rg:1:1"), "J\xc3\xb6rg", 1, 1, "UTF-8" },
		{ TEXT("a#b:1:1"), "a#b", 1, 1, "# begins a comment in column 0 only" },
		{ TEXT("a+b-:1:1"), "a+b-", 1, 1, "+ and - begin NIS entries in column 0 only" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		check_delegates(rows[i].reason, rows[i].text, rows[i].len, rows[i].owner,
				rows[i].start, rows[i].count);
}

static void parse_says_why_a_line_delegates_nothing(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		enum subid_line_fault fault;
		const char *reason;
	} rows[] = {
		{ TEXT(""), SUBID_LINE_EMPTY, "an empty line" },
		{ TEXT(" "), SUBID_LINE_FEW_FIELDS, "a blank line" },
		{ TEXT("#alice:1:1"), SUBID_LINE_COMMENT, "a comment" },
		{ TEXT("+alice:1:1"), SUBID_LINE_NIS, "a NIS entry" },
		{ TEXT("-alice:1:1"), SUBID_LINE_NIS, "a NIS exclusion" },
		{ TEXT("+"), SUBID_LINE_NIS, "all entries of NIS" },
		{ TEXT("alice"), SUBID_LINE_FEW_FIELDS, "one field" },
		{ TEXT("alice:"), SUBID_LINE_FEW_FIELDS, "two fields, one empty" },
		{ TEXT("alice:1"), SUBID_LINE_FEW_FIELDS, "two fields" },
		{ TEXT("alice:1:"), SUBID_LINE_NO_NUMBER, "an empty count" },
		{ TEXT("alice::1"), SUBID_LINE_NO_NUMBER, "an empty start" },
		{ TEXT(":1:1"), SUBID_LINE_BAD_OWNER, "an empty owner" },
		{ TEXT("::"), SUBID_LINE_NO_NUMBER, "three empty fields" },
		{ TEXT("alice:1:1:"), SUBID_LINE_MANY_FIELDS, "a fourth field, empty" },
		{ TEXT("alice:1:1:1"), SUBID_LINE_MANY_FIELDS, "a fourth field" },
		{ TEXT("alice:1:0"), SUBID_LINE_NO_IDS, "no IDs" },
		{ TEXT("alice:4294967296:1"), SUBID_LINE_TOO_LARGE, "a start of 2^32" },
		{ TEXT("alice:4294967295:2"), SUBID_LINE_PAST_END, "a range beyond the last ID" },
		{ TEXT("alice:1:4294967296"), SUBID_LINE_TOO_LARGE, "a count of 2^32" },
		{ TEXT("alice:2:4294967295"), SUBID_LINE_PAST_END, "a range one ID too long" },
		{ TEXT("alice:0:4294967296"), SUBID_LINE_TOO_LARGE,
		  "all IDs, a count shadow cannot hold" },
		{ TEXT("alice:18446744073709551617:1"), SUBID_LINE_TOO_LARGE,
		  "a start that wraps to 1" },
		{ TEXT("alice:1:18446744073709551617"), SUBID_LINE_TOO_LARGE,
		  "a count that wraps to 1" },
		{ TEXT("alice:0x100000000:1"), SUBID_LINE_TOO_LARGE, "2^32 in hexadecimal" },
		{ TEXT("alice:040000000000:1"), SUBID_LINE_TOO_LARGE, "2^32 in octal" },
		{ TEXT("alice:-1:1"), SUBID_LINE_NEGATIVE, "a negative start" },
		{ TEXT("alice:1:-1"), SUBID_LINE_NEGATIVE, "a negative count" },
		{ TEXT("alice:1-2:1"), SUBID_LINE_NO_NUMBER, "first and last ID" },
		{ TEXT("alice:1:1:1x"), SUBID_LINE_MANY_FIELDS, "a fourth field, no number" },
		{ TEXT("alice:1 :1"), SUBID_LINE_NO_NUMBER, "a blank after a number" },
		{ TEXT("alice:1:1 "), SUBID_LINE_NO_NUMBER, "a blank at the end" },
		{ TEXT("alice:1:1\r"), SUBID_LINE_NO_NUMBER, "a carriage return" },
		{ TEXT("alice:1:1#x"), SUBID_LINE_NO_NUMBER, "a comment after a line" },
		{ TEXT("alice:1a:1"), SUBID_LINE_NO_NUMBER, "a letter after a number" },
		{ TEXT("alice:1G:1"), SUBID_LINE_NO_NUMBER, "a letter beyond F" },
		{ TEXT("alice:a:1"), SUBID_LINE_NO_NUMBER, "a hex digit without 0x" },
		{ TEXT("alice:08:1"), SUBID_LINE_NO_NUMBER, "8 is no octal digit" },
		{ TEXT("alice:0x:1"), SUBID_LINE_NO_NUMBER, "0x without a digit" },
		{ TEXT("alice:0xg:1"), SUBID_LINE_NO_NUMBER, "0x and no hex digit" },
		{ TEXT("alice:0x 1:1"), SUBID_LINE_NO_NUMBER, "a blank after 0x" },
		{ TEXT("alice:1:0x"), SUBID_LINE_NO_NUMBER, "0x at the end of the line" },
		{ TEXT("alice:+:1"), SUBID_LINE_NO_NUMBER, "a sign alone" },
		{ TEXT("alice:++1:1"), SUBID_LINE_NO_NUMBER, "two signs" },
		{ TEXT("alice:+ 1:1"), SUBID_LINE_NO_NUMBER, "a blank after the sign" },
		{ TEXT("alice: :1"), SUBID_LINE_NO_NUMBER, "a blank field" },
		{ TEXT("alice:1: "), SUBID_LINE_NO_NUMBER, "a blank field at the end" },
		{ TEXT("alice:1.5:1"), SUBID_LINE_NO_NUMBER, "a fraction" },
		{ TEXT("alice:1\0:1"), SUBID_LINE_NO_NUMBER, "a NUL after a number" },
		{ TEXT("alice:1:1\0"), SUBID_LINE_NO_NUMBER, "a NUL at the end" },
		{ TEXT("alice:\x0e"
		       "1:1"),
		  SUBID_LINE_NO_NUMBER, "a control character that is no blank" },
		{ TEXT("ali\0ce:1:1"), SUBID_LINE_BAD_OWNER, "a NUL in the owner" },
		{ TEXT(" alice:1:1"), SUBID_LINE_BAD_OWNER, "a blank before the owner" },
		{ TEXT("alice :1:1"), SUBID_LINE_BAD_OWNER, "a blank after the owner" },
		{ TEXT("al/ice:1:1"), SUBID_LINE_BAD_OWNER, "an owner that would be a path" },
		{ TEXT(".:1:1"), SUBID_LINE_BAD_OWNER, "an owner that is a directory" },
		{ TEXT("..:1:1"), SUBID_LINE_BAD_OWNER, "an owner that is the directory above" },
		{ TEXT("al\x1b[31mice:1:1"), SUBID_LINE_BAD_OWNER,
		  "an owner that colours a terminal" },
		{ TEXT("al\tice:1:1"), SUBID_LINE_BAD_OWNER, "a tab in the owner" },
		{ TEXT("alice\x7f:1:1"), SUBID_LINE_BAD_OWNER, "DEL in the owner" },
		{ TEXT("\x01:1:1"), SUBID_LINE_BAD_OWNER, "a control character" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		check_delegates_nothing(rows[i].reason, rows[i].text, rows[i].len, rows[i].fault);
}

/* Returns a line "aaa...:0:1" of @len bytes. */
static const char *long_line(size_t len)
{
	static char line[SUBID_LINE_MAX_BYTES + 2];

	assert_in_range(len, 5, sizeof(line) - 1);
	memset(line, 'a', len - 4);
	memcpy(line + len - 4, ":0:1", 5);
	return line;
}

static void parse_accepts_1023_bytes_and_refuses_1024(void **state)
{
	static char owner[SUBID_OWNER_MAX_BYTES + 1];

	(void)state;
	memset(owner, 'a', SUBID_OWNER_MAX_BYTES);
	check_delegates("1023 bytes", long_line(1023), 1023, owner, 0, 1);
	owner[SUBID_OWNER_MAX_BYTES - 1] = '\0';
	check_delegates("1022 bytes", long_line(1022), 1022, owner, 0, 1);
	check_delegates_nothing("1024 bytes", long_line(1024), 1024, SUBID_LINE_TOO_LONG);
}

static void parse_of_a_prefix_does_not_read_past_it(void **state)
{
	static const char line[] = "alice:0x186a0:65536";

	(void)state;
	for (size_t len = 0; len < sizeof("alice:0x186a0:") - 1; len++)
		check_delegates_nothing("a prefix", line, len,
					len == 0			 ? SUBID_LINE_EMPTY
					: len <= strlen("alice:0x186a0") ? SUBID_LINE_FEW_FIELDS
									 : SUBID_LINE_NO_NUMBER);
}

static void owner_text_is_at_most_as_long_as_the_longest_owner_of_a_line(void **state)
{
	static char text[SUBID_OWNER_MAX_BYTES + 1];

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_true(subid_owner_text_valid(text, SUBID_OWNER_MAX_BYTES));
	assert_false(subid_owner_text_valid(text, SUBID_OWNER_MAX_BYTES + 1));
	assert_false(subid_owner_text_valid(text, 0));
}

static void owner_text_refuses_only_control_characters_colon_and_slash(void **state)
{
	(void)state;
	for (unsigned int c = 0; c < 256; c++) {
		const char text[3] = { 'a', (char)c, 'b' };
		bool refused = c < 0x20 || c == 0x7f || c == ':' || c == '/';

		check_int("a byte between two letters", subid_owner_text_valid(text, 3), !refused);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_reads_a_line_as_shadow_does),
		cmocka_unit_test(parse_says_why_a_line_delegates_nothing),
		cmocka_unit_test(parse_accepts_1023_bytes_and_refuses_1024),
		cmocka_unit_test(parse_of_a_prefix_does_not_read_past_it),
		cmocka_unit_test(owner_text_is_at_most_as_long_as_the_longest_owner_of_a_line),
		cmocka_unit_test(owner_text_refuses_only_control_characters_colon_and_slash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
