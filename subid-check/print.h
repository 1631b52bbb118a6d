/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "findings.h"
#include "identity.h"
#include "survey.h"
#include "style.h"

/*
 * The kinds of output, besides the table. X_print() is in X.c, holdings_print() in
 * holdings_table.c.
 */

/*
 * report_print: the findings, one paragraph each, and how many there are. Of one code and severity
 * it prints ten, unless the style wants all, and says how many more there are.
 */
__attribute__((nonnull)) void report_print(const struct findings *findings,
					   const struct style *style);

/*
 * map_print: the ID space from 0 to 2^32-1. It has a row for each stretch of IDs, with a bar whose
 * length is the logarithm of the stretch's size.
 */
__attribute__((nonnull)) void map_print(const struct survey *survey, const struct style *style);

/*
 * answer_print: an ID, its record, where it comes from, and the processes that run as it.
 *
 * @pid: a process; say what the ID is in its user namespace. 0: list all processes that run as
 * the ID.
 */
__attribute__((nonnull)) void answer_print(const struct survey *survey,
					   const struct identity *identity, pid_t pid,
					   const struct style *style);

/* The number of the format. Members that are added later do not change it. */
#define JSON_VERSION 1

/* json_print: the whole host, as subid-check(8) documents it. */
__attribute__((nonnull)) void json_print(const struct survey *survey,
					 const struct findings *findings);

/* json_print_identities: @n IDs. @pid: see answer_print(). */
__attribute__((nonnull)) void json_print_identities(const struct survey *survey,
						    const struct identity *identities, size_t n,
						    pid_t pid);

/* holdings_print: a table of the files of each owner; nothing without --files. */
__attribute__((nonnull)) void holdings_print(const struct survey *survey,
					     const struct style *style);

/*
 * html_print: the host as one page: findings, owners, files and the map.
 *
 * It needs no other file and no script, and follows the reader's choice of dark or light. The
 * same host gives the same page.
 */
__attribute__((nonnull)) void html_print(const struct survey *survey,
					 const struct findings *findings, FILE *stream);

/*
 * svg_print: the ID space from 0 to 2^32-1 as a picture, UIDs beside GIDs, with heights by the
 * logarithm of the sizes. The same host gives the same picture.
 */
__attribute__((nonnull)) void svg_print(const struct survey *survey, FILE *stream);
