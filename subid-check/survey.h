/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>

#include "accounts.h"
#include "database.h"
#include "module.h"
#include "nsswitch.h"
#include "owners.h"
#include "root.h"
#include "source.h"
#include "usage.h"

/* What to look at. */
struct survey_request {
	const char *directory; /* of the host, or NULL for this one */
	bool services;	       /* accounts of all services, not of the files alone */
	char **nested;	       /* owners that may be nested, */
	size_t n_nested;
};

/* Everything that was read of a host; what follows from it is computed. */
struct survey {
	bool live; /* the host that runs us: the last four are known */
	bool services;
	struct database databases[2]; /* by enum subid_kind */
	struct accounts accounts[2];
	struct owners owners;
	struct nsswitch nsswitch;
	struct usage usage;
	struct module module;
	char source[SUBID_SOURCE_MAX_BYTES + 1]; /* that `subid:` names; "": the files */
	bool nscd;				 /* runs */
};

/*
 * survey_read: look at a host.
 *
 * What cannot be read ends the program with status 2 and a message.
 * Ownership: end with survey_free().
 */
void survey_read(const struct survey_request *request, struct survey *ret);
void survey_free(struct survey *survey);
