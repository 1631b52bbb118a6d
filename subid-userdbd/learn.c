/* SPDX-License-Identifier: BSD-3-Clause */
#include "learn.h"

#include <errno.h>

/* An owner without any is no fault. */
static int read_ranges(const struct frame *answer, struct learned *ret)
{
	int r = 0;

	*ret = (struct learned){ .n = { 0, 0 } };
	if (answer->code < 0)
		return answer->code == -ENOENT ? 0 : answer->code;
	for (int kind = SUBID_UID; r == 0 && kind <= SUBID_GID; kind++)
		r = frame_ranges(answer, (enum subid_kind)kind, &ret->ranges[kind], &ret->n[kind]);
	return r;
}

int learn(struct candidates *candidates, const struct subid_owner *owner,
	  const struct frame *answer, uint64_t due_usec, struct learned *ret)
{
	struct learned learned;
	int r;

	r = read_ranges(answer, &learned);
	if (r == 0)
		r = candidates_learn(candidates, owner->text, learned.ranges, learned.n, due_usec);
	if (r == 0)
		*ret = learned;
	return r;
}

bool learned_has(const struct learned *learned, enum subid_kind kind, uint32_t id)
{
	for (size_t i = 0; i < learned->n[kind]; i++)
		if (subid_range_contains(&learned->ranges[kind][i], id))
			return true;
	return false;
}
