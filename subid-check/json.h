/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <sys/types.h>

#include "findings.h"
#include "identity.h"
#include "survey.h"

/* The number of the format; what is added to it later does not change it. */
#define JSON_VERSION 1

/* json_print: the whole host, as subid-check(8) documents it. */
void json_print(const struct survey *survey, const struct findings *findings);

/* json_print_identities: some IDs. @pid: as answer_print(). */
void json_print_identities(const struct survey *survey, const struct identity *identities, size_t n,
			   pid_t pid);
