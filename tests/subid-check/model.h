/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "survey.h"

/* A host as texts. What is NULL is as on model_clean's. */
struct model {
	const char *subuid, *subgid; /* "" is an empty file */
	const char *users, *groups;  /* "alice 1000 bob 1001" */
	const char *nsswitch;
	const char *nested; /* an owner that may be, or NULL */
	mode_t mode;	    /* of subuid; 0: 0644 */
	uid_t owner;
	bool absent; /* there is no subuid */
	bool services;
	bool nscd;
	bool away; /* not the host that runs us */
	const char *module_error;
	struct module module;
	const char *source;
};

/* The host that has nothing to find: alice and bob, with IDs beside each other. */
extern const struct model model_clean;

/*
 * model_survey: read it, in the scratch directory.
 * Ownership: end with survey_free().
 */
void model_survey(const struct model *model, struct survey *ret);
