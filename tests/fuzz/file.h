/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A file that exists only in memory, below the shim: its system calls come here
 * (the linker's --wrap) and meet what is planned for them. Anything else that
 * opens or reads files, as libFuzzer does, is not disturbed.
 */
#define FUZZ_FILE "/fuzz/file"
#define FUZZ_NO_FILE "/fuzz/none"

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

/* fuzz_file_begin: a new file, and the shim's calls come here until the end. */
void fuzz_file_begin(const struct fuzz_plan *plan);

/* fuzz_file_end: fails if a descriptor was not closed. */
void fuzz_file_end(void);

bool fuzz_file_has_changed(void);
bool fuzz_file_has_failed(void);
