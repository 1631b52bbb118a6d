/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libsubid_directory.so: a source of subordinate IDs as a directory of 100,000 owners would
 * be, whose every answer takes a millisecond. As SSSD, it cannot say whose an ID is.
 *
 *     u000000   1000000 to 1009999
 *     u000001   1010000 to 1019999   ...
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>

#include "../tests/plugin/interface.h"

#define OWNERS 100000
#define FIRST 1000000ul
#define COUNT 10000ul
#define DELAY_NS 1000000

static void take_time(void)
{
	struct timespec rest = { .tv_nsec = DELAY_NS };

	while (nanosleep(&rest, &rest) < 0 && errno == EINTR)
		;
}

enum subid_status shadow_subid_has_range(const char *owner, unsigned long start,
					 unsigned long count, enum subid_type type, bool *result)
{
	(void)owner;
	(void)start;
	(void)count;
	(void)type;
	*result = false;
	return SUBID_STATUS_UNKNOWN_USER;
}

enum subid_status shadow_subid_list_owner_ranges(const char *owner, enum subid_type type,
						 struct subid_range **ranges, int *count)
{
	struct subid_range *range;
	unsigned long number;
	char *end;

	(void)type;
	take_time();
	errno = 0;
	number = owner[0] == 'u' ? strtoul(owner + 1, &end, 10) : OWNERS;
	if (number >= OWNERS || *end != '\0')
		return SUBID_STATUS_UNKNOWN_USER;
	range = (struct subid_range *)malloc(sizeof(*range));
	if (!range)
		return SUBID_STATUS_ERROR;
	*range = (struct subid_range){ .start = FIRST + number * COUNT, .count = COUNT };
	*ranges = range;
	*count = 1;
	return SUBID_STATUS_SUCCESS;
}

enum subid_status shadow_subid_find_subid_owners(unsigned long id, enum subid_type type,
						 uid_t **uids, int *count)
{
	(void)id;
	(void)type;
	take_time();
	errno = 0;
	*uids = NULL;
	*count = 0;
	return SUBID_STATUS_ERROR;
}

void shadow_subid_free(void *result)
{
	free(result);
}
