/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "index.h"
#include "owner.h"

/*
 * For tests of an index: the draft (draft.h) becomes the file "subuid", which lies among those of
 * scratch.h, an index is built of it, and questions are put to the index and to the file.
 */

/* indexed_begin: begin a new draft, without the plans of inject.h. */
void indexed_begin(void);

/* indexed_setup: the same, for cmocka_unit_test_setup(). It frees what a failed test has left. */
int indexed_setup(void **state);

/* indexed_write: write the draft. Returns the stamp of the file. */
struct stat indexed_write(void);

/* indexed_build: write the draft, and build an index of it. Only one index exists at a time. */
struct subid_index *indexed_build(void);
void indexed_end(struct subid_index *index);

/* indexed_check_fails: building an index of the file with this stamp has the result @want. */
void indexed_check_fails(const char *reason, const struct stat *stamp, int want);

/* indexed_check_build: write the draft; building an index of it has the result @want. */
void indexed_check_build(const char *reason, int want);

uint32_t indexed_count_owners(const struct subid_index *index);

/* Owners that begin alike, owners that are UIDs, and some that are nearly UIDs. */
#define INDEXED_NAMES 14
extern const char *const indexed_names[INDEXED_NAMES];

enum sought {
	BY_ID,
	BY_OWNER,
	BY_POSITION,
};

struct question {
	enum sought sought;
	struct subid_owner owner; /* unless BY_ID */
	uint32_t id;
	uint64_t position;
};

struct answer {
	int r;
	struct subid_owner owner; /* if BY_ID */
	uint32_t id;
	uint64_t position;
};

struct question indexed_question(enum sought sought, const char *name, uint32_t id,
				 uint64_t position);

/* indexed_answer: ask the index. */
void indexed_answer(const struct subid_index *index, const struct question *q, struct answer *ret);

/* indexed_ask: ask the index. Returns the result; BY_ID, the owner must have this name. */
int indexed_ask(const struct subid_index *index, enum sought sought, const char *name, uint32_t id,
		uint64_t position, struct answer *ret);

/*
 * indexed_check_question: the index answers as a scan of the file does. The message of a failure
 * names the @seed, which says which of a test's files it was.
 */
void indexed_check_question(uint64_t seed, const struct subid_index *index,
			    const struct question *q);

/* indexed_check_three: the same for all three questions about an ID, a position and an owner. */
void indexed_check_three(uint64_t seed, const struct subid_index *index, const char *name,
			 uint32_t id, uint64_t position);

/* indexed_check_position: by all three questions, @id is at @position of the owner @name. */
void indexed_check_position(const struct subid_index *index, const char *name, uint32_t id,
			    uint64_t position);
