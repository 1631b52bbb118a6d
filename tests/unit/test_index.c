/* SPDX-License-Identifier: BSD-3-Clause */
#include "index.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chance.h"
#include "check.h"
#include "files.h"
#include "index_layout.h"
#include "inject.h"
#include "scratch.h"

/* The lines of a large file. As many ranges of 65,536 IDs fit into the ID space. */
#define MANY 65000

static char text[SUBID_INDEX_FILE_MAX_BYTES + 2];
static size_t text_len;

static void add(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void add(const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text + text_len, sizeof(text) - text_len, format, args);
	va_end(args);
	assert_in_range(len, 0, sizeof(text) - text_len - 1);
	text_len += (size_t)len;
}

static void add_bytes(const char *bytes, size_t len)
{
	assert_in_range(len, 0, sizeof(text) - text_len - 1);
	memcpy(text + text_len, bytes, len);
	text_len += len;
	text[text_len] = '\0';
}

static struct stat write_text(void)
{
	struct stat stamp;

	/* Remove the file first: ext4 writes a file that was truncated to the disk at once. */
	(void)remove("subuid");
	scratch_write_bytes("subuid", text, text_len);
	assert_int_equal(stat("subuid", &stamp), 0);
	return stamp;
}

/* The index that a failed test has not freed. */
static struct subid_index *unfreed;

static struct subid_index *build(void)
{
	struct stat stamp = write_text();
	struct subid_index *index = NULL;

	assert_true(subid_index_may_hold(&stamp));
	assert_int_equal(subid_index_build("subuid", &stamp, &index), 0);
	assert_non_null(index);
	unfreed = index;
	assert_int_equal(inject_open_files(), 0);
	assert_int_equal(inject_open_maps(), 1);
	assert_true(subid_index_is_of(index, &stamp));
	return index;
}

static uint32_t count_owners(const struct subid_index *index)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < index->n_buckets; i++)
		n += index->buckets[i] != 0;
	return n;
}

static void end(struct subid_index *index)
{
	subid_index_free(index);
	unfreed = NULL;
	assert_int_equal(inject_open_maps(), 0);
}

static void check_build_fails(const char *reason, const struct stat *stamp, int want)
{
	struct subid_index untouched, *index = &untouched;

	check_int(reason, subid_index_build("subuid", stamp, &index), want);
	assert_ptr_equal(index, &untouched);
	assert_int_equal(inject_open_files(), 0);
	assert_int_equal(inject_open_maps(), 0);
}

static void begin(void)
{
	text_len = 0;
	text[0] = '\0';
	(void)inject_reset(NULL);
}

static int setup(void **state)
{
	(void)state;
	begin();
	subid_index_free(unfreed);
	unfreed = NULL;
	return 0;
}

/* --- an index compared with a scan of its file --------------------------------- */

/* Owners that begin alike, owners that are UIDs, and some that are nearly UIDs. */
static const char *const names[] = {
	"alice",
	"bob",
	"1000",
	"1001",
	"alic",
	"alice2",
	"a",
	"a.b-c",
	"0",
	"4294967295",
	"0100",
	"1000 1000",
	"DOMAIN\\user.name",
	"DOMAIN\\user.names",
};

/* How many IDs the file delegates to each of them. */
static uint64_t given[COUNT_OF(names)];

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
		add("0x%" PRIx32, number);
		break;
	case 1:
		add("0%" PRIo32, number);
		break;
	case 2:
		add(" +%" PRIu32, number);
		break;
	default:
		add("%" PRIu32, number);
	}
}

static void add_line(struct chance *chance)
{
	uint32_t name = chance_below(chance, COUNT_OF(names));
	uint32_t start = chance_id(chance), above = UINT32_MAX - start;
	uint32_t count = 1 + chance_below(chance, 10);

	if (chance_below(chance, 12) == 0)
		count = above;
	else if (chance_below(chance, 12) == 0)
		count = UINT32_C(0x80000000) - chance_below(chance, 3);
	/* The ID space has one ID more than a count can say. */
	if (count == 0 || count - 1 > above)
		count = above < UINT32_MAX ? above + 1 : above;

	add("%s:", names[name]);
	add_number(chance, start);
	add(":");
	add_number(chance, count);
	add("\n");
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

	add_bytes(lines[i].bytes, lines[i].len);
}

static bool add_lines(struct chance *chance)
{
	bool fits = true;

	begin();
	memset(given, 0, sizeof(given));
	for (uint32_t n = chance_below(chance, 14); n > 0; n--) {
		if (chance_below(chance, 5) == 0)
			add_line_without_range(chance);
		else
			add_line(chance);
	}
	if (text_len > 0 && chance_below(chance, 4) == 0)
		text_len--;

	for (size_t i = 0; i < COUNT_OF(names); i++)
		fits = fits && given[i] <= UINT32_MAX;
	return fits;
}

enum sought {
	BY_ID,
	BY_OWNER,
	BY_POSITION,
};

struct question {
	enum sought sought;
	struct subid_owner owner; /* unless BY_ID */
	uint32_t id;
	uint64_t position;
};

struct answer {
	int r;
	struct subid_owner owner; /* if BY_ID */
	uint32_t id;
	uint64_t position;
};

static struct question question(enum sought sought, const char *name, uint32_t id,
				uint64_t position)
{
	struct question q = { .sought = sought, .id = id, .position = position };

	if (sought != BY_ID)
		assert_int_equal(subid_owner_set(&q.owner, name, strlen(name)), 0);
	return q;
}

static void ask_index(const struct subid_index *index, const struct question *q, struct answer *ret)
{
	memset(ret, 0x5a, sizeof(*ret));
	switch (q->sought) {
	case BY_ID:
		ret->r = subid_index_find_id(index, q->id, &ret->owner, &ret->position);
		break;
	case BY_OWNER:
		ret->r = subid_index_find_owner(index, &q->owner, q->id, &ret->position);
		break;
	default:
		ret->r = subid_index_find_position(index, &q->owner, q->position, &ret->id);
	}
}

static void ask_file(const struct question *q, struct answer *ret)
{
	memset(ret, 0x5a, sizeof(*ret));
	switch (q->sought) {
	case BY_ID:
		ret->r = subid_files_scan_id("subuid", q->id, &ret->owner, &ret->position);
		break;
	case BY_OWNER:
		ret->r = subid_files_scan_owner("subuid", &q->owner, q->id, &ret->position);
		break;
	default:
		ret->r = subid_files_scan_position("subuid", &q->owner, q->position, &ret->id);
	}
}

static bool same_answer(const struct question *q, const struct answer *a, const struct answer *b)
{
	if (a->r != b->r || a->id != b->id || a->position != b->position)
		return false;
	return q->sought != BY_ID || a->r < 0 ||
	       (a->owner.len == b->owner.len && strcmp(a->owner.text, b->owner.text) == 0 &&
		strlen(a->owner.text) == a->owner.len);
}

/* Outputs that are not set are compared, too: both answers begin with the same bytes. */
static void check_question(uint64_t seed, const struct subid_index *index, const struct question *q)
{
	static struct answer by_index, by_file;

	ask_index(index, q, &by_index);
	ask_file(q, &by_file);
	if (!same_answer(q, &by_index, &by_file))
		fail_msg("seed %" PRIu64 ": question %d for owner %s, ID %" PRIu32
			 ", position %" PRIu64 ": the index says %d, %s, %" PRIu32 ", %" PRIu64
			 ", the file %d, %s, %" PRIu32 ", %" PRIu64 "\n%.4000s",
			 seed, (int)q->sought, q->sought == BY_ID ? "" : q->owner.text, q->id,
			 q->position, by_index.r, by_index.r == 0 ? by_index.owner.text : "",
			 by_index.id, by_index.position, by_file.r,
			 by_file.r == 0 ? by_file.owner.text : "", by_file.id, by_file.position,
			 text);
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
	const char *name = names[chance_below(chance, COUNT_OF(names))];
	uint32_t id = chance_id(chance);
	struct question q = question(sought, name, id, chance_position(chance));

	q.owner.place = chance_below(chance, 16);
	check_question(seed, index, &q);
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
			struct stat stamp = write_text();

			check_build_fails(text, &stamp, -E2BIG);
			refused++;
			continue;
		}
		index = build();
		for (int i = 0; i < 100; i++)
			chance_question(&chance, seed, index);
		end(index);
	}
	/* Some of the files, but not most, are to be refused. */
	assert_in_range(refused, files / 100, files / 2);
}

/* Asks all three questions about an ID, a position and an owner. */
static void check_three_questions(uint64_t seed, const struct subid_index *index, const char *name,
				  uint32_t id, uint64_t position)
{
	struct question q = question(BY_ID, NULL, id, position);

	check_question(seed, index, &q);
	q = question(BY_OWNER, name, id, position);
	check_question(seed, index, &q);
	q = question(BY_POSITION, name, id, position);
	check_question(seed, index, &q);
}

/* Asks about every owner, and every ID and position near the ends. */
static void check_questions_near_the_ends(const struct subid_index *index)
{
	for (uint32_t i = 0; i < 60; i++)
		for (size_t n = 0; n < COUNT_OF(names); n++)
			check_three_questions(0, index, names[n],
					      i < 30 ? i : UINT32_MAX - (59 - i), i);
}

/* Indexes each of these files in turn, and checks the index. */
static void check_files(const char *const *files, size_t n,
			void (*check)(const struct subid_index *index))
{
	for (size_t i = 0; i < n; i++) {
		struct subid_index *index;

		begin();
		add("%s", files[i]);
		index = build();
		check(index);
		end(index);
	}
}

static void overlapping_lines_are_answered_as_by_a_scan(void **state)
{
	static const char *const files[] = {
		"alice:5:10\nbob:0:20\nalice:0:20\nalic:3:3\n1000:2:4\n1000:0:3\n",
		"bob:4294967290:6\n1000:3:1\nalice2:4294967280:16\nbob:4294967285:9\na:0:9\n",
		"1001:1:1\nalice:1:2\nalice:1:2\nbob:1:3\nalice:3:1\n4294967295:0:30\n0:7:7\n",
		"1000:5:5\nalice:0:20\nbob:12:2\n",
		"a:10:1\na:9:3\na:8:5\na:7:7\na.b-c:0:30\n0100:2:30\n",
	};

	(void)state;
	check_files(files, COUNT_OF(files), check_questions_near_the_ends);
}

static void a_file_without_lines_has_an_index_without_owners(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} files[] = {
#define TEXT(literal) { literal, sizeof(literal) - 1 }
		TEXT(""),
		TEXT("\n"),
		TEXT("\0"),
		TEXT("#"),
		TEXT("# alice:5:10\n\nalice\nalice:5\nalice:5:0\n"),
		TEXT("a:0:"),
		TEXT("a:0:1\0"),
#undef TEXT
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		struct subid_index *index;

		begin();
		add_bytes(files[i].bytes, files[i].len);
		index = build();
		assert_int_equal(index->n_lines, 0);
		assert_int_equal(count_owners(index), 0);
		check_questions_near_the_ends(index);
		end(index);
	}
}

/* The shortest lines take the most memory of an index for each byte of the file. */
static void a_file_of_the_shortest_lines_fits_its_index(void **state)
{
	(void)state;
	for (uint32_t lines = 1; lines < 60; lines++)
		for (size_t missing_newlines = 0; missing_newlines < 2; missing_newlines++) {
			struct subid_index *index;

			begin();
			for (uint32_t i = 0; i < lines; i++)
				add("%c:%u:%u\n", (char)('A' + i), i * 2 % 10, 1 + i * 4 % 9);
			/* Without and with a newline at the end. */
			text_len -= missing_newlines;
			index = build();
			assert_int_equal(index->n_lines, lines);
			assert_int_equal(count_owners(index), lines);
			for (uint32_t i = 0; i < lines; i++) {
				char name[2] = { (char)('A' + i), '\0' };

				check_three_questions(lines, index, name, i * 2 % 10, 0);
			}
			end(index);
		}
}

static void the_longest_owners_are_told_apart(void **state)
{
	static char name[SUBID_OWNER_MAX_BYTES + 2];
	struct subid_index *index;

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	add("%s:1:1\n", name);
	for (size_t len = SUBID_OWNER_MAX_BYTES; len > SUBID_OWNER_MAX_BYTES - 20; len--) {
		name[len] = '\0';
		add("%s:%u:1\n", name, (unsigned int)(SUBID_OWNER_MAX_BYTES - len) % 10);
	}
	index = build();
	memset(name, 'a', sizeof(name) - 1);
	for (size_t len = SUBID_OWNER_MAX_BYTES; len > SUBID_OWNER_MAX_BYTES - 22; len--) {
		name[len] = '\0';
		check_three_questions(len, index, name, (uint32_t)len % 10, 0);
	}
	end(index);
}

/* --- overlaps ------------------------------------------------------------------ */

/* Checks each file of @lines lines, with each owner, start and count in each line. */
static void check_arrangements(uint32_t lines, uint32_t starts, uint32_t counts,
			       const char *const *owners, uint32_t n_owners)
{
	uint32_t choices = starts * counts * n_owners, files = 1;

	for (uint32_t n = 0; n < lines; n++)
		files *= choices;
	for (uint32_t file = 0; file < files; file++) {
		struct subid_index *index;
		uint32_t rest = file;

		begin();
		for (uint32_t n = 0; n < lines; n++, rest /= choices)
			add("%s:%u:%u\n", owners[rest % choices / (starts * counts)],
			    rest % starts + 1, rest % (starts * counts) / starts + 1);
		index = build();
		for (uint32_t i = 0; i < starts + counts + 1; i++)
			for (uint32_t n = 0; n < n_owners; n++)
				check_three_questions(file, index, owners[n], i, i);
		end(index);
	}
}

/* Two ranges can be apart, touch, overlap, nest, have equal starts or ends, or be equal. */
static void every_arrangement_of_two_lines_is_answered_as_by_a_scan(void **state)
{
	static const char *const owners[] = { "ann", "bob" };

	(void)state;
	check_arrangements(2, 4, 4, owners, 2);
}

/* Three ranges can also be a chain, and one of them can overlap both others. */
static void every_arrangement_of_three_lines_is_answered_as_by_a_scan(void **state)
{
	static const char *const owners[] = { "ann" };

	(void)state;
	check_arrangements(3, 3, 3, owners, 1);
}

/* These answers are worked out by hand, so they show an error that index and scan share. */
static void the_first_line_of_the_file_with_an_id_wins(void **state)
{
	static const struct {
		const char *reason, *file;
		uint32_t id;
		const char *owner;
		uint64_t position;
	} rows[] = {
		{ "equal, the first", "a:10:5\nb:10:5\n", 12, "a", 2 },
		{ "nested, the outer first", "a:10:9\nb:12:3\n", 13, "a", 3 },
		{ "nested, the inner first", "b:12:3\na:10:9\n", 13, "b", 1 },
		{ "nested, behind the inner", "b:12:3\na:10:9\n", 17, "a", 7 },
		{ "nested, before the inner", "b:12:3\na:10:9\n", 11, "a", 1 },
		{ "equal starts, the long first", "a:10:9\nb:10:2\n", 11, "a", 1 },
		{ "equal starts, the short first", "b:10:2\na:10:9\n", 11, "b", 1 },
		{ "equal starts, behind the short", "b:10:2\na:10:9\n", 12, "a", 2 },
		{ "equal ends, the short first", "b:15:4\na:10:9\n", 18, "b", 3 },
		{ "a chain, the first overlap", "a:10:5\nb:13:5\nc:16:5\n", 14, "a", 4 },
		{ "a chain, the second range", "a:10:5\nb:13:5\nc:16:5\n", 15, "b", 2 },
		{ "a chain, the third range", "a:10:5\nb:13:5\nc:16:5\n", 20, "c", 4 },
		{ "a chain, the last range first", "c:16:5\nb:13:5\na:10:5\n", 17, "c", 1 },
		{ "a long range, then short ones", "a:0:90\nb:5:1\nc:7:1\n", 50, "a", 50 },
		{ "short ranges, then a long one", "b:5:1\nc:7:1\na:0:90\n", 50, "a", 50 },
		{ "the first of five entries", "z:0:99\na:9:1\na:8:1\na:7:1\nb:6:9\n", 12, "z",
		  12 },
		{ "touching", "a:10:5\nb:15:5\n", 15, "b", 0 },
		{ "two lines of one owner, the first", "a:10:5\na:12:5\n", 13, "a", 3 },
		{ "two lines of one owner, the second", "a:10:5\na:12:5\n", 16, "a", 9 },
		{ "the last ID", "a:4294967290:6\nb:4294967294:2\n", UINT32_MAX, "a", 5 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct subid_index *index;
		struct answer got;
		struct question q = question(BY_ID, NULL, rows[i].id, 0);

		begin();
		add("%s", rows[i].file);
		index = build();
		ask_index(index, &q, &got);
		check_int(rows[i].reason, got.r, 0);
		check_text(rows[i].reason, got.owner.text, rows[i].owner);
		check_int(rows[i].reason, (intmax_t)got.position, (intmax_t)rows[i].position);
		end(index);
	}
}

/* Checks the order and the reach of lines[], on which the search for an ID relies. */
static void check_order(const struct subid_index *index)
{
	uint32_t reach = 0, above = 0;
	uint64_t numbers = 0;

	for (uint32_t i = 0; i < index->n_lines; i++) {
		const struct subid_index_line *line = &index->lines[i];

		assert_in_range(line->range.start, above, UINT32_MAX);
		above = line->range.start;
		assert_int_equal(line->reach, reach);
		if (subid_range_last(&line->range) > reach)
			reach = subid_range_last(&line->range);
		numbers += line->number;
	}
	/* The sum is right if lines[] has each line once. */
	assert_int_equal(numbers, (uint64_t)index->n_lines * (index->n_lines - 1) / 2);
}

/* --- guesses ----------------------------------------------------------------- */

/* Asks about the first and the last ID of each line, and about those beside them. */
static void check_edges(const struct subid_index *index)
{
	for (uint32_t i = 0; i < index->n_lines; i++) {
		const struct subid_range *range = &index->lines[i].range;
		uint32_t last = subid_range_last(range);
		const uint32_t edges[] = { range->start - 1, range->start, last, last + 1 };

		for (size_t e = 0; e < COUNT_OF(edges); e++)
			check_three_questions(i, index, "alice", edges[e], e);
	}
}

/* In each of them, the guess at the entry of some ID is wrong, or at the end of lines[]. */
static void a_wrong_guess_at_an_entry_changes_no_answer(void **state)
{
	static const char *const files[] = {
		"alice:10:10\nbob:20:10\na:30:10\n",
		"alice:10:10\nbob:20:10\na:31:10\nalic:45:10\n",
		"alice:10:10\nbob:20:10\na:30:10\nalic:4000000000:10\n",
		"alice:0:1\nbob:1000000:10\na:1000010:10\nalic:1000020:10\n",
		"alice:10:10\nbob:10:10\na:10:20\nalic:30:10\nbob:30:5\n",
		"alice:5:1\nbob:6:1\na:7:1\nalic:8:1\nbob:4294967290:6\n",
		"alice:10:100\nbob:20:10\na:30:10\nalic:40:10\nbob:50:2\n",
		"alice:4294967295:1\n",
		"alice:0:1\nbob:4294967295:1\n",
	};

	(void)state;
	check_files(files, COUNT_OF(files), check_edges);
}

static void a_single_range_far_above_the_others_does_not_spoil_the_guess(void **state)
{
	struct subid_index *index;

	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		add("u%" PRIu32 ":%" PRIu32 ":65536\n", i, 100000 + i * 65536);
	add("containers:2147483647:2147483648\n");
	index = build();
	assert_int_equal(index->step, 65536);
	end(index);
}

/* The place of an owner may come from another file, or from an earlier version of this one. */
static void an_owner_is_found_whatever_its_place(void **state)
{
	static const uint32_t places[] = { 0, 1, 2, 3, 4, 5, 6, UINT32_MAX };
	static const char *const owners[] = { "alice", "bob", "1000", "nobody" };
	struct subid_index *index;

	(void)state;
	add("alice:50:3\nbob:10:5\nalice:20:2\nbob:40:1\nalice:0:4\n1000:21:9\n");
	index = build();
	for (size_t n = 0; n < COUNT_OF(owners); n++)
		for (uint64_t position = 0; position < 12; position++)
			for (size_t p = 0; p < COUNT_OF(places); p++) {
				struct question q = question(BY_POSITION, owners[n], 0, position);

				q.owner.place = places[p];
				check_question(p, index, &q);
			}
	end(index);
}

static void an_owner_that_is_found_has_the_place_of_its_line(void **state)
{
	static struct answer got;
	struct question q = question(BY_ID, NULL, 12, 0);
	struct subid_index *index;

	(void)state;
	add("alice:50:3\nbob:10:5\nalice:20:2\n");
	index = build();
	ask_index(index, &q, &got);
	assert_int_equal(got.owner.place, 0);
	q.id = 50;
	ask_index(index, &q, &got);
	assert_int_equal(got.owner.place, 2);
	end(index);
}

/* --- many lines -------------------------------------------------------------- */

static int ask(const struct subid_index *index, enum sought sought, const char *name, uint32_t id,
	       uint64_t position, struct answer *ret)
{
	const struct question q = question(sought, name, id, position);

	ask_index(index, &q, ret);
	if (ret->r == 0 && sought == BY_ID)
		assert_string_equal(ret->owner.text, name);
	return ret->r;
}

/* Checks by all three questions that @id is at @position of the owner @name. */
static void check_position(const struct subid_index *index, const char *name, uint32_t id,
			   uint64_t position)
{
	static struct answer got;

	check_int(name, ask(index, BY_ID, name, id, 77, &got), 0);
	check_int(name, (intmax_t)got.position, (intmax_t)position);
	check_int(name, ask(index, BY_OWNER, name, id, 77, &got), 0);
	check_int(name, (intmax_t)got.position, (intmax_t)position);
	check_int(name, ask(index, BY_POSITION, name, 77, position, &got), 0);
	check_int(name, got.id, id);
}

/* The lines of a file that grows over time are not in the order of their IDs. */
static uint32_t shuffled(uint32_t i)
{
	return (uint32_t)((uint64_t)i * 40503 % MANY);
}

static void many_disjoint_ranges_are_all_found(void **state)
{
	struct subid_index *index;
	static struct answer got;
	char name[16];

	(void)state;
	for (uint32_t i = 0; i < MANY; i++)
		add("u%" PRIu32 ":%" PRIu32 ":65535\n", shuffled(i), shuffled(i) * 65536);
	index = build();
	assert_int_equal(count_owners(index), MANY);
	assert_int_equal(index->n_lines, MANY);
	check_order(index);
	for (uint32_t i = 0; i < MANY; i++) {
		(void)snprintf(name, sizeof(name), "u%" PRIu32, i);
		check_position(index, name, i * 65536, 0);
		check_position(index, name, i * 65536 + 65534, 65534);
		assert_int_equal(ask(index, BY_ID, name, i * 65536 + 65535, 0, &got), -ENOENT);
		assert_int_equal(ask(index, BY_OWNER, name, (i + 1) * 65536, 0, &got), -ENOENT);
		assert_int_equal(ask(index, BY_POSITION, name, 0, 65535, &got), -ENOENT);
	}
	assert_int_equal(ask(index, BY_ID, name, UINT32_MAX, 0, &got), -ENOENT);
	end(index);
}

static struct subid_range equal_ranges(uint32_t i)
{
	(void)i;
	return (struct subid_range){ 100000, 65536 };
}

static struct subid_range nested_inner_first(uint32_t i)
{
	return (struct subid_range){ 100000 - i, 2 * i + 1 };
}

static struct subid_range nested_outer_first(uint32_t i)
{
	return nested_inner_first(MANY - i);
}

static struct subid_range stairs_up(uint32_t i)
{
	return (struct subid_range){ 1000 + i, MANY };
}

static struct subid_range stairs_down(uint32_t i)
{
	return stairs_up(MANY - i);
}

static struct subid_range to_the_last_id(uint32_t i)
{
	return (struct subid_range){ UINT32_MAX - 2 * i, 2 * i + 1 };
}

static struct subid_range nearly_equal_ends(uint32_t i)
{
	uint32_t start = shuffled(i);

	return (struct subid_range){ start * 3, 3 * (MANY - start) + i % 7 };
}

static void many_overlapping_ranges_are_all_found(void **state)
{
	static struct subid_range (*const shapes[])(uint32_t) = {
		equal_ranges, nested_inner_first, nested_outer_first, stairs_up,
		stairs_down,  to_the_last_id,	  nearly_equal_ends,
	};

	(void)state;
	for (size_t s = 0; s < COUNT_OF(shapes); s++) {
		struct chance chance = { s };
		struct subid_index *index;
		char name[16];

		begin();
		for (uint32_t i = 0; i < MANY; i++) {
			struct subid_range range = shapes[s](i);

			add("u%" PRIu32 ":%" PRIu32 ":%" PRIu32 "\n", i, range.start, range.count);
		}
		index = build();
		assert_int_equal(index->n_lines, MANY);
		check_order(index);

		for (int q = 0; q < 50; q++) {
			struct subid_range range = shapes[s](chance_below(&chance, MANY));
			uint32_t edges[] = { range.start, range.start + range.count - 1,
					     range.start + chance_below(&chance, range.count) };
			uint32_t id = edges[q % 3], first = 0, i;
			static struct answer got;

			/* By ID, the first line with it gives the owner. */
			for (range = shapes[s](0); !subid_range_contains(&range, id);)
				range = shapes[s](++first);
			(void)snprintf(name, sizeof(name), "u%" PRIu32, first);
			check_position(index, name, id, id - range.start);

			/* By owner, any line with the ID gives its position. */
			do {
				i = chance_below(&chance, MANY);
				range = shapes[s](i);
			} while (!subid_range_contains(&range, id));
			(void)snprintf(name, sizeof(name), "u%" PRIu32, i);
			assert_int_equal(ask(index, BY_OWNER, name, id, 77, &got), 0);
			assert_int_equal(got.position, id - range.start);
			assert_int_equal(ask(index, BY_POSITION, name, 77, got.position, &got), 0);
			assert_int_equal(got.id, id);
		}
		end(index);
	}
}

static void positions_of_many_ranges_follow_the_order_of_the_file(void **state)
{
	struct subid_index *index;
	static struct answer got;
	uint64_t ids_above = 0;

	(void)state;
	add("bob:5:3\n");
	for (uint32_t i = 0; i < MANY; i++)
		add("alice:%" PRIu32 ":%" PRIu32 "\n", shuffled(i) * 65536, 1 + i % 1000);
	index = build();
	assert_int_equal(count_owners(index), 2);
	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t start = shuffled(i) * 65536;

		/* Only some lines: a lookup walks over the owner's lines above. */
		if (start != 0 && (i % 97 == 0 || i == MANY - 1)) {
			check_position(index, "alice", start, ids_above);
			check_position(index, "alice", start + i % 1000, ids_above + i % 1000);
		}
		ids_above += 1 + i % 1000;
	}
	assert_int_equal(ask(index, BY_POSITION, "alice", 0, ids_above, &got), -ENOENT);
	check_position(index, "bob", 6, 1);
	end(index);
}

static void an_owner_with_many_ranges_is_found_below_overlapping_lines(void **state)
{
	(void)state;
	for (uint32_t ranges = 1; ranges < 20; ranges++) {
		struct subid_index *index;

		begin();
		add("bob:3:2\nbob:7:9\n");
		for (uint32_t i = 0; i < ranges; i++)
			add("alice:%" PRIu32 ":2\n", i * 3 % 20);
		add("alice:0:30\n");
		index = build();
		check_questions_near_the_ends(index);
		end(index);
	}
}

static void the_first_and_the_last_id_are_found(void **state)
{
	struct subid_index *index;
	static struct answer got;

	(void)state;
	add("alice:0:1\nbob:2:1\ncarol:4294967293:1\ndora:4294967295:1\n");
	index = build();
	check_position(index, "alice", 0, 0);
	check_position(index, "bob", 2, 0);
	check_position(index, "carol", UINT32_MAX - 2, 0);
	check_position(index, "dora", UINT32_MAX, 0);
	assert_int_equal(ask(index, BY_ID, "", 1, 0, &got), -ENOENT);
	assert_int_equal(ask(index, BY_ID, "", 3, 0, &got), -ENOENT);
	assert_int_equal(ask(index, BY_ID, "", UINT32_MAX - 1, 0, &got), -ENOENT);
	end(index);
}

/*
 * If the hash spreads owners evenly over a table that is two thirds full, linear probing examines
 * 2 buckets for an owner.
 */
static void numbered_owners_are_spread_over_the_hash_table(void **state)
{
	static const char *const formats[] = { "u%u", "user%05u", "DOMAIN\\user%u", "%u" };
	static const uint32_t counts[] = { 1000, 10000, MANY };

	(void)state;
	for (size_t f = 0; f < COUNT_OF(formats); f++)
		for (size_t c = 0; c < COUNT_OF(counts); c++) {
			struct subid_index *index;
			uint64_t probes = 0;

			begin();
			for (uint32_t i = 0; i < counts[c]; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
				add(formats[f], 1000 + i);
#pragma GCC diagnostic pop
				add(":%" PRIu32 ":1\n", i);
			}
			index = build();
			assert_in_range(index->n_buckets, counts[c] + counts[c] / 2,
					counts[c] + counts[c] / 2 + 1);
			for (uint32_t i = 0; i < index->n_buckets; i++) {
				const struct subid_index_line *line;

				if (index->buckets[i] == 0)
					continue;
				line = &index->lines[index->buckets[i] - 1];
				probes +=
					1 + (i + index->n_buckets -
					     subid_index_bucket(index, index->owners + line->owner,
								line->owner_len)) %
						    index->n_buckets;
			}
			end(index);
			check_int(formats[f], probes / counts[c] > 3, false);
		}
}

static void an_owner_with_2_to_the_32_ids_or_more_is_refused(void **state)
{
	static const struct {
		const char *file;
		int r;
	} rows[] = {
		{ "alice:0:4294967295\n", 0 },
		{ "alice:0:4294967294\nbob:0:4294967295\nalice:7:1\n", 0 },
		{ "alice:0:4294967295\nalice:7:1\n", -E2BIG },
		{ "alice:7:1\nbob:9:1\nalice:0:4294967295\n", -E2BIG },
		{ "alice:0:2147483648\nalice:0:2147483648\n", -E2BIG },
		{ "bob:0:4294967295\nalice:1:4294967295\nalice:1:4294967295\n", -E2BIG },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct stat stamp;

		begin();
		add("%s", rows[i].file);
		if (rows[i].r == 0) {
			struct subid_index *index = build();

			check_position(index, "alice", 7, 7);
			end(index);
		} else {
			stamp = write_text();
			check_build_fails(rows[i].file, &stamp, rows[i].r);
		}
	}
}

/* Adds lines of owners whose search begins in one of the first 8 of @n_buckets buckets. */
static void add_colliding(uint32_t n_owners, uint32_t n_buckets)
{
	const struct subid_index like = { .n_buckets = n_buckets };
	char owner[16];

	for (uint32_t n = 0, found = 0; found < n_owners; n++) {
		int len = snprintf(owner, sizeof(owner), "%" PRIx32, n);

		if (subid_index_bucket(&like, owner, (size_t)len) < 8)
			add("%s:%" PRIu32 ":1\n", owner, 100000 + found++);
	}
}

static void a_file_of_colliding_owners_is_refused_before_building_gets_slow(void **state)
{
	struct subid_index *index;
	struct stat stamp;

	(void)state;
	begin();
	add_colliding(60, 91);
	index = build();
	end(index);

	begin();
	add_colliding(600, 901);
	stamp = write_text();
	check_build_fails("600 owners in 8 buckets", &stamp, -E2BIG);
}

/* Adds lines of owners whose search begins in this bucket of @n_buckets. */
static void add_owners_of_bucket(uint32_t bucket, uint32_t n_owners, uint32_t n_buckets)
{
	const struct subid_index like = { .n_buckets = n_buckets };
	char owner[16];

	for (uint32_t n = 0, found = 0; found < n_owners; n++) {
		int len = snprintf(owner, sizeof(owner), "%" PRIx32, n);

		if (subid_index_bucket(&like, owner, (size_t)len) == bucket) {
			add("%s:%" PRIu32 ":1\n", owner, 100000 + found);
			found++;
		}
	}
}

/* Of n owners of one bucket, the last one passes n - 1 others, and all pass n * (n - 1) / 2. */
static void a_line_passes_32_other_owners_on_average_at_most(void **state)
{
	static const struct {
		const char *reason;
		uint32_t in_one_bucket, alone;
		int r;
	} rows[] = {
		{ "2080 of 2080", 65, 0, 0 },
		{ "2145 of 2112", 66, 0, -E2BIG },
		{ "2145 of 2144", 66, 1, -E2BIG },
		{ "2145 of 2176", 66, 2, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint32_t n = rows[i].in_one_bucket + rows[i].alone, n_buckets = n + n / 2 + 1;
		struct stat stamp;

		begin();
		add_owners_of_bucket(0, rows[i].in_one_bucket, n_buckets);
		for (uint32_t other = 0; other < rows[i].alone; other++)
			add_owners_of_bucket(80 + other, 1, n_buckets);
		if (rows[i].r == 0) {
			end(build());
		} else {
			stamp = write_text();
			check_build_fails(rows[i].reason, &stamp, rows[i].r);
		}
	}
}

/* --- another version --------------------------------------------------------- */

static void replace(void)
{
	scratch_replace("subuid", text);
}

static void edit_in_place(void)
{
	scratch_overwrite("subuid", 0, "bobby");
}

static void append(void)
{
	scratch_append("subuid", "bob:5:1\n");
}

static void truncate_half(void)
{
	assert_int_equal(truncate("subuid", (off_t)text_len / 2), 0);
}

static void truncate_all(void)
{
	assert_int_equal(truncate("subuid", 0), 0);
}

static void remove_file(void)
{
	assert_int_equal(remove("subuid"), 0);
}

static void change_mode_to_0(void)
{
	struct stat before, stamp;

	assert_int_equal(stat("subuid", &before), 0);
	/* Within one tick of the file system's clock, the ctime stays the same. */
	do {
		assert_int_equal(chmod("subuid", 0), 0);
		assert_int_equal(stat("subuid", &stamp), 0);
	} while (stamp.st_ctim.tv_sec == before.st_ctim.tv_sec &&
		 stamp.st_ctim.tv_nsec == before.st_ctim.tv_nsec);
}

static const struct {
	const char *reason;
	void (*change)(void);
	int r;
} changes[] = {
	{ "replaced", replace, -ESTALE },
	{ "edited in place", edit_in_place, -ESTALE },
	{ "appended to", append, -ESTALE },
	{ "truncated to its half", truncate_half, -ESTALE },
	{ "truncated to 0 bytes", truncate_all, -ESTALE },
	{ "removed", remove_file, -ENOENT },
	{ "changed to mode 0", change_mode_to_0, -ESTALE },
};

static struct stat write_large(void)
{
	begin();
	for (uint32_t i = 0; i < 2000; i++)
		add("alice:%" PRIu32 ":1\n", i);
	return write_text();
}

static void a_file_that_changed_before_it_is_read_is_stale(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		struct stat stamp = write_large();
		int r = changes[i].change == change_mode_to_0 && geteuid() != 0 ? -ENOENT
										: changes[i].r;

		changes[i].change();
		check_build_fails(changes[i].reason, &stamp, r);
	}
}

static void a_file_that_changes_while_it_is_read_is_stale(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		struct stat stamp = write_large();
		unsigned int reads;

		for (unsigned int nth = 1;; nth++) {
			stamp = write_large();
			inject_before(INJECT_READ, nth, changes[i].change);
			check_build_fails(changes[i].reason, &stamp, -ESTALE);
			reads = inject_calls(INJECT_READ);
			/* The last read finds the end. */
			if (reads <= nth)
				break;
		}
		assert_in_range(reads, 1, 20);
	}
}

static void write_many_short_lines(void)
{
	text_len = 0;
	while (text_len < 20000)
		add("a:0:1\n");
	scratch_write_bytes("subuid", text, text_len);
}

static void write_long_comments(void)
{
	begin();
	while (text_len < 20000)
		add("#%0*d\n", 998, 0);
}

/*
 * The memory is mapped for the lines that were counted before. So many more lines would reach
 * the guard page of inject.h behind it.
 */
static void a_file_of_more_lines_than_were_counted_is_stale(void **state)
{
	struct stat stamp;

	(void)state;
	write_long_comments();
	stamp = write_text();
	inject_before(INJECT_MMAP, 1, write_many_short_lines);
	check_build_fails("more lines", &stamp, -ESTALE);
}

static void write_few_lines(void)
{
	scratch_overwrite("subuid", 0, "b:0:7\n#");
}

static void a_file_of_fewer_lines_than_were_counted_is_stale(void **state)
{
	struct stat stamp;

	(void)state;
	write_many_short_lines();
	stamp = write_text();
	inject_before(INJECT_MMAP, 1, write_few_lines);
	check_build_fails("fewer lines", &stamp, -ESTALE);
}

/* Neither comments nor lines too short for a range take memory. */
static void only_lines_that_can_delegate_something_are_counted(void **state)
{
	struct subid_index *index;
	size_t few;

	(void)state;
	add("a:0:1\n");
	index = build();
	few = index->size;
	end(index);

	begin();
	add("a:0:1\n");
	for (int i = 0; i < 1000; i++)
		add("a:0:\n");
	index = build();
	assert_int_equal(index->n_lines, 1);
	/* The bytes of the short lines are reserved for owners nevertheless. */
	assert_in_range(index->size, few, few + 5000 + 64);
	end(index);
}

/* This is the size of the mapping. Less memory is used: not all pages for owners are written. */
static void an_index_takes_a_few_times_the_size_of_its_file(void **state)
{
	struct subid_index *index;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++)
		add("user%05" PRIu32 ":%" PRIu32 ":65536\n", i, i * 65536);
	index = build();
	assert_in_range(index->size, text_len, 3 * text_len);
	end(index);

	/* The shortest lines are the worst case. */
	write_many_short_lines();
	index = build();
	assert_in_range(index->size, 6 * text_len, 8 * text_len);
	end(index);
}

static off_t stamp_size;

static void set_stamp_size(struct stat *stamp)
{
	stamp->st_size = stamp_size;
}

/* A network file system may return the old size, before it notices a change by another host. */
static void owners_longer_than_the_size_in_the_stamp_are_stale(void **state)
{
	/* The owners take 10,000 bytes: 2,000 times "alice". */
	static const off_t sizes[] = { 0, 1, 4, 5, 6, 9, 10, 11, 100, 4095, 4096, 4097, 9999 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct stat stamp = write_large();

		stamp.st_size = stamp_size = sizes[i];
		inject_stamp(INJECT_EVERY, set_stamp_size);
		check_build_fails("owners larger than the file", &stamp, -ESTALE);
	}
}

static void a_file_may_be_smaller_than_its_stamp_says(void **state)
{
	static const off_t more[] = { 1, 6, 4096, 1000000, SUBID_INDEX_FILE_MAX_BYTES };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(more); i++) {
		struct subid_index *index = NULL;
		struct stat stamp;

		begin();
		add("alice:5:10\nbob:5:10\n");
		stamp = write_text();
		stamp.st_size = stamp_size = more[i] + (off_t)text_len;
		inject_stamp(INJECT_EVERY, set_stamp_size);
		assert_int_equal(subid_index_build("subuid", &stamp, &index), 0);
		check_position(index, "alice", 7, 2);
		end(index);
	}
}

/* --- faults ------------------------------------------------------------------ */

static void a_build_without_memory_leaves_no_descriptor_and_no_mapping(void **state)
{
	struct subid_index *index = NULL;
	struct stat stamp = write_large();
	unsigned int maps;

	(void)state;
	assert_int_equal(subid_index_build("subuid", &stamp, &index), 0);
	end(index);
	maps = inject_calls(INJECT_MMAP);
	assert_int_equal(maps, 1);

	(void)inject_reset(NULL);
	inject_fail(INJECT_MMAP, 1, ENOMEM);
	check_build_fails("no memory", &stamp, -ENOMEM);
}

static void a_build_with_a_fault_leaves_no_descriptor_and_no_mapping(void **state)
{
	static const struct {
		enum inject_call call;
		int fault, r;
	} rows[] = {
		{ INJECT_OPEN, EMFILE, -EMFILE },  { INJECT_OPEN, EACCES, -ENOENT },
		{ INJECT_FSTAT, ENOMEM, -ENOMEM }, { INJECT_READ, EIO, -EIO },
		{ INJECT_READ, EISDIR, -EISDIR },
	};
	struct stat stamp = write_large();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		for (unsigned int nth = 1;; nth++) {
			struct subid_index *index = NULL;

			(void)inject_reset(NULL);
			inject_fail(rows[i].call, nth, rows[i].fault);
			if (subid_index_build("subuid", &stamp, &index) == 0) {
				assert_false(inject_has_failed(rows[i].call));
				end(index);
				break;
			}
			(void)inject_reset(NULL);
			inject_fail(rows[i].call, nth, rows[i].fault);
			check_build_fails("a fault", &stamp, rows[i].r);
		}
}

static void only_a_file_that_changed_long_ago_and_that_all_may_read_is_indexed(void **state)
{
	static const struct {
		const char *reason;
		mode_t mode;
		off_t size;
		time_t age;
		bool may;
	} rows[] = {
		{ "an ordinary file", S_IFREG | 0644, 100, 60, true },
		{ "a read-only file", S_IFREG | 0444, 100, 60, true },
		{ "an empty file", S_IFREG | 0644, 0, 60, true },
		{ "the largest file", S_IFREG | 0644, SUBID_INDEX_FILE_MAX_BYTES, 60, true },
		{ "too large", S_IFREG | 0644, SUBID_INDEX_FILE_MAX_BYTES + 1, 60, false },
		{ "far too large", S_IFREG | 0644, INT64_C(1) << 40, 60, false },
		{ "not readable by others", S_IFREG | 0640, 100, 60, false },
		{ "not readable by anybody", S_IFREG | 0000, 100, 60, false },
		{ "writable by others, not readable", S_IFREG | 0642, 100, 60, false },
		{ "a FIFO", S_IFIFO | 0644, 100, 60, false },
		{ "a directory", S_IFDIR | 0755, 100, 60, false },
		{ "changed just now", S_IFREG | 0644, 100, 0, false },
		{ "changed a second ago", S_IFREG | 0644, 100, 1, false },
		{ "changed two seconds ago", S_IFREG | 0644, 100, 2, false },
		{ "changed three seconds ago", S_IFREG | 0644, 100, 3, true },
		{ "changed in the future", S_IFREG | 0644, 100, -1000, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct stat stamp = { .st_mode = rows[i].mode, .st_size = rows[i].size };
		struct timespec before, after;
		bool may;

		/* Repeat if the second changes meanwhile, and the age with it. */
		do {
			assert_int_equal(clock_gettime(CLOCK_REALTIME_COARSE, &before), 0);
			stamp.st_ctim.tv_sec = before.tv_sec - rows[i].age;
			may = subid_index_may_hold(&stamp);
			assert_int_equal(clock_gettime(CLOCK_REALTIME_COARSE, &after), 0);
		} while (before.tv_sec != after.tv_sec);
		check_int(rows[i].reason, may, rows[i].may);
	}
}

/* A process may keep its UID and give up a group. */
static void a_file_that_its_user_or_its_group_may_not_read_is_not_indexed(void **state)
{
	static const mode_t modes[] = { 0604, 0044, 0404, 0004 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		struct stat stamp = { .st_mode = S_IFREG | modes[i], .st_size = 100 };

		check_int("not for all", subid_index_may_hold(&stamp), false);
	}
}

/* These are real files of that size, not only stamps. */
static void a_file_of_exactly_the_largest_size_is_indexed(void **state)
{
	struct subid_index *index;
	struct stat stamp;
	uint32_t lines = 0;

	(void)state;
	for (; text_len + 6 + 5 <= SUBID_INDEX_FILE_MAX_BYTES; lines++)
		add_bytes("a:0:1\n", 6);
	add("b:1:1");
	while (text_len < SUBID_INDEX_FILE_MAX_BYTES - 1)
		add_bytes(text_len == 6 * lines + 5 ? "\n" : "#", 1);

	for (size_t more = 0; more < 2; more++, add_bytes("#", 1)) {
		index = build();
		assert_int_equal(index->stamp.st_size, SUBID_INDEX_FILE_MAX_BYTES - 1 + more);
		assert_int_equal(index->n_lines, lines + 1);
		check_position(index, "a", 0, 0);
		check_position(index, "b", 1, 0);
		end(index);
	}

	stamp = write_text();
	assert_int_equal(stamp.st_size, SUBID_INDEX_FILE_MAX_BYTES + 1);
	assert_false(subid_index_may_hold(&stamp));
}

static void an_index_is_only_of_its_own_version(void **state)
{
	struct stat stamp, other;
	struct subid_index *index;

	(void)state;
	add("alice:5:10\n");
	index = build();
	stamp = write_text();
	assert_false(subid_index_is_of(index, &stamp));
	end(index);

	assert_int_equal(subid_index_build("subuid", &stamp, &index), 0);
#define CHECK_FIELD(field) \
	other = stamp;     \
	other.field ^= 1;  \
	check_int(#field, subid_index_is_of(index, &other), false)
	CHECK_FIELD(st_dev);
	CHECK_FIELD(st_ino);
	CHECK_FIELD(st_size);
	CHECK_FIELD(st_mtim.tv_sec);
	CHECK_FIELD(st_mtim.tv_nsec);
	CHECK_FIELD(st_ctim.tv_sec);
	CHECK_FIELD(st_ctim.tv_nsec);
#undef CHECK_FIELD
	other = stamp;
	other.st_atim.tv_sec ^= 1;
	assert_true(subid_index_is_of(index, &other));
	end(index);
	subid_index_free(NULL);
}

int main(void)
{
#define INDEX_TEST(name) cmocka_unit_test_setup(name, setup)
	static const struct CMUnitTest tests[] = {
		INDEX_TEST(an_index_answers_as_a_scan_of_its_file),
		INDEX_TEST(overlapping_lines_are_answered_as_by_a_scan),
		INDEX_TEST(a_file_without_lines_has_an_index_without_owners),
		INDEX_TEST(a_file_of_the_shortest_lines_fits_its_index),
		INDEX_TEST(the_longest_owners_are_told_apart),
		INDEX_TEST(every_arrangement_of_two_lines_is_answered_as_by_a_scan),
		INDEX_TEST(every_arrangement_of_three_lines_is_answered_as_by_a_scan),
		INDEX_TEST(the_first_line_of_the_file_with_an_id_wins),
		INDEX_TEST(a_wrong_guess_at_an_entry_changes_no_answer),
		INDEX_TEST(a_single_range_far_above_the_others_does_not_spoil_the_guess),
		INDEX_TEST(an_owner_is_found_whatever_its_place),
		INDEX_TEST(an_owner_that_is_found_has_the_place_of_its_line),
		INDEX_TEST(many_disjoint_ranges_are_all_found),
		INDEX_TEST(many_overlapping_ranges_are_all_found),
		INDEX_TEST(positions_of_many_ranges_follow_the_order_of_the_file),
		INDEX_TEST(an_owner_with_many_ranges_is_found_below_overlapping_lines),
		INDEX_TEST(the_first_and_the_last_id_are_found),
		INDEX_TEST(numbered_owners_are_spread_over_the_hash_table),
		INDEX_TEST(an_owner_with_2_to_the_32_ids_or_more_is_refused),
		INDEX_TEST(a_file_of_colliding_owners_is_refused_before_building_gets_slow),
		INDEX_TEST(a_line_passes_32_other_owners_on_average_at_most),
		INDEX_TEST(a_file_that_changed_before_it_is_read_is_stale),
		INDEX_TEST(a_file_that_changes_while_it_is_read_is_stale),
		INDEX_TEST(a_file_of_more_lines_than_were_counted_is_stale),
		INDEX_TEST(a_file_of_fewer_lines_than_were_counted_is_stale),
		INDEX_TEST(only_lines_that_can_delegate_something_are_counted),
		INDEX_TEST(an_index_takes_a_few_times_the_size_of_its_file),
		INDEX_TEST(owners_longer_than_the_size_in_the_stamp_are_stale),
		INDEX_TEST(a_file_may_be_smaller_than_its_stamp_says),
		INDEX_TEST(a_build_without_memory_leaves_no_descriptor_and_no_mapping),
		INDEX_TEST(a_build_with_a_fault_leaves_no_descriptor_and_no_mapping),
		INDEX_TEST(only_a_file_that_changed_long_ago_and_that_all_may_read_is_indexed),
		INDEX_TEST(a_file_that_its_user_or_its_group_may_not_read_is_not_indexed),
		INDEX_TEST(a_file_of_exactly_the_largest_size_is_indexed),
		INDEX_TEST(an_index_is_only_of_its_own_version),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
