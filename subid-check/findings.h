/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database.h"
#include "survey.h"

/* In ascending order. */
enum finding_severity {
	FINDING_NOTE, /* it may be intended; a host that has only notes is clean */
	FINDING_WARNING,
	FINDING_ERROR,
};

/*
 * The limit on the findings of one code, such as "no-gids". Further ones are only counted, so that
 * hostile files cannot fill the memory.
 */
#define FINDINGS_OF_A_CODE_MAX 200000
#define FINDINGS_CODES_MAX 96

/* A fault: where it is, why it is one, and how to mend it. */
struct finding {
	enum finding_severity severity;
	const char *code;   /* such as "no-gids"; does not change from version to version */
	const char *file;   /* an absolute path on the host, or NULL */
	uint32_t line;	    /* 0: the whole file */
	char *reason;	    /* a sentence; any bytes except NUL, because it may quote an owner */
	char *fix;	    /* a sentence likewise; or a command, whose first letter is small */
	bool has_ids;	    /* it is about some IDs */
	struct stretch ids; /* which, if has_ids */
	size_t order;	    /* how many were found before it */
};

struct findings {
	struct finding *items; /* by severity, errors first; then by `order` */
	size_t n, room;
	size_t count[FINDING_ERROR + 1]; /* by severity */
	size_t dropped;			 /* findings over FINDINGS_OF_A_CODE_MAX, not in `items` */
	/* The last one of these. findings_add() returns it, and the next one overwrites it. */
	struct finding excess;
	struct {
		const char *code;
		size_t n;
	} codes[FINDINGS_CODES_MAX];
};

/*
 * findings_of: find what is wrong with a host.
 *
 * The result depends on the survey alone: no file is read. This takes O(n log n) for n lines,
 * and makes at most a few findings for each line.
 * Ownership: end with findings_free().
 */
__attribute__((nonnull)) void findings_of(const struct survey *survey, struct findings *ret);

/*
 * findings_add: add a finding. Call findings_sort() after the last one.
 *
 * @code, @file: not copied, so they must outlive @findings. @file: NULL for none. @line: 0 for
 * none. @reason, @fix: from malloc(3), handed over.
 * Returns the finding, which the caller may change until the next call.
 */
__attribute__((nonnull(1, 3, 6, 7))) struct finding *
findings_add(struct findings *findings, enum finding_severity severity, const char *code,
	     const char *file, uint32_t line, char *reason, char *fix);
__attribute__((nonnull)) void findings_sort(struct findings *findings);
__attribute__((nonnull)) void findings_free(struct findings *findings);

/* finding_severity_name: "note", "warning" or "error". */
const char *finding_severity_name(enum finding_severity severity);
