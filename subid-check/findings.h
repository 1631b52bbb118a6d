/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database.h"
#include "survey.h"

/* By weight. */
enum finding_severity {
	FINDING_NOTE, /* as it is meant to be, maybe; a host with these alone is clean */
	FINDING_WARNING,
	FINDING_ERROR,
};

/* What is wrong, where, and what to do about it. */
struct finding {
	enum finding_severity severity;
	const char *code; /* a word or two with dashes, stable */
	const char *file; /* an absolute path on the host, or NULL */
	uint32_t line;	  /* 0: the file as a whole */
	char *reason;	  /* a sentence; any bytes but a NUL, as owners have them */
	char *fix;	  /* likewise, or a command */
	bool has_ids;	  /* which IDs it is about: */
	struct stretch ids;
	size_t order;
};

struct findings {
	struct finding *items; /* heaviest first, and of one weight as found */
	size_t n, room;
	size_t count[FINDING_ERROR + 1]; /* by severity */
};

/*
 * findings_of: what is wrong with a host.
 *
 * A function of the survey alone: nothing is read. O(n log n) in the lines, and
 * at most a few findings for each.
 * Ownership: end with findings_free().
 */
void findings_of(const struct survey *survey, struct findings *ret);
void findings_free(struct findings *findings);

/* finding_severity_name: "note", "warning" or "error". */
const char *finding_severity_name(enum finding_severity severity);
