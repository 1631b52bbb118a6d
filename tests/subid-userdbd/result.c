/* SPDX-License-Identifier: BSD-3-Clause */
#include "result.h"

#include "check.h"
#include "loop.h"

void result_note(void *userdata, int r, const struct nss_id *found)
{
	struct result *result = userdata;

	result->n++;
	result->r = r;
	result->has_record = found != NULL;
	if (found)
		result->found = *found;
}

const struct result *result_wait(struct result *result)
{
	while (result->n == 0)
		loop_run();
	assert_int_equal(result->n, 1);
	return result;
}

void result_is(const struct result *result, const char *owner, uint32_t id, uint64_t position,
	       uint32_t gid)
{
	assert_int_equal(result->r, 0);
	assert_true(result->has_record);
	assert_string_equal(result->found.owner.text, owner);
	assert_int_equal(result->found.id, id);
	assert_int_equal(result->found.position, position);
	assert_int_equal(result->found.gid, gid);
}
