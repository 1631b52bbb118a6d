/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive.h"
#include "content.h"

/*
 * Where we mean to answer otherwise than libsubid; which of its versions differ,
 * and why, stands in the file "differences". Here stands what each of them is:
 * an edit of the file, after which libsubid must say of it what we say of the
 * file as it is. So a difference excuses what it describes and nothing besides.
 */
#define DIFFERENCES_MAX 32

struct differences {
	bool listed[DIFFERENCES_MAX]; /* for the version that is installed */
};

/* differences_read: from the data file. A mistake in it ends the program. */
void differences_read(const char *path, const char *version, struct differences *ret);

size_t differences_count(void);
const char *difference_name(size_t number);

/*
 * Owners that libsubid takes for nobody, or for somebody else than we do, bear in the
 * edited file the name of an account that no file mentions: RENAMED_TO0, 1, 2...
 */
#define RENAMED_TO "Z"
#define RENAMES_MAX 128

struct rename {
	char from[1024];
	char to[64];
};

struct edit {
	struct content content;
	enum stored stored;
	bool applied[DIFFERENCES_MAX];
	struct rename renames[RENAMES_MAX];
	size_t n_renames;
};

/* The content to edit, and the IDs and owners that will be asked for. */
struct original {
	const struct content *content;
	enum stored stored;
	bool gid;
	const uint32_t *ids;
	size_t n_ids;
	const char (*owners)[1024];
	size_t n_owners;
};

void edit_make(const struct differences *differences, const struct original *original,
	       struct edit *ret);

/* edit_owner: what libsubid is asked instead of @owner. */
const char *edit_owner(struct edit *edit, const struct differences *differences, const char *owner);

/* edit_renamed: what @owner is called in the edited file, or NULL if as ever. */
const char *edit_renamed(const struct edit *edit, const char *owner);
