/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A file that exists only in memory. The linker's --wrap leads the shim's system calls here,
 * where each has the result that was planned for it. libFuzzer and others open and read files
 * as always.
 */
#define FUZZ_FILE "/fuzz/file"

enum fuzz_call {
	FUZZ_OPEN,
	FUZZ_STAT,
	FUZZ_READ,
	FUZZ_CLOSE,
	FUZZ_MMAP,
	FUZZ_CLOCK,
	FUZZ_CALLS,
};

struct fuzz_version {
	const char *bytes;
	size_t len;
};

struct fuzz_plan {
	/* The file is the first version, from this call on (from 1) the second. */
	struct fuzz_version version[2];
	unsigned int change_at; /* 0: never */
	bool in_place;		/* else a new file takes its name */
	bool recent;		/* so that stamps cannot tell the versions */

	size_t read_max; /* bytes a read(2), 0: no limit */

	enum fuzz_call fail_call;
	unsigned int fail_nth; /* from 1, 0: none */
	int fault;
};

/* fuzz_file_begin: plan a new file. The shim's system calls come here until fuzz_file_end(). */
void fuzz_file_begin(const struct fuzz_plan *plan);

/* fuzz_file_end: forget the file. It is a failure if a descriptor of it is still open. */
void fuzz_file_end(void);

bool fuzz_file_has_changed(void);
bool fuzz_file_has_failed(void);
