/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * No line is skipped that matters. The input is an ID (4 bytes), an unused byte, the length of an
 * owner (1 byte), the owner, and the text to skip lines of.
 */
#include "skip.h"

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "line.h"
#include "reference.h"

const char fuzz_target[] = "skip";
const char fuzz_corpus[] = "skip";

struct sought {
	uint32_t id;
	const struct subid_owner *owner; /* NULL: the ID is sought */
};

static bool matters(const struct reference_line *line, const struct sought *sought)
{
	if (!sought->owner)
		return sought->id >= line->start && sought->id < line->start + line->count;
	return strcmp(line->owner, sought->owner->text) == 0;
}

static void check_skipped(const char *text, size_t len, size_t skipped, const struct sought *sought)
{
	struct reference_file file;

	if (skipped > len || (skipped > 0 && text[skipped - 1] != '\n'))
		fuzz_fail("%zu of %zu bytes are skipped, which are no whole lines", skipped, len);
	reference_file(text, skipped, &file);
	for (size_t i = 0; i < file.n_lines; i++)
		if (matters(&file.lines[i], sought)) {
			if (sought->owner)
				fuzz_fail("a line of \"%s\" is skipped in search of this owner",
					  file.lines[i].owner);
			fuzz_fail("a line of \"%s\" is skipped in search of its ID %u",
				  file.lines[i].owner, sought->id);
		}
	free(file.lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct subid_owner owner;
	struct sought sought;
	size_t owner_len;
	char *text;

	if (size < 6)
		return 0;
	memcpy(&sought.id, data, sizeof(sought.id));
	owner_len = data[5];
	data += 6;
	size -= 6;
	if (owner_len > size || subid_owner_set(&owner, (const char *)data, owner_len) < 0)
		return 0;

	text = fuzz_copy(data + owner_len, size - owner_len);
	sought.owner = NULL;
	check_skipped(text, size - owner_len,
		      subid_skip_without_id(text, size - owner_len, sought.id), &sought);
	sought.owner = &owner;
	check_skipped(text, size - owner_len,
		      subid_skip_without_owner(text, size - owner_len, &owner), &sought);
	free(text);
	return 0;
}
