/* SPDX-License-Identifier: BSD-3-Clause */
/* The input is a line of subuid(5). */
#include "line.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "reference.h"

const char fuzz_target[] = "line";
const char fuzz_corpus[] = "line";

static void check_parsed(const struct subid_line *line, const char *text,
			 const struct reference_line *want)
{
	if (line->owner != text || line->owner_len != strlen(want->owner) ||
	    memcmp(line->owner, want->owner, line->owner_len) != 0)
		fuzz_fail("the owner is not \"%s\"", want->owner);
	if (line->range.start != want->start || line->range.count != want->count)
		fuzz_fail("the range is %u:%u", line->range.start, line->range.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size);
	const struct subid_line before = { .owner = "before", .owner_len = 1, .range = { 2, 3 } };
	struct subid_line line = before;
	struct reference_line want;
	bool valid = reference_line(text, size, &want);

	if (valid ? subid_line_parse(text, size, &line) != 0
		  : subid_line_parse(text, size, &line) <= 0)
		fuzz_fail("%s", valid ? "a line is refused" : "what is no line is accepted");
	if (valid)
		check_parsed(&line, text, &want);
	else if (line.owner != before.owner || line.owner_len != before.owner_len ||
		 line.range.start != before.range.start || line.range.count != before.range.count)
		fuzz_fail("a failure changed the result");

	if (subid_owner_text_valid(text, size) != reference_owner(text, size))
		fuzz_fail("it is %s as an owner",
			  reference_owner(text, size) ? "refused" : "accepted");
	free(text);
	return 0;
}
