/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "content.h"
#include "findings.h"
#include "survey.h"

/* A host of tests/subid-check/hosts, read in this process, and what is expected of it. */
struct host {
	struct content report, map, json, svg;
	struct survey survey;
	struct findings findings;
};

/*
 * host_read: write the host's files into the scratch directory, and read them. Fixes name
 * /tmp/subid-check.DIRECTOR/hosts/NAME, as the archive has it, and the files are root's,
 * whoever runs the test.
 * Ownership: end with host_free().
 */
void host_read(const char *name, struct host *ret);
void host_free(struct host *host);

/* printed_setup: scratch_setup() with a locale that has UTF-8. */
int printed_setup(void **state);

/* printed_begin: standard output goes into a file of the scratch directory from now on. */
void printed_begin(void);

/*
 * printed_end: it goes where it went before.
 * Returns what was printed, with a NUL behind it. Ownership: free(3).
 */
char *printed_end(void);

/* check_same: fail with the first line that differs. @got: freed. */
void check_same(const char *what, char *got, const char *want);

/* check_same_json: compare what two documents mean, because versions of json-c differ in blanks. */
void check_same_json(const char *what, char *got, const char *want);
