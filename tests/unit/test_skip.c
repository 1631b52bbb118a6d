/* SPDX-License-Identifier: BSD-3-Clause */
#include "skip.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "chance.h"
#include "check.h"
#include "draft.h"
#include "line.h"

/* The number of generated texts, which may be set for a longer run. */
static unsigned long texts_to_try(void)
{
	const char *setting = getenv("TEST_SKIP_TEXTS");

	return setting ? strtoul(setting, NULL, 10) : 30000;
}

/* --- IDs and owners to search for, and lines that have them or nearly do -------- */

static const uint32_t ids[] = {
	0,	    1,		7,	   9,	       10,	   99999,      100000,
	100005,	    165535,	999999,	   1000000,    12345678,   99999999,   100000000,
	2147483647, 2147483648, 999999999, 1000000000, 4000000000, 4294967294, UINT32_MAX,
};

/* Owners shorter than the 8 bytes that are compared at once, as long, and longer. */
static const char *const names[] = {
	"a",	     "al",	   "alice",	   "alice1",   "alice12",
	"alice123",  "alice1234",  "alice124",	   "bob",      "1",
	"1000",	     "9001",	   "1000000",	   "10000000", "12345678",
	"100000000", "4294967294", "4294967295",   "01000",    "-alice",
	"#alice",    "al ice",	   "\xc3\xa9lise", "\xff",     "DOMAIN\\an.owner-as.long_as-a-line",
};

static const char *chance_name(struct chance *chance)
{
	return names[chance_below(chance, COUNT_OF(names))];
}

static void add_number(struct chance *chance, uint64_t number)
{
	static const char *const blanks[] = { " ", "+", "\t", " +", "0", "00", "\v", "-", "++" };
	uint32_t how = chance_below(chance, 16);

	switch (how) {
	case 0:
		draft_add("0x%" PRIx64, number);
		break;
	case 1:
		draft_add("0X%0*" PRIX64, (int)chance_below(chance, 12), number);
		break;
	case 2:
		draft_add("0%" PRIo64, number);
		break;
	case 3:
		draft_add("%s%" PRIu64, blanks[chance_below(chance, COUNT_OF(blanks))], number);
		break;
	case 4:
		draft_add("%0*" PRIu64, (int)chance_below(chance, 13), number);
		break;
	case 5:
		draft_add("%" PRIu64 "%c", number, (int)chance_below(chance, 255) + 1);
		break;
	default:
		draft_add("%" PRIu64, number);
	}
}

/* A power of ten, less 0, 1 or 2, or any number of at most as many digits. */
static uint64_t chance_count(struct chance *chance)
{
	uint64_t power = 1;

	for (uint32_t digits = chance_below(chance, 11); digits > 0; digits--)
		power *= 10;
	switch (chance_below(chance, 4)) {
	case 0:
		return power;
	case 1:
		return power - 1;
	case 2:
		return power - 2;
	default:
		return chance_bits(chance) % (power * 10);
	}
}

/* Adds a start and a count. The range has @id at an end, ends just before it, or is anywhere. */
static void add_fields(struct chance *chance, uint32_t id)
{
	uint64_t count = chance_count(chance), start;

	switch (chance_below(chance, 5)) {
	case 0:
		start = id - (count - 1);
		break;
	case 1:
		start = id - count;
		break;
	case 2:
		start = id + chance_below(chance, 2);
		break;
	case 3:
		start = id - chance_bits(chance) % (count + 2);
		break;
	default:
		start = chance_bits(chance) % UINT64_C(1000000000000);
	}
	/* A start above the last ID is rare, because no such line delegates anything. */
	if (chance_below(chance, 50) != 0)
		start &= UINT32_MAX;

	draft_add(":");
	add_number(chance, start);
	draft_add(":");
	add_number(chance, count);
}

static void add_noise(struct chance *chance)
{
	static const char bytes[] = "::::\n\n\n\0 0123456789xaZ-+#\t\xb0\xba\xff";

	for (uint32_t n = chance_below(chance, 45); n > 0; n--)
		draft_add_bytes(&bytes[chance_below(chance, sizeof(bytes) - 1)], 1);
}

static void add_line(struct chance *chance, uint32_t id)
{
	static const char padding[1100];

	switch (chance_below(chance, 20)) {
	case 0:
		add_noise(chance);
		break;
	case 1:
		draft_add("%s", chance_name(chance));
		add_fields(chance, id);
		add_fields(chance, id);
		break;
	case 2:
		draft_add("%s:%" PRIu32 ":", chance_name(chance), id);
		break;
	case 3:
		draft_add("%s::%" PRIu32, chance_name(chance), id);
		break;
	case 4:
		draft_add("%s:%" PRIu32, chance_name(chance), id);
		break;
	case 5:
		add_fields(chance, id);
		break;
	case 6:
		if (chance_below(chance, 20) == 0)
			draft_add_bytes(padding, chance_below(chance, sizeof(padding)));
		draft_add("%s", chance_name(chance));
		add_fields(chance, id);
		break;
	case 7:
		if (chance_below(chance, 20) == 0)
			draft_add("%0*d", (int)chance_below(chance, 1050), 0);
		add_fields(chance, id);
		break;
	default:
		draft_add("%s", chance_name(chance));
		add_fields(chance, id);
	}
	draft_add("\n");
}

static void add_lines(struct chance *chance, uint32_t id)
{
	draft_clear();
	for (uint32_t n = chance_below(chance, 10); n > 0 && draft.len < 4000; n--)
		add_line(chance, id);
	/* The text in a reader's buffer may end in the middle of a line. */
	draft.len -= chance_below(chance, draft.len < 50 ? (uint32_t)draft.len + 1 : 50);
}

/* --- what is skipped ------------------------------------------------------------ */

struct sought {
	bool by_id;
	uint32_t id;
	struct subid_owner owner;
};

static bool may_matter(const struct sought *sought, const struct subid_line *line)
{
	return sought->by_id ? subid_range_contains(&line->range, sought->id)
			     : subid_owner_is(&sought->owner, line);
}

static size_t skip_from(const struct sought *sought, const char *from, size_t len)
{
	return sought->by_id ? subid_skip_without_id(from, len, sought->id)
			     : subid_skip_without_owner(from, len, &sought->owner);
}

static void check_skipped(uint64_t seed, const struct sought *sought, const char *from, size_t len)
{
	const char *end = from + len;

	if (len > 0 && end[-1] != '\n')
		fail_msg("seed %" PRIu64 ": a piece of a line was skipped:\n%.*s", seed, (int)len,
			 from);
	while (from < end) {
		size_t line_len = (size_t)((const char *)memchr(from, '\n', len) - from);
		struct subid_line line;

		if (subid_line_parse(from, line_len, &line) == 0 && may_matter(sought, &line)) {
			if (sought->by_id)
				fail_msg("seed %" PRIu64 ": a line with ID %" PRIu32
					 " was skipped:\n%.*s",
					 seed, sought->id, (int)line_len, from);
			fail_msg("seed %" PRIu64 ": a line of %s was skipped:\n%.*s", seed,
				 sought->owner.text, (int)line_len, from);
		}
		from += line_len + 1;
		len -= line_len + 1;
	}
}

/* Skips lines and takes the next one in turn, as a scan does. Returns how many bytes it skips. */
static size_t check_reading(uint64_t seed, const struct sought *sought)
{
	/* In a block of this size, AddressSanitizer notices a read past the end. */
	char *exact = (char *)malloc(draft.len > 0 ? draft.len : 1);
	size_t at = 0, skipped = 0;

	assert_non_null(exact);
	memcpy(exact, draft.text, draft.len);
	for (;;) {
		size_t bytes = skip_from(sought, exact + at, draft.len - at);
		const char *newline;

		assert_in_range(bytes, 0, draft.len - at);
		check_skipped(seed, sought, exact + at, bytes);
		skipped += bytes;
		at += bytes;
		newline = at < draft.len ? (const char *)memchr(exact + at, '\n', draft.len - at)
					 : NULL;
		if (!newline)
			break;
		at = (size_t)(newline - exact) + 1;
	}
	free(exact);
	return skipped;
}

static void no_line_with_the_id_is_skipped(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= texts_to_try(); seed++) {
		struct chance chance = { seed };
		static struct sought sought = { .by_id = true };

		sought.id = ids[chance_below(&chance, COUNT_OF(ids))];
		add_lines(&chance, sought.id);
		(void)check_reading(seed, &sought);
	}
}

static void chance_owner(struct chance *chance, struct subid_owner *owner)
{
	const char *name;

	/* The bytes behind the owner's text must not matter. */
	memset(owner, chance_below(chance, 2) == 0 ? ':' : 'a', sizeof(*owner));
	do
		name = chance_name(chance);
	while (subid_owner_set(owner, name, strlen(name)) < 0);
}

static void no_line_of_the_owner_is_skipped(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= texts_to_try(); seed++) {
		struct chance chance = { seed };
		static struct sought sought;

		chance_owner(&chance, &sought.owner);
		add_lines(&chance, 100000);
		(void)check_reading(seed, &sought);
	}
}

/* Searches for the last ID of ranges with this count. */
static void check_count(const char *written, uint64_t count)
{
	static struct sought sought = { .by_id = true };

	for (uint64_t start = 1; start < UINT64_C(4000000000); start = start * 10 + 7) {
		if (start + count > UINT64_C(0x100000000))
			break;
		sought.id = (uint32_t)(start + count - 1);
		draft_clear();
		draft_add("a:%" PRIu64 ":%s\nfiller:1:1\nfiller:1:1\nfiller:1:1\nfiller:1:1\n",
			  start, written);
		(void)check_reading(start, &sought);
	}
}

static void a_line_with_the_largest_count_of_its_digits_is_not_skipped(void **state)
{
	static const char *const blanks[] = { "", " ", "+", " +", "\t\t\t", "         +" };
	uint64_t power = 1;

	(void)state;
	for (int digits = 1; digits <= 10; digits++) {
		uint64_t most = digits < 10 ? power * 10 - 1 : UINT32_MAX;
		char written[48];

		power *= 10;
		for (size_t i = 0; i < COUNT_OF(blanks); i++) {
			(void)snprintf(written, sizeof(written), "%s%" PRIu64, blanks[i], most);
			check_count(written, most);
			(void)snprintf(written, sizeof(written), "%s0x%" PRIx64, blanks[i], most);
			check_count(written, most);
			(void)snprintf(written, sizeof(written), "%s0%" PRIo64, blanks[i], most);
			check_count(written, most);
		}
	}
}

/* In hexadecimal, zeros may stand in front. */
static void a_line_with_a_long_count_is_not_skipped(void **state)
{
	char written[48];

	(void)state;
	for (int digits = 8; digits <= 26; digits++) {
		(void)snprintf(written, sizeof(written), "0x%0*" PRIx32, digits,
			       UINT32_C(0xe0000000));
		check_count(written, UINT32_C(0xe0000000));
	}
}

static void nothing_is_read_behind_the_end_of_the_text(void **state)
{
	static struct sought by_id = { .by_id = true, .id = 5 }, by_owner;

	(void)state;
	assert_int_equal(subid_owner_set(&by_owner.owner, "bob", 3), 0);
	for (int owner_len = 1; owner_len < 40; owner_len++)
		for (int digits = 1; digits < 11; digits++)
			for (int behind = 0; behind < 20; behind++) {
				draft_clear();
				draft_add("%0*d:%.*s:%s\n%0*d", owner_len, 0, digits, "1234567890",
					  behind % 2 == 0 ? "" : "7", behind, 0);
				(void)check_reading(0, &by_id);
				(void)check_reading(0, &by_owner);
			}
}

/* The text of the next line is not read as a part of this one, even if it completes a number. */
static void a_line_that_ends_too_early_takes_no_fields_of_the_next(void **state)
{
	static const char *const lines[] = {
		"a:1234567890\n:5:", "a:123456789\n:5:", "a:12345678\n:5:", "a:1\n:5:",
		"a:1:\n:5:",	     "a:\n:5:",		 "a\n:5:",	    "\n:5:",
	};
	static struct sought sought = { .by_id = true, .id = 1234567890 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		draft_clear();
		draft_add("%s1\nalice:1234567890:1\nalice:1:4294967295\nfiller:1:1\nfiller:1:1\n",
			  lines[i]);
		(void)check_reading(i, &sought);
	}
}

#ifdef __SSE2__
/* --- how many lines are skipped --------------------------------------------------- */

static void add_ordinary_lines(void)
{
	draft_clear();
	for (uint32_t i = 0; i < 200; i++)
		draft_add("user%" PRIu32 ":%" PRIu32 ":65536\n", i, 100000 + i * 65536);
}

static void ordinary_lines_of_others_are_skipped(void **state)
{
	static struct sought sought;
	const size_t near_the_end = 72;

	(void)state;
	add_ordinary_lines();
	memset(&sought, 0, sizeof(sought));
	sought.by_id = true;
	for (sought.id = 5; sought.id < 100000000; sought.id += 999983) {
		size_t skipped = check_reading(sought.id, &sought);

		/*
		 * The line with the ID is not skipped, nor are those with a start just below it: a
		 * count of 5 digits might reach the ID.
		 */
		check_int("by ID", skipped > draft.len - near_the_end - 3 * 32, true);
	}

	sought.by_id = false;
	assert_int_equal(subid_owner_set(&sought.owner, "user77", 6), 0);
	check_int("by owner", check_reading(0, &sought) > draft.len - near_the_end - 32, true);
	/* A number is an owner like any other: lines of others are skipped for it too. */
	assert_int_equal(subid_owner_set(&sought.owner, "1000", 4), 0);
	check_int("by number", check_reading(0, &sought) > draft.len - near_the_end - 32, true);
}
#endif

static void nothing_is_skipped_of_an_empty_text_or_an_unfinished_line(void **state)
{
	static struct sought sought;

	(void)state;
	assert_int_equal(subid_owner_set(&sought.owner, "alice", 5), 0);
	assert_int_equal(subid_skip_without_id("", 0, 5), 0);
	assert_int_equal(subid_skip_without_owner("", 0, &sought.owner), 0);
	assert_int_equal(subid_skip_without_id("bob:1:1", 7, 5), 0);
	assert_int_equal(subid_skip_without_owner("bob:1:1", 7, &sought.owner), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_line_with_the_id_is_skipped),
		cmocka_unit_test(no_line_of_the_owner_is_skipped),
		cmocka_unit_test(a_line_with_the_largest_count_of_its_digits_is_not_skipped),
		cmocka_unit_test(a_line_with_a_long_count_is_not_skipped),
		cmocka_unit_test(nothing_is_read_behind_the_end_of_the_text),
		cmocka_unit_test(a_line_that_ends_too_early_takes_no_fields_of_the_next),
#ifdef __SSE2__
		cmocka_unit_test(ordinary_lines_of_others_are_skipped),
#endif
		cmocka_unit_test(nothing_is_skipped_of_an_empty_text_or_an_unfinished_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
