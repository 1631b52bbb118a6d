/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The end of a list of entries. */
#define OWNER_NO_ENTRY SIZE_MAX
#define OWNER_NONE SIZE_MAX

enum owner_account {
	OWNER_HAS_NO_ACCOUNT,
	OWNER_HAS_ACCOUNT,
	OWNER_IS_SUBORDINATE, /* it is named like a record of the module */
};

/*
 * To whom ranges are delegated, in both files: a text, letter for letter. `1000` and `alice`
 * are two owners, also where UID 1000 is alice.
 */
struct owner {
	char *name; /* as the lines write it */
	enum owner_account account;
	uint32_t uid;	    /* of the account, if there is one */
	const char *login;  /* the account's name, of accounts; or NULL */
	bool numeric;	    /* the name is a UID */
	bool nested;	    /* may have ranges inside other owners' */
	size_t person;	    /* index of the owner that stands for the same account; or its own */
	bool two_spellings; /* another owner with lines is the same account */
	size_t first[2];    /* entry of each database, by enum subid_kind, in file order */
	size_t last[2];
	uint64_t total[2]; /* IDs, those of repeated ranges too */
	uint64_t used[2];  /* of those, the IDs that processes run as */
};

/* All owners, in the order of their first lines, subuid before subgid. */
struct owners {
	struct owner *items;
	size_t n, room;
	void *by_name; /* of tsearch(3) */
};

/*
 * owners_find: find the owner with this name, or add it.
 *
 * @name, @len (bytes): a text that subid_owner_text_valid() accepts, so without a NUL.
 * Returns its index. Ownership: end with owners_free().
 */
__attribute__((nonnull)) size_t owners_find(struct owners *owners, const char *name, size_t len);

/* owners_by_name: the index of the owner of that name, or OWNER_NONE. */
__attribute__((nonnull)) size_t owners_by_name(const struct owners *owners, const char *name);
void owners_free(struct owners *owners);
