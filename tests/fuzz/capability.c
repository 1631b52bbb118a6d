/* SPDX-License-Identifier: BSD-3-Clause */
/* The input is the value of the extended attribute security.capability. */
#include "capability.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

const char fuzz_target[] = "capability";
const char fuzz_corpus[] = "capability";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t sizes[] = { [1] = 12, [2] = 20, [3] = 24 };
	const struct capability before = { .permitted = 1, .has_rootid = true, .rootid = 2 };
	struct capability got = before;
	char *bytes = fuzz_copy(data, size);
	uint8_t version = size >= 4 ? data[3] : 0;
	bool valid = version >= 1 && version <= 3 && size == sizes[version];
	int r = capability_parse(bytes, size, &got);

	free(bytes);
	if ((r == 0) != valid)
		fuzz_fail("%zu bytes of version %u: capability_parse() returned %d", size, version,
			  r);
	if (r < 0 && (got.permitted != 1 || !got.has_rootid || got.rootid != 2))
		fuzz_fail("a failure changed the result");
	if (r == 0 && got.has_rootid != (version == 3))
		fuzz_fail("version %u %s a root ID", version, got.has_rootid ? "has" : "lacks");
	if (r == 0 && (uint8_t)got.permitted != data[4])
		fuzz_fail("the lowest byte of the permitted capabilities is wrong");
	if (r == 0 && version == 3 && got.rootid >> 24 != data[23])
		fuzz_fail("the root ID is %u", got.rootid);
	return 0;
}
