/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <time.h>

/*
 * The linker's --wrap leads these calls of the code under test to inject.c, or to inject_maps.c,
 * which count them. A call then goes through to libc, unless the test has planned something else.
 * Accounts never come from libc: see inject_account(). A call that succeeds changes errno, as POSIX
 * allows.
 */
enum inject_call {
	INJECT_OPEN,
	INJECT_STAT,
	INJECT_FSTAT,
	INJECT_READ,
	INJECT_REREAD, /* a read of a file's first bytes, if they were read before */
	INJECT_CLOSE,
	INJECT_MMAP,
	INJECT_MUNMAP,
	INJECT_TIME,
	INJECT_GETPWUID,
	INJECT_GETPWNAM,
	INJECT_CALLS,
};

/* A value of @nth: every call. */
#define INJECT_EVERY 0

/*
 * inject_reset: forget all plans and counts. The clock is then a minute ahead of the files, so
 * that none of them counts as changed just now. The type is that of cmocka's setup functions.
 */
int inject_reset(void **state);

/*
 * inject_fail: the @nth call (from 1) fails with the errno @fault; if @fault is 0, none fails.
 * A close(2) or munmap(2) that fails has done its work nevertheless.
 */
void inject_fail(enum inject_call call, unsigned int nth, int fault);

/* inject_has_failed: has a call failed as inject_fail() planned? */
bool inject_has_failed(enum inject_call call);

/* inject_interrupt: every call fails with EINTR once, and goes through when it is repeated. */
void inject_interrupt(enum inject_call call);

/* inject_before: run @hook before the @nth call goes through. */
void inject_before(enum inject_call call, unsigned int nth, void (*hook)(void));

/* inject_short_reads: no pread(2) returns more than @bytes. */
void inject_short_reads(size_t bytes);

/* inject_stamp: @edit changes the result of the @nth fstat(2). */
void inject_stamp(unsigned int nth, void (*edit)(struct stat *stamp));

/* inject_clock: clock_gettime(2) returns a time that is @seconds later. */
void inject_clock(time_t seconds);

/* inject_path: open(2) and fstatat(2) of @path use @instead. The strings are not copied. */
void inject_path(const char *path, const char *instead);

/*
 * inject_account: add an account. getpwuid_r(3) and getpwnam_r(3) find no others. If @name is
 * "", the account's record has no name.
 */
void inject_account(const char *name, unsigned int uid);

/* inject_account_bytes: each account takes so many bytes of its caller's buffer. */
void inject_account_bytes(size_t bytes);

/* inject_ignore_case: getpwnam_r(3) ignores the case of names. */
void inject_ignore_case(void);

/* inject_calls: how many times this call has been made. */
unsigned int inject_calls(enum inject_call call);

/* inject_open_files: how many descriptors were opened and not closed. */
unsigned int inject_open_files(void);

/* inject_open_flags: the flags of the last open(2). */
int inject_open_flags(void);

/*
 * inject_open_maps: how many mappings were made and not unmapped. Each one is followed by a
 * guard page: an access to it faults.
 */
unsigned int inject_open_maps(void);

/*
 * inject_begin, inject_end: what each replacement of a call does first and last. inject_begin()
 * returns the errno that this call is to fail with, or 0; inject_end() sets errno.
 */
int inject_begin(enum inject_call call);
void inject_end(int fault);
