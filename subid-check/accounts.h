/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "range.h"
#include "root.h"

/* A user or a group of the host. Records of subordinate IDs are not among them. */
struct account {
	uint32_t id;
	size_t order; /* how many were found before it; the first with an ID or name counts */
	char *name;
};

struct accounts {
	struct account *items;	  /* by ID, then by `order` */
	struct account **by_name; /* by name, then by `order` */
	size_t n, room;
};

/*
 * accounts_read_files: read the accounts of /etc/passwd (SUBID_UID) or /etc/group (SUBID_GID).
 *
 * If the file is missing, there are none.
 * Returns 0, -EFBIG for more than ROOT_LINES_MAX lines, or what root_read() returns.
 * Ownership: end with accounts_free().
 */
int accounts_read_files(const struct root *root, enum subid_kind kind, struct accounts *ret);

/*
 * accounts_parse: add the accounts in a file's text. Malformed lines are skipped.
 * Returns 0 or -EFBIG. Call accounts_sort() afterwards.
 */
int accounts_parse(const char *text, size_t len, enum subid_kind kind, struct accounts *accounts);

/*
 * accounts_read_services: read the accounts of all services of nsswitch.conf that enumerate.
 * libnss_subid does not, so its records are not among them.
 * Returns 0, or a negative errno if resources were short.
 */
int accounts_read_services(enum subid_kind kind, struct accounts *ret);

/*
 * accounts_add_user: ask the services for one user, and add it if there is one. This finds users
 * of services that do not enumerate. Call accounts_sort() after the last one.
 * @name: the user's name; NULL: look up @uid.
 */
void accounts_add_user(struct accounts *accounts, const char *name, uint32_t uid);

/* accounts_add: add one account. accounts_sort: sort them; call it before any lookup. */
void accounts_add(struct accounts *accounts, const char *name, uint32_t id);
void accounts_sort(struct accounts *accounts);
void accounts_free(struct accounts *accounts);

/*
 * accounts_by_id: the first account with this ID, or NULL.
 * accounts_by_name: the first account with this name, or NULL.
 */
const struct account *accounts_by_id(const struct accounts *accounts, uint32_t id);
const struct account *accounts_by_name(const struct accounts *accounts, const char *name);

/*
 * accounts_within: the accounts with an ID in a range.
 * @ret_first: set if there is one, to the first; the others follow it. Returns how many.
 */
size_t accounts_within(const struct accounts *accounts, const struct subid_range *range,
		       const struct account **ret_first);
