/* SPDX-License-Identifier: BSD-3-Clause */
#include "scanned.h"

#include "check.h"
#include "inject.h"
#include "named.h"
#include "scratch.h"

struct subid_owner scanned_owner;

int scanned_by_id(uint32_t id, uint64_t *ret_position)
{
	int r;

	memset(&scanned_owner, 0x5a, sizeof(scanned_owner));
	*ret_position = 77;
	r = subid_files_scan_id("subuid", id, &scanned_owner, ret_position);
	assert_int_equal(inject_open_files(), 0);
	return r;
}

int scanned_by_owner(const char *name, uint32_t id, uint64_t *ret_position)
{
	const struct subid_owner named = named_owner(name);
	int r;

	*ret_position = 77;
	r = subid_files_scan_owner("subuid", &named, id, ret_position);
	assert_int_equal(inject_open_files(), 0);
	return r;
}

int scanned_by_position(const char *name, uint64_t position, uint32_t *ret_id)
{
	const struct subid_owner named = named_owner(name);
	int r;

	*ret_id = 77;
	r = subid_files_scan_position("subuid", &named, position, ret_id);
	assert_int_equal(inject_open_files(), 0);
	return r;
}

void scanned_write(size_t padding)
{
	static char text[12000];

	(void)strcpy(text, "alice:300000:10\n");
	(void)strcat(text, scratch_padding(padding));
	(void)strcat(text, "alice:100000:65536\nbob:100000:65536\n");
	scratch_write("subuid", text);
}
