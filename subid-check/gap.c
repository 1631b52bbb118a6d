/* SPDX-License-Identifier: BSD-3-Clause */
#include "gap.h"

#define FIRST 100000	/* SUB_UID_MIN of login.defs(5) */
#define LAST 2147352575 /* 2^31 is where some programs begin to count down */

void gap_begin(struct gap *gap, const struct database *database, const struct accounts *accounts)
{
	*gap = (struct gap){ .database = database, .accounts = accounts, .next = FIRST };
}

/* Move behind what is taken at the beginning of @range, if anything is. */
static bool is_blocked(struct gap *gap, const struct subid_range *range)
{
	const struct database *database = gap->database;
	uint32_t last = range->start + (range->count - 1);
	const struct account *account = NULL;

	while (gap->covered < database->n_covered &&
	       database->covered[gap->covered].last < range->start)
		gap->covered++;
	if (gap->covered < database->n_covered && database->covered[gap->covered].first <= last) {
		uint32_t end = database->covered[gap->covered].last;

		gap->next = end < UINT32_MAX ? end + 1 : UINT32_MAX;
		return true;
	}
	if (accounts_within(gap->accounts, range, &account) > 0) {
		gap->next = account->id + 1;
		return true;
	}
	return false;
}

bool gap_take(struct gap *gap, uint32_t count, struct stretch *ret)
{
	for (;;) {
		const struct subid_range range = { .start = gap->next, .count = count };

		if (gap->next > LAST || count > LAST - gap->next + 1)
			return false;
		if (!is_blocked(gap, &range)) {
			*ret = (struct stretch){ gap->next, gap->next + (count - 1) };
			gap->next += count;
			return true;
		}
	}
}
