/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "survey.h"

/* The command line. */
struct options {
	struct survey_request request;
	bool all, json, map, noheadings, raw, wide;
	const char *columns; /* of --output, or NULL */
	const char *colour;  /* auto, always or never */
	const char *svg;     /* path of the picture to write, or NULL */
	const char *html;    /* path of the page to write, or NULL */
	const char *name;    /* of a record, or NULL */
	bool has_id;
	uint32_t id;
	pid_t pid; /* or 0 */
};

/*
 * options_parse: read the command line.
 *
 * --help, --version and --list-columns print their text and end the program. A wrong command
 * line ends it with a message and status 2.
 * @ret: points into @argv. Ownership: end with options_free().
 */
__attribute__((nonnull)) void options_parse(int argc, char **argv, struct options *ret);
__attribute__((nonnull)) void options_free(struct options *options);

/* options_are_about_one: is the command about one ID, instead of the whole host? */
__attribute__((nonnull, pure)) bool options_are_about_one(const struct options *options);
