/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "range.h"

/* The end of a list of entries. */
#define OWNERS_NO_ENTRY SIZE_MAX

enum owner_account {
	OWNER_HAS_NO_ACCOUNT,
	OWNER_HAS_ACCOUNT,
	OWNER_IS_SUBORDINATE, /* called like a record of the module's: nested */
};

/* To whom ranges are delegated, in both files and however lines write it. */
struct owner {
	char *name;
	enum owner_account account;
	uint32_t uid;	 /* unless there is no account */
	bool nested;	 /* may have ranges inside other owners' */
	size_t first[2]; /* entry of each database, by enum subid_kind, in file order */
	size_t last[2];
	uint64_t total[2]; /* IDs, those of repeated ranges too */
	uint64_t used[2];  /* of those, that processes run as */
};

/* All of them, in the order of their first lines, subuid before subgid. */
struct owners {
	struct owner *items;
	size_t n, room;
	void *by_name; /* of tsearch(3) */
};

/*
 * owners_find: the owner called so, added if new.
 *
 * @name, @len: one that subid_owner_text_valid() accepts, so without a NUL.
 * Returns its index. Ownership: end with owners_free().
 */
size_t owners_find(struct owners *owners, const char *name, size_t len);
void owners_free(struct owners *owners);
