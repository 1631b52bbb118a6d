/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "survey.h"

/* A host as texts. A file that is NULL here is the one of model_clean. */
struct model {
	const char *subuid, *subgid; /* "" is an empty file */
	const char *users, *groups;  /* "alice 1000 bob 1001" */
	const char *nsswitch;
	const char *login_defs, *sssd, *samba; /* NULL: there is none */
	const char *nested;		       /* an owner that may be, or NULL */
	const char *prefix;		       /* the directory of another host, or NULL */
	mode_t mode;			       /* of subuid; 0: 0644 */
	uid_t owner;
	uint32_t max_pods;
	bool absent; /* there is no subuid */
	bool linked; /* subuid or subgid is reached through a link */
	bool all_services;
	bool away; /* not the host that runs us */
	const char *module_error;
	const char *pam;    /* a line of PAM's, or NULL */
	const char *unread; /* a file that may not be read, or NULL */
	struct services services;
	struct probe probe;
};

/* The host that has nothing to find: alice and bob, with IDs beside each other. */
extern const struct model model_clean;

/*
 * model_survey: read it, in the scratch directory.
 * Ownership: end with survey_free().
 */
void model_survey(const struct model *model, struct survey *ret);
