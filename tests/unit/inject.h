/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <time.h>

/*
 * Between the code under test and the host: every call below goes through here
 * (the linker's --wrap), is counted, and does what it always does unless a test
 * says otherwise. A call that succeeds changes errno, as it may.
 */
enum inject_call {
	INJECT_OPEN,
	INJECT_STAT,
	INJECT_FSTAT,
	INJECT_READ,
	INJECT_REREAD, /* a read of a file's first bytes, when it is not the first */
	INJECT_CLOSE,
	INJECT_MMAP,
	INJECT_MUNMAP,
	INJECT_TIME,
	INJECT_GETPWUID,
	INJECT_GETPWNAM,
	INJECT_CALLS,
};

/* For @nth: not one call but all of them. */
#define INJECT_EVERY 0

/*
 * inject_reset: forget all plans and counts. The clock is then a minute ahead
 * of the files, so that none of them counts as changed just now. For
 * cmocka_unit_test_setup() too.
 */
int inject_reset(void **state);

/* inject_fail: the @nth call (from 1) fails with @fault; close() closes first. */
void inject_fail(enum inject_call call, unsigned int nth, int fault);

/* inject_has_failed: has the call that was to fail been made? */
bool inject_has_failed(enum inject_call call);

/* inject_interrupt: every call is interrupted once and goes through when repeated. */
void inject_interrupt(enum inject_call call);

/* inject_before: run @hook before the @nth call goes through. */
void inject_before(enum inject_call call, unsigned int nth, void (*hook)(void));

/* inject_short_reads: no pread(2) returns more than @bytes. */
void inject_short_reads(size_t bytes);

/* inject_stamp: change what the @nth fstat(2) says. */
void inject_stamp(unsigned int nth, void (*edit)(struct stat *stamp));

/* inject_clock: clock_gettime(2) says that it is so many seconds later. */
void inject_clock(time_t seconds);

/* inject_path: open(2) and fstatat(2) of @path see @instead. Both are kept, not copied. */
void inject_path(const char *path, const char *instead);

/*
 * inject_account: getpwuid_r and getpwnam_r know accounts from here alone. The record of an
 * account whose name is "" has no name.
 */
void inject_account(const char *name, unsigned int uid);

/* inject_ignore_case: getpwnam_r finds an account whatever the case of the name. */
void inject_ignore_case(void);

unsigned int inject_calls(enum inject_call call);

/* inject_open_files: descriptors that were opened and not closed. */
unsigned int inject_open_files(void);

/* inject_open_flags: of the last open(2). */
int inject_open_flags(void);

/*
 * inject_open_maps: mappings that were made and not unmapped. Behind each one
 * lies a page that nobody may touch.
 */
unsigned int inject_open_maps(void);
