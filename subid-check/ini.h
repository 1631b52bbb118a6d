/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "root.h"

/* The syntax that the files of SSSD and of Samba share: "[SECTION]" and "KEY = VALUE" lines. */

/* The characters that are ignored around a section, a key and a value. */
#define INI_BLANKS " \t\r\v\f"

/* A walk over the keys of a text. */
struct ini {
	struct root_lines lines;
	char *section; /* of the key, or NULL if no section has begun */
	char *key, *value;
	uint32_t line; /* the number of the line on which the value ends */
};

/* ini_begin: walk the keys of a text of @len bytes, which is not copied. */
__attribute__((nonnull)) void ini_begin(struct ini *ini, const char *text, size_t len);

/*
 * ini_next: read the next key and its value into @ini. They are valid until the next call.
 * Returns false at the end of the text. Ownership: @ini owns memory until then, so a walk must go
 * on to the end.
 */
__attribute__((nonnull, warn_unused_result)) bool ini_next(struct ini *ini);

/* ini_trim: a copy of @len bytes without the blanks around them. Ownership: free(3). */
__attribute__((nonnull, warn_unused_result)) char *ini_trim(const char *text, size_t len);
