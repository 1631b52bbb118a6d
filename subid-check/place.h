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
	WHOSE_ACCOUNT,	 /* it is the ID of an account, or reserved */
	WHOSE_DELEGATED, /* a line of the database delegates it */
	WHOSE_SYSTEMD,	 /* neither, but systemd allocates such IDs */
	WHOSE_NOBODY,	 /* none of these */
};

/* The ID space of a host, prepared for many calls of whose_id(). */
struct whose_map {
	const struct survey *survey;
	struct segments *segments; /* two, by enum subid_kind */
};

/* The answer of whose_id(). */
struct whose_answer {
	enum whose whose;
	const struct owner *owner; /* WHOSE_DELEGATED: the owner on the first line; else NULL */
	size_t segment;		   /* its index in the map's segments */
};

/*
 * whose_map: prepare the map of a survey whose databases have been read and joined.
 * Ownership: end with whose_map_free(). The survey must outlive it.
 */
__attribute__((nonnull)) void whose_map(const struct survey *survey, struct whose_map *ret);
__attribute__((nonnull)) void whose_map_free(struct whose_map *map);

/* whose_id: whose is this ID? Takes O(log n) for n lines of the database. */
__attribute__((nonnull, warn_unused_result)) struct whose_answer
whose_id(const struct whose_map *map, enum subid_kind kind, uint32_t id);

/*
 * The user behind an ID or an owner: an account, or an owner without an account. If neither is
 * set, there is no such user.
 */
struct principal {
	bool has_uid;
	uint32_t uid;
	const struct owner *owner; /* if has_uid is false; may be NULL */
};

/*
 * principal_of_uid: find the user behind a UID. For a delegated UID this is its owner. If that
 * owner is a subordinate ID itself, the search goes on to the owner of that ID: a container inside
 * alice's container leads to alice.
 *
 * principal_of_owner: find the user behind an owner.
 */
__attribute__((nonnull, warn_unused_result)) struct principal
principal_of_uid(const struct whose_map *map, uint32_t uid);
__attribute__((nonnull, warn_unused_result)) struct principal
principal_of_owner(const struct whose_map *map, const struct owner *owner);
__attribute__((nonnull, warn_unused_result)) bool principal_equal(const struct principal *a,
								  const struct principal *b);

/* Where files lie: the nearest directory above them that belongs to no subordinate ID. */
struct place {
	bool known;
	bool open;    /* group or others may make files there */
	uint32_t uid; /* of that directory */
};

/*
 * place_trusts: may files of an ID lie there?
 *
 * Files of an account's ID may lie anywhere. Files of a delegated ID may lie in a place of the
 * ID's owner, and in a place of root's where nobody else can make files. Files of an ID that
 * systemd allocates may lie only in such a place of root's.
 * @answer: what whose_id() says of the ID.
 */
__attribute__((nonnull, warn_unused_result)) bool place_trusts(const struct place *place,
							       const struct whose_map *map,
							       const struct whose_answer *answer);
