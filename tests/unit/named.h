/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "check.h"
#include "owner.h"

/* named_owner: the owner with this name, which must be a valid one. */
static inline struct subid_owner named_owner(const char *name)
{
	struct subid_owner owner;

	/* A byte that subid_owner_set() leaves out is not 0 by chance. */
	memset(&owner, 0x5a, sizeof(owner));
	assert_int_equal(subid_owner_set(&owner, name, strlen(name)), 0);
	return owner;
}
