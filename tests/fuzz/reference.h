/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A second implementation of the meaning of a file. It is simple instead of fast or economical,
 * and uses no code of libsubid-shim.
 */
#define REFERENCE_OWNER_BYTES 1024

struct reference_line {
	char owner[REFERENCE_OWNER_BYTES];
	uint64_t start;
	uint64_t count;
};

/* reference_line: whether the line delegates a range */
bool reference_line(const char *text, size_t len, struct reference_line *ret);

/* reference_owner: whether the text may be an owner */
bool reference_owner(const char *text, size_t len);

/* reference_number: whether the text is a canonical decimal number below @limit */
bool reference_number(const char *text, uint64_t limit, uint32_t *ret);

/* The lines of a file that delegate a range. */
struct reference_file {
	struct reference_line *lines;
	size_t n_lines;
};

/* Ownership: free(3) of lines. */
void reference_file(const char *text, size_t len, struct reference_file *ret);

/* The three questions; each returns false for "no". */
bool reference_by_id(const struct reference_file *file, uint32_t id, const char **ret_owner,
		     uint64_t *ret_position);
bool reference_by_owner(const struct reference_file *file, const char *owner, uint32_t id,
			uint64_t *ret_position);
bool reference_by_position(const struct reference_file *file, const char *owner, uint64_t position,
			   uint32_t *ret_id);
