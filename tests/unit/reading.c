/* SPDX-License-Identifier: BSD-3-Clause */
#include "reading.h"

#include <errno.h>

#include "check.h"
#include "draft.h"
#include "inject.h"
#include "line.h"

struct subid_reader reading;

void reading_write(const char *text)
{
	draft_clear();
	draft_add("%s", text);
	draft_write("lines");
}

/* The line of the draft at *@at as reader.h specifies it. Returns false at the end. */
static bool next_line(size_t *at, const char **ret_text, size_t *ret_len)
{
	const char *text = draft.text + *at;
	size_t len = 0;

	if (*at >= draft.len)
		return false;
	while (*at + len < draft.len && text[len] != '\n')
		len++;
	*at += len + 1;
	*ret_text = text;
	*ret_len = len > SUBID_LINE_MAX_BYTES ? SUBID_LINE_MAX_BYTES + 1 : len;
	return true;
}

void reading_open(const char *path)
{
	memset(&reading, 0x5a, sizeof(reading));
	assert_int_equal(subid_reader_open(&reading, path), 0);
}

void reading_close(void)
{
	subid_reader_close(&reading);
	assert_int_equal(inject_open_files(), 0);
}

void reading_check_pass(const char *reason)
{
	const char *got = NULL, *want = NULL;
	size_t got_len = 0, want_len = 0, at = 0;

	while (next_line(&at, &want, &want_len)) {
		check_int(reason, subid_reader_next(&reading, &got, &got_len), 0);
		check_bytes(reason, got, got_len, want, want_len);
	}
	check_int(reason, subid_reader_next(&reading, &got, &got_len), -ENOENT);
	check_int(reason, subid_reader_next(&reading, &got, &got_len), -ENOENT);
}

int reading_check_until_fault(void)
{
	const char *got = NULL, *want = NULL;
	size_t got_len = 0, want_len = 0, at = 0;
	int r;

	while ((r = subid_reader_next(&reading, &got, &got_len)) == 0) {
		assert_true(next_line(&at, &want, &want_len));
		check_bytes("a line before the fault", got, got_len, want, want_len);
	}
	return r;
}

int reading_to_the_end(void)
{
	const char *text;
	size_t len;
	int r;

	while ((r = subid_reader_next(&reading, &text, &len)) == 0)
		;
	return r;
}
