/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <shadow/subid.h>

#define EXPORT __attribute__((visibility("default")))

/*
 * The functions that libsubid looks for in a plugin. No header of shadow's declares them.
 * Source: shadow 4.20, lib/prototypes.h, struct subid_nss_ops.
 */
EXPORT enum subid_status shadow_subid_has_range(const char *owner, unsigned long start,
						unsigned long count, enum subid_type type,
						bool *result);
EXPORT enum subid_status shadow_subid_list_owner_ranges(const char *owner, enum subid_type type,
							struct subid_range **ranges, int *count);
EXPORT enum subid_status shadow_subid_find_subid_owners(unsigned long id, enum subid_type type,
							uid_t **uids, int *count);
EXPORT void shadow_subid_free(void *result);
