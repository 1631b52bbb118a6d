/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decimal.h"
#include "line.h"

/*
 * To whom ranges are delegated. subuid(5) lets a line write its owner as a
 * login name or as a UID, and both may stand in one file: `1000` and `alice`
 * are then the same owner.
 */
struct subid_owner {
	char name[SUBID_OWNER_MAX_BYTES + 1]; /* the account's, else as written */
	size_t name_len;		      /* 0: nobody yet */
	char uid[SUBID_DECIMAL_MAX_BYTES];    /* the account's, where that is another text */
	size_t uid_len;			      /* 0: none known */
	bool resolved;			      /* the host's accounts were asked */
};

/* The answer depends on which UID and which name are one account. */
#define SUBID_UNRESOLVED 1

/*
 * subid_owner_set: an owner as a line or a question writes it, not resolved.
 *
 * @text, @len: copied.
 * Returns 0, or -EINVAL for what subid_owner_text_valid() refuses.
 * Safety of all functions here: MT-Safe on their own owner, AS-Safe, AC-Safe,
 * errno untouched, unless stated.
 */
int subid_owner_set(struct subid_owner *owner, const char *text, size_t len);

/* subid_owner_set_line: likewise, as a line writes it, which is valid. */
void subid_owner_set_line(struct subid_owner *owner, const struct subid_line *line);

/*
 * subid_owner_uid: the UID that an owner's text is, if it is one.
 *
 * Canonical decimal, and not 2^32-1, which is no UID ((uid_t)-1).
 * Returns 0 and sets @ret_uid, or -EINVAL for a name.
 */
int subid_owner_uid(const char *text, size_t len, uint32_t *ret_uid);

/* subid_owner_lacks_name: a UID of which the accounts were not asked yet. */
bool subid_owner_lacks_name(const struct subid_owner *owner);

/* Is @line the owner's, whichever way the line writes it? */
bool subid_owner_is(const struct subid_owner *owner, const struct subid_line *line);

/*
 * subid_owner_set_account: the account that a numeric owner turned out to be.
 *
 * Returns 0, or -EINVAL and leaves the owner as it was if @name is one that
 * subid_owner_text_valid() refuses or that reads as a UID: by that name
 * nobody would find the owner again.
 */
int subid_owner_set_account(struct subid_owner *owner, const char *name);

/* subid_owner_set_uid: the UID of the account that a named owner has. */
void subid_owner_set_uid(struct subid_owner *owner, uint32_t uid);
