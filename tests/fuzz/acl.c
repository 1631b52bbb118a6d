/* SPDX-License-Identifier: BSD-3-Clause */
/* The input is the value of the extended attribute system.posix_acl_access. */
#include "acl.h"

#include <stdlib.h>

#include "fuzz.h"

const char fuzz_target[] = "acl";
const char fuzz_corpus[] = "acl";

/* Counts the entries that name a user or a group, by their tags alone. */
static size_t count_named(const uint8_t *data, size_t size)
{
	size_t n = 0;

	for (size_t at = 4; at + 8 <= size; at += 8)
		n += (data[at] == 2 || data[at] == 8) && data[at + 1] == 0;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t header[] = { 2, 0, 0, 0 };
	char *bytes = fuzz_copy(data, size);
	bool valid = size >= 4 && size % 8 == 4;
	struct acl_entry entry;
	struct acl acl;
	size_t n = 0;

	for (size_t i = 0; valid && i < 4; i++)
		valid = data[i] == header[i];
	if ((acl_begin(&acl, bytes, size) == 0) != valid)
		fuzz_fail("%s", valid ? "an ACL is refused" : "what is no ACL is accepted");
	if (valid) {
		while (acl_next(&acl, &entry))
			n++;
		if (n != count_named(data, size))
			fuzz_fail("%zu entries, not %zu", n, count_named(data, size));
	}
	free(bytes);
	return 0;
}
