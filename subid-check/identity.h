/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "survey.h"

/* One ID, with all that the module's record says of it. */
struct identity {
	enum subid_kind kind;
	uint32_t id;
	bool reserved;		   /* the module never makes a record of it */
	const struct entry *entry; /* the first line that delegates it, or NULL */
	const struct owner *owner;
	uint64_t position;
	const struct entry *counterpart_entry; /* of a UID: the line with its GID, or NULL */
	uint32_t counterpart;		       /* that GID, if there is an entry */
	char *name;			       /* of the record, or NULL */
	char *record;			       /* as getent(1) prints it, or NULL */
};

/*
 * identity_of_id: describe an ID as the module does, by the first line that delegates it.
 * Ownership: end with identity_free().
 */
__attribute__((nonnull)) void identity_of_id(const struct survey *survey, enum subid_kind kind,
					     uint32_t id, struct identity *ret);

/*
 * identity_of_name: describe the ID that a record's name contains, if the owner has this ID.
 * @ret: set on success only. Returns false for a name that no record of the module can have.
 */
__attribute__((nonnull)) bool identity_of_name(const struct survey *survey, const char *name,
					       struct identity *ret);
void identity_free(struct identity *identity);

/* identity_is_delegated: is there a record? A reserved ID has none, even if a line delegates it. */
bool identity_is_delegated(const struct identity *identity);
