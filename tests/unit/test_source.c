/* SPDX-License-Identifier: BSD-3-Clause */
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "check.h"
#include "inject.h"
#include "scratch.h"

#define TEXT(literal) literal, sizeof(literal) - 1
#define WORD50 "01234567890123456789012345678901234567890123456789"

static char name[SUBID_SOURCE_MAX_BYTES + 1];

static void check_source(const char *reason, const char *want)
{
	memset(name, 'X', sizeof(name));
	check_int(reason, subid_source_read("nsswitch.conf", name), 0);
	check_text(reason, name, want);
}

static void the_source_is_the_first_word_of_the_first_line_that_has_one(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *source;
		const char *reason;
	} rows[] = {
		{ TEXT(""), "", "an empty file" },
		{ TEXT("passwd: files subid\n"), "", "other databases" },
		{ TEXT("subid: files\n"), "", "the word files" },
		{ TEXT("subid: sss\n"), "sss", "another source" },
		{ TEXT("passwd: files\nsubid: sss\ngroup: files\n"), "sss",
		  "a line between others" },
		{ TEXT("subid:sss\n"), "sss", "no blank after the colon" },
		{ TEXT("subid:x\n"), "x", "the shortest name" },
		{ TEXT("subid: \t sss\t\n"), "sss", "blanks on both sides" },
		{ TEXT("SuBiD: sss\n"), "sss", "a database in mixed case" },
		{ TEXT("subid: FILES\n"), "FILES", "a word in capitals" },
		{ TEXT("subid: filesx\n"), "filesx", "longer than files" },
		{ TEXT("subid: file\n"), "file", "shorter than files" },
		{ TEXT("subid: sss files\n"), "sss", "a second word" },
		{ TEXT("subid: files sss\n"), "", "a second word after files" },
		{ TEXT("subid: sss # files\n"), "sss", "a comment after the word" },
		{ TEXT("subid: #sss\n"), "#sss", "a # begins no comment here" },
		{ TEXT("subid: sss[NOTFOUND=return]\n"), "sss[NOTFOUND=return]",
		  "an action without a blank before it" },
		{ TEXT("subid:\nsubid: sss\n"), "sss", "a line without words" },
		{ TEXT("subid: \t\nsubid: sss\n"), "sss", "a line of blanks" },
		{ TEXT("subid: sss\nsubid: files\n"), "sss", "a second line" },
		{ TEXT("subid: files\nsubid: sss\n"), "", "a second line after files" },
		{ TEXT(" subid: sss\n"), "", "a blank before the database" },
		{ TEXT("\tsubid: sss\n"), "", "a tab before the database" },
		{ TEXT("#subid: sss\n"), "", "a comment" },
		{ TEXT("subid : sss\n"), "", "a blank before the colon" },
		{ TEXT("subid\n"), "", "no colon" },
		{ TEXT("subid:"), "", "a line without a word or a newline" },
		{ TEXT("subi"), "", "a part of the database's name" },
		{ TEXT("subids: sss\n"), "", "another database" },
		{ TEXT("\0subid: sss\n"), "", "a NUL before the database" },
		{ TEXT("subid: sss\0x files\n"), "", "a NUL behind the word" },
		{ TEXT("# \0\nsubid: sss\n"), "", "a NUL on a line before" },
		{ TEXT("subid: sss\n# \0\n"), "sss", "a NUL on a line after" },
		{ TEXT("subid: " WORD50 "\n"), WORD50, "the longest name" },
		{ TEXT("subid: " WORD50 "x\n"), "", "a name that is too long" },
		{ TEXT("subid: " WORD50 "x\nsubid: sss\n"), "",
		  "a second line after a name that is too long" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		scratch_write_bytes("nsswitch.conf", rows[i].text, rows[i].len);
		check_source(rows[i].reason, rows[i].source);
	}
}

static void a_last_line_without_a_newline_means_the_files(void **state)
{
	static const struct {
		const char *text, *source;
	} rows[] = {
		{ "subid: sss", "" },
		{ "subid: sss ", "" },
		{ "subid: sss\t", "" },
		{ "subid: sss files", "" },
		{ "subid: files", "" },
		{ "subid:\nsubid: sss", "" },
		{ "subid: sss\nsubid:", "sss" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		scratch_write("nsswitch.conf", rows[i].text);
		check_source(rows[i].text, rows[i].source);
	}
}

/* Unlike a line of subuid(5), a line of nsswitch.conf may have any length. */
static void a_line_may_have_any_length(void **state)
{
	static const char *const formats[] = {
		"subid: sss %0*d\n",
		"passwd: files #%0*d\nsubid: sss\n",
		"#%0*dsubid: files\nsubid: sss\n",
		"subid: sss\n#%0*d\nsubid: files\n",
	};
	static const int lengths[] = { 900, 1009, 1010, 1024, 4080, 4090, 4096, 5000, 20000 };
	static char text[20100];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(formats); i++)
		for (size_t k = 0; k < COUNT_OF(lengths); k++) {
			char reason[64];

			(void)snprintf(reason, sizeof(reason), "format %zu, %d bytes", i,
				       lengths[k]);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			(void)snprintf(text, sizeof(text), formats[i], lengths[k], 0);
#pragma GCC diagnostic pop
			scratch_write("nsswitch.conf", text);
			check_source(reason, "sss");
		}
}

static void a_file_that_may_not_be_seen_means_the_files(void **state)
{
	static const int faults[] = { ENOENT, EACCES, EPERM, ENOTDIR };

	(void)state;
	(void)unlink("nsswitch.conf");
	check_source("missing", "");

	scratch_write("nsswitch.conf", "subid: sss\n");
	for (size_t i = 0; i < COUNT_OF(faults); i++) {
		(void)inject_reset(NULL);
		inject_fail(INJECT_OPEN, 1, faults[i]);
		check_source(strerror(faults[i]), "");
	}
}

/* Otherwise a process short of descriptors would use the files for the rest of its life. */
static void a_file_that_cannot_be_read_is_a_fault(void **state)
{
	static const struct {
		enum inject_call call;
		unsigned int nth;
		int fault;
	} rows[] = {
		{ INJECT_OPEN, 1, EMFILE }, { INJECT_OPEN, 1, ENFILE }, { INJECT_OPEN, 1, ENOMEM },
		{ INJECT_OPEN, 1, EIO },    { INJECT_FSTAT, 1, EIO },	{ INJECT_READ, 1, EIO },
		{ INJECT_FSTAT, 2, EIO },
	};

	(void)state;
	scratch_write("nsswitch.conf", "subid: sss\n");
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		(void)inject_reset(NULL);
		inject_fail(rows[i].call, rows[i].nth, rows[i].fault);
		check_int(strerror(rows[i].fault), subid_source_read("nsswitch.conf", name),
			  -rows[i].fault);
		assert_true(inject_has_failed(rows[i].call));
		assert_int_equal(inject_open_files(), 0);
	}

	(void)inject_reset(NULL);
	assert_int_equal(subid_source_read(".", name), -EINVAL);
}

static void change_file(void)
{
	scratch_overwrite("nsswitch.conf", 0, "subid: new\n");
}

static void a_file_that_changes_is_read_again(void **state)
{
	(void)state;
	scratch_write("nsswitch.conf", "subid: old\n");
	inject_clock(0);
	inject_before(INJECT_READ, 2, change_file);
	check_source("a change noticed by comparing", "new");
	assert_int_equal(inject_calls(INJECT_OPEN), 2);

	(void)inject_reset(NULL);
	scratch_write("nsswitch.conf", "subid: old\n");
	inject_before(INJECT_FSTAT, 2, change_file);
	check_source("a change noticed by the stamp", "new");
	assert_int_equal(inject_calls(INJECT_OPEN), 2);
	assert_int_equal(inject_open_files(), 0);
}

static void change_size(struct stat *stamp)
{
	static off_t size;

	stamp->st_size = ++size;
}

static void a_file_that_keeps_changing_is_a_fault(void **state)
{
	(void)state;
	scratch_write("nsswitch.conf", "subid: sss\n");
	inject_stamp(INJECT_EVERY, change_size);
	assert_int_equal(subid_source_read("nsswitch.conf", name), -EAGAIN);
	assert_int_equal(inject_calls(INJECT_OPEN), 16);
	assert_int_equal(inject_open_files(), 0);
}

int main(void)
{
#define SOURCE_TEST(name) cmocka_unit_test_setup(name, inject_reset)
	static const struct CMUnitTest tests[] = {
		SOURCE_TEST(the_source_is_the_first_word_of_the_first_line_that_has_one),
		SOURCE_TEST(a_last_line_without_a_newline_means_the_files),
		SOURCE_TEST(a_line_may_have_any_length),
		SOURCE_TEST(a_file_that_may_not_be_seen_means_the_files),
		SOURCE_TEST(a_file_that_cannot_be_read_is_a_fault),
		SOURCE_TEST(a_file_that_changes_is_read_again),
		SOURCE_TEST(a_file_that_keeps_changing_is_a_fault),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
