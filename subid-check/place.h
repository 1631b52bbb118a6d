/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "range.h"

struct owner;
struct segments;
struct survey;

/* The kinds of owners that an ID may have. */
enum whose {
	WHOSE_ACCOUNT,	 /* an account's or reserved: no subordinate ID */
	WHOSE_DELEGATED, /* an owner's, by a line of the database */
	WHOSE_SYSTEMD,	 /* nobody's, and systemd allocates such IDs */
	WHOSE_NOBODY,
};

/* The ID space of a host, prepared for many calls of whose_id(). */
struct whose_map {
	const struct survey *survey;
	struct segments *segments; /* two, by enum subid_kind */
};

/* An ID, as a map has it. */
struct whose_answer {
	enum whose whose;
	const struct owner *owner; /* of a delegated one, by the first line; else NULL */
	size_t segment;		   /* its index in the map's segments */
};

/*
 * whose_map: the ID space of a survey that is read.
 * Ownership: end with whose_map_free(); the survey must outlive it.
 */
__attribute__((nonnull)) void whose_map(const struct survey *survey, struct whose_map *ret);
__attribute__((nonnull)) void whose_map_free(struct whose_map *map);

/* whose_id: O(log n) in the lines of the database. */
__attribute__((nonnull, warn_unused_result)) struct whose_answer
whose_id(const struct whose_map *map, enum subid_kind kind, uint32_t id);

/*
 * Somebody who acts: an account, or an owner without one. Both may be unset, which
 * is nobody.
 */
struct principal {
	bool has_uid;
	uint32_t uid;
	const struct owner *owner; /* only if there is no UID */
};

/*
 * principal_of_uid: the account that has a UID or was delegated it, directly or through other
 * owners: for a container inside alice's container, alice.
 *
 * principal_of_owner: the same for an owner.
 */
__attribute__((nonnull, warn_unused_result)) struct principal
principal_of_uid(const struct whose_map *map, uint32_t uid);
__attribute__((nonnull, warn_unused_result)) struct principal
principal_of_owner(const struct whose_map *map, const struct owner *owner);
__attribute__((nonnull, warn_unused_result)) bool principal_equal(const struct principal *a,
								  const struct principal *b);

/* Where files lie: the nearest directory above them that is an account's. */
struct place {
	bool known;
	bool open;    /* group or others may make files there */
	uint32_t uid; /* of the account */
};

/*
 * place_trusts: may files of an ID lie there?
 *
 * Files of an account's ID may lie anywhere. Files of a delegated ID may lie where the place
 * belongs to the ID's owner, or to root and nobody else can make files there. Files of an ID
 * that systemd allocates may lie in the latter alone.
 * @answer: of that ID.
 */
__attribute__((nonnull, warn_unused_result)) bool place_trusts(const struct place *place,
							       const struct whose_map *map,
							       const struct whose_answer *answer);
