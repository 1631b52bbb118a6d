/* SPDX-License-Identifier: BSD-3-Clause */
#include "indexed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "chance.h"
#include "check.h"
#include "draft.h"
#include "scratch.h"

/* How many IDs the file delegates to each of them. */
static uint64_t given[COUNT_OF(indexed_names)];

/* All IDs lie at the two ends of the ID space, so that the ranges of a small file overlap. */
static uint32_t chance_id(struct chance *chance)
{
	uint32_t id = chance_below(chance, 20);

	return chance_below(chance, 2) == 0 ? id : UINT32_MAX - id;
}

static void add_number(struct chance *chance, uint32_t number)
{
	switch (chance_below(chance, 8)) {
	case 0:
		draft_add("0x%" PRIx32, number);
		break;
	case 1:
		draft_add("0%" PRIo32, number);
		break;
	case 2:
		draft_add(" +%" PRIu32, number);
		break;
	default:
		draft_add("%" PRIu32, number);
	}
}

static void add_line(struct chance *chance)
{
	uint32_t name = chance_below(chance, COUNT_OF(indexed_names));
	uint32_t start = chance_id(chance), above = UINT32_MAX - start;
	uint32_t count = 1 + chance_below(chance, 10);

	if (chance_below(chance, 12) == 0)
		count = above;
	else if (chance_below(chance, 12) == 0)
		count = UINT32_C(0x80000000) - chance_below(chance, 3);
	/* The ID space has one ID more than a count can say. */
	if (count == 0 || count - 1 > above)
		count = above < UINT32_MAX ? above + 1 : above;

	draft_add("%s:", indexed_names[name]);
	add_number(chance, start);
	draft_add(":");
	add_number(chance, count);
	draft_add("\n");
	given[name] += count;
}

static void add_line_without_range(struct chance *chance)
{
	static const struct {
		const char *bytes;
		size_t len;
	} lines[] = {
#define LINE(literal) { literal, sizeof(literal) - 1 }
		LINE("\n"),
		LINE("# alice:0:20\n"),
		LINE("#alice:0:20\n"),
		LINE("+alice:0:20\n"),
		LINE("-1000:0:20\n"),
		LINE("1000:0:0\n"),
		LINE("1001:0\n"),
		LINE("1000:0:20:\n"),
		LINE("1000:0:20 \n"),
		LINE("1000:0:4294967297\n"),
		LINE("1000:1:4294967296\n"),
		LINE("1000::20\n"),
		LINE(":0:20\n"),
		LINE("1000:0:2\0000\n"),
		LINE("al\0ice:0:20\n"),
		LINE("1000:0:20\r\n"),
		LINE("..:0:20\n"),
		LINE("\xff\xfe\n"),
#undef LINE
	};
	uint32_t i = chance_below(chance, COUNT_OF(lines));

	draft_add_bytes(lines[i].bytes, lines[i].len);
}

static bool add_lines(struct chance *chance)
{
	bool fits = true;

	indexed_begin();
	memset(given, 0, sizeof(given));
	for (uint32_t n = chance_below(chance, 14); n > 0; n--) {
		if (chance_below(chance, 5) == 0)
			add_line_without_range(chance);
		else
			add_line(chance);
	}
	if (draft.len > 0 && chance_below(chance, 4) == 0)
		draft.len--;

	for (size_t i = 0; i < COUNT_OF(indexed_names); i++)
		fits = fits && given[i] <= UINT32_MAX;
	return fits;
}

static uint64_t chance_position(struct chance *chance)
{
	uint64_t position = chance_below(chance, 40);

	if (chance_below(chance, 8) == 0)
		return UINT64_MAX - position;
	if (chance_below(chance, 6) == 0)
		return position + UINT32_MAX - UINT32_C(20);
	if (chance_below(chance, 6) == 0)
		return position + UINT32_C(0x80000000) - 20;
	return position;
}

static void chance_question(struct chance *chance, uint64_t seed, const struct subid_index *index)
{
	enum sought sought = (enum sought)chance_below(chance, 3);
	const char *name = indexed_names[chance_below(chance, COUNT_OF(indexed_names))];
	uint32_t id = chance_id(chance);
	struct question q = indexed_question(sought, name, id, chance_position(chance));

	q.owner.place = chance_below(chance, 16);
	indexed_check_question(seed, index, &q);
}

static void an_index_answers_as_a_scan_of_its_file(void **state)
{
	/* The number of files, for a longer run. */
	const char *setting = getenv("TEST_INDEX_FILES");
	unsigned long files = setting ? strtoul(setting, NULL, 10) : 1500, refused = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= files; seed++) {
		struct chance chance = { seed };
		bool fits = add_lines(&chance);
		struct subid_index *index;

		if (!fits) {
			indexed_check_build(draft.text, -E2BIG);
			refused++;
			continue;
		}
		index = indexed_build();
		for (int i = 0; i < 100; i++)
			chance_question(&chance, seed, index);
		indexed_end(index);
	}
	/* Some of the files, but not most, are to be refused. */
	assert_in_range(refused, files / 100, files / 2);
}

int main(void)
{
#define INDEX_TEST(name) cmocka_unit_test_setup(name, indexed_setup)
	static const struct CMUnitTest tests[] = {
		INDEX_TEST(an_index_answers_as_a_scan_of_its_file),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
