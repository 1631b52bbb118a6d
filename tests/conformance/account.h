/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The accounts and groups that glibc knows. They are read once, for thousands of comparisons. */
struct account {
	char name[64];
	uint32_t uid;
};

/* accounts_read: returns false if there is no room for all. */
bool accounts_read(void);

/* Each returns NULL if there is none, and the first of several. */
const struct account *account_by_name(const char *name);
const struct account *account_by_uid(uint32_t uid);
const struct account *group_by_gid(uint32_t gid); /* uid: its GID */

/* account_uid_of_text: is it a UID as subuid(5) means it, canonical decimal? */
bool account_uid_of_text(const char *text, uint32_t *ret_uid);
