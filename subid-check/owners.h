/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Instead of the index of an entry: there is none, or no further one. */
#define OWNER_NO_ENTRY SIZE_MAX
/* Instead of the index of an owner: there is none. */
#define OWNER_NONE SIZE_MAX

enum owner_account {
	OWNER_HAS_NO_ACCOUNT,
	OWNER_HAS_ACCOUNT,
	OWNER_IS_SUBORDINATE, /* it is named like a record of the module */
};

/*
 * An owner of ranges in either file. It is a text, compared letter for letter: `1000` and `alice`
 * are two owners, even if UID 1000 is alice.
 */
struct owner {
	char *name; /* as the lines write it */
	enum owner_account account;
	uint32_t uid;	    /* of the account, or the subordinate UID */
	const char *login;  /* the account's name, owned by struct accounts; or NULL */
	bool numeric;	    /* the name is a UID */
	bool nested;	    /* may have ranges inside other owners' */
	size_t person;	    /* index of the owner that stands for the same account; or its own */
	bool two_spellings; /* another owner stands for the same account */
	size_t first[2];   /* by enum subid_kind: index of the owner's first entry, in file order */
	size_t last[2];	   /* likewise of its last entry */
	uint64_t total[2]; /* how many IDs; an ID of two entries counts twice */
	uint64_t used[2];  /* how many of these IDs are in use by processes */
};

/* All owners, in the order of their first lines, subuid before subgid. */
struct owners {
	struct owner *items;
	size_t n, room;
	void *by_name; /* a tree of tsearch(3) */
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
