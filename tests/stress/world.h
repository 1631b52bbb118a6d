/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_NAME_BYTES 64
#define RECORD_GECOS_BYTES 96

/*
 * The world of the stress tests: two versions of /etc/subuid and /etc/subgid
 * that share no owner, a list of questions, and what each version answers,
 * worked out by a model that is too simple to be wrong in the module's ways.
 */
enum version {
	VERSION_A,
	VERSION_B,
	VERSION_NONE, /* no file, or an empty one */
	VERSIONS,
};

enum file {
	FILE_SUBUID,
	FILE_SUBGID,
	FILES,
};

struct question {
	bool is_group;
	const char *name; /* NULL: by ID */
	uint32_t id;
	bool is_foreign;     /* other services may know it */
	bool needs_accounts; /* the ID's owner is written as a UID */
};

/* Absent, found, or a fault (a positive errno). */
#define ANSWER_ABSENT 0
#define ANSWER_FOUND (-1)

struct answer {
	int kind;
	char name[RECORD_NAME_BYTES];
	uint32_t id;
	uint32_t gid;
	char gecos[RECORD_GECOS_BYTES];
};

/* world_make: @filler lines come before the ranges that are asked for. */
void world_make(unsigned int filler);

/* world_text: the contents of a version; all versions of a file are equally long. */
const char *world_text(enum file file, enum version version, size_t *ret_len);

size_t world_questions(void);
const struct question *world_question(size_t i);

/*
 * world_is_right: may this be the answer, given the versions that each file
 * may have had (bits by enum version) while the question was asked?
 *
 * @has_accounts: if not, an owner that is a number may be shown as it is.
 */
bool world_is_right(size_t i, const struct answer *answer, const unsigned int versions[FILES],
		    bool has_accounts);
