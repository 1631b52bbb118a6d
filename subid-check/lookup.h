/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "survey.h"

/* One ID, as the module answers for it. */
struct lookup {
	enum subid_kind kind;
	uint32_t id;
	bool reserved;		   /* never anybody's to the module, whatever the files say */
	const struct entry *entry; /* the line that counts, or NULL: not delegated */
	const struct owner *owner;
	uint64_t position;
	const struct entry *counterpart_entry; /* of a UID: where its GID stands, or NULL */
	uint32_t counterpart;		       /* that GID, if there is an entry */
	char *name;			       /* of the record, or NULL */
	char *record;			       /* as getent(1) prints it, or NULL */
};

/*
 * lookup_id: whose is an ID? Of several lines the first counts.
 * Ownership: end with lookup_free().
 */
void lookup_id(const struct survey *survey, enum subid_kind kind, uint32_t id, struct lookup *ret);

/*
 * lookup_name: the ID that a record's name stands for, if its owner has it.
 * Returns false, and sets nothing, for a name that is not ours.
 */
bool lookup_name(const struct survey *survey, const char *name, struct lookup *ret);
void lookup_free(struct lookup *lookup);

/* lookup_is_delegated: is there a record? */
bool lookup_is_delegated(const struct lookup *lookup);
