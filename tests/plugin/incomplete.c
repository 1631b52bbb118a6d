/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libsubid_incomplete.so: a plugin that libsubid loads and then does not take,
 * for it cannot tell owners by ID.
 */
#include <stdbool.h>
#include <stddef.h>

#include <shadow/subid.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT enum subid_status shadow_subid_has_range(const char *owner, unsigned long start,
						unsigned long count, enum subid_type type,
						bool *result);
EXPORT enum subid_status shadow_subid_list_owner_ranges(const char *owner, enum subid_type type,
							struct subid_range **ranges, int *count);
EXPORT void shadow_subid_free(void *result);

enum subid_status shadow_subid_has_range(const char *owner, unsigned long start,
					 unsigned long count, enum subid_type type, bool *result)
{
	(void)owner;
	(void)start;
	(void)count;
	(void)type;
	*result = true;
	return SUBID_STATUS_SUCCESS;
}

enum subid_status shadow_subid_list_owner_ranges(const char *owner, enum subid_type type,
						 struct subid_range **ranges, int *count)
{
	(void)owner;
	(void)type;
	*ranges = NULL;
	*count = 0;
	return SUBID_STATUS_UNKNOWN_USER;
}

void shadow_subid_free(void *result)
{
	(void)result;
}
