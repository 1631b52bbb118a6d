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

/* What subuid(5) calls a large file, and what fits the ID space twice over. */
#define MANY 65000

static char text[4 * 1024 * 1024];
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

	/* A new one: ext4 writes a file that was emptied to the disk at once. */
	(void)remove("subuid");
	scratch_write_bytes("subuid", text, text_len);
	assert_int_equal(stat("subuid", &stamp), 0);
	return stamp;
}

/* Of a test that has failed. */
static struct subid_index *left;

static struct subid_index *build(void)
{
	struct stat stamp = write_text();
	struct subid_index *index = NULL;

	assert_true(subid_index_may_hold(&stamp));
	assert_int_equal(subid_index_build("subuid", &stamp, &index), 0);
	assert_non_null(index);
	left = index;
	assert_int_equal(inject_open_files(), 0);
	assert_int_equal(inject_open_maps(), 1);
	assert_true(subid_index_is_of(index, &stamp));
	return index;
}

/* The first of the ranges of the owner whose bucket it is, or NULL. */
static const struct subid_index_range *owner_in(const struct subid_index *index, uint32_t bucket)
{
	uint32_t first = index->buckets[bucket] >> SUBID_INDEX_TAG_BITS;

	return first > 0 ? &index->ranges[first - 1] : NULL;
}

static uint32_t count_owners(const struct subid_index *index)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < index->n_buckets; i++)
		n += owner_in(index, i) != NULL;
	return n;
}

static void end(struct subid_index *index)
{
	subid_index_free(index);
	left = NULL;
	assert_int_equal(inject_open_maps(), 0);
}

static void build_fails(const char *reason, const struct stat *stamp, int want)
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
	subid_index_free(left);
	left = NULL;
	return 0;
}

/* --- the same answers as the file's ------------------------------------------ */

/* Names that begin alike, that read as UIDs, and that almost do. */
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
	/* As long as a range of an index has room for, and longer. */
	"DOMAIN\\user.nam",
	"DOMAIN\\user.name",
	"DOMAIN\\user.names",
};
_Static_assert(sizeof("DOMAIN\\user.name") - 1 == SUBID_INDEX_NAME_BYTES, "the name between");

/* How many IDs the file gives to each of them. */
static uint64_t given[COUNT_OF(names)];

static bool is_given(const char *name, size_t len)
{
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
			return given[i] > 0;
	return false;
}

/* All IDs lie at the two ends of the ID space, so that small files overlap. */
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
	uint32_t start = chance_id(chance), room = UINT32_MAX - start;
	uint32_t count = 1 + chance_below(chance, 10);

	if (chance_below(chance, 12) == 0)
		count = room;
	else if (chance_below(chance, 12) == 0)
		count = UINT32_C(0x80000000) - chance_below(chance, 3);
	/* The ID space has one ID more than a count may say. */
	if (count == 0 || count - 1 > room)
		count = room < UINT32_MAX ? room + 1 : room;

	add("%s:", names[name]);
	add_number(chance, start);
	add(":");
	add_number(chance, count);
	add("\n");
	given[name] += count;
}

static void add_line_of_nobody(struct chance *chance)
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
			add_line_of_nobody(chance);
		else
			add_line(chance);
	}
	if (text_len > 0 && chance_below(chance, 4) == 0)
		text_len--;

	for (size_t i = 0; i < COUNT_OF(names); i++)
		fits = fits && given[i] <= UINT32_MAX;
	return fits;
}

static bool reads_as_uid(const char *name)
{
	uint32_t uid;

	return subid_owner_uid(name, strlen(name), &uid) == 0;
}

static void set_asker(struct subid_owner *asker, const char *name, const char *alias)
{
	if (reads_as_uid(name) && alias) {
		assert_int_equal(subid_owner_set(asker, name, strlen(name)), 0);
		assert_int_equal(subid_owner_set_account(asker, alias), 0);
	} else {
		assert_int_equal(subid_owner_set(asker, name, strlen(name)), 0);
		if (alias)
			subid_owner_set_uid(asker, (uint32_t)strtoul(alias, NULL, 10));
	}
	/* An account's other name is only known from the accounts. */
	asker->resolved = alias != NULL;
}

static void chance_asker(struct chance *chance, struct subid_owner *asker)
{
	const char *name = names[chance_below(chance, COUNT_OF(names))];
	uint32_t how = chance_below(chance, 3);
	const char *alias = NULL;

	if (how == 0)
		alias = reads_as_uid(name)	       ? "alice"
			: chance_below(chance, 2) == 0 ? "1000"
						       : "1001";
	set_asker(asker, name, alias);
	/* Accounts were asked, and there is none. */
	if (how == 1)
		asker->resolved = true;
}

static void chance_place(struct chance *chance, struct subid_place *place)
{
	place->sought = (enum subid_sought)chance_below(chance, 3);
	place->id = chance_id(chance);
	place->position = chance_below(chance, 40);
	if (chance_below(chance, 8) == 0)
		place->position = UINT64_MAX - place->position;
	else if (chance_below(chance, 6) == 0)
		place->position += UINT32_MAX - UINT32_C(20);
	else if (chance_below(chance, 6) == 0)
		place->position += UINT32_C(0x80000000) - 20;
}

static bool same_owner(const struct subid_owner *a, const struct subid_owner *b)
{
	return a->name_len == b->name_len && memcmp(a->name, b->name, a->name_len) == 0 &&
	       a->uid_len == b->uid_len && memcmp(a->uid, b->uid, a->uid_len) == 0 &&
	       a->resolved == b->resolved;
}

static void check_question(uint64_t seed, const struct subid_index *index,
			   const struct subid_owner *asker, const struct subid_place *question)
{
	static struct subid_owner by_index, by_file;
	struct subid_place from_index = *question, from_file = *question;
	int r, r_file;

	by_index = *asker;
	by_file = *asker;
	r = subid_index_ask(index, &by_index, &from_index);
	r_file = subid_files_ask("subuid", &by_file, &from_file);

	/* Who hears nothing asks the file, with the owner as the index left him. */
	if (r == SUBID_INDEX_SILENT && is_given(by_index.name, by_index.name_len) &&
	    is_given(by_index.uid, by_index.uid_len))
		r = subid_files_ask("subuid", &by_index, &from_index);

	if (r != r_file || from_index.id != from_file.id ||
	    from_index.position != from_file.position || from_index.sought != from_file.sought ||
	    !same_owner(&by_index, &by_file))
		fail_msg("seed %" PRIu64 ": %s (uid %.*s, %s) asks %d for ID %" PRIu32
			 ", position %" PRIu64 ": the index says %d, %s, %" PRIu32 ", %" PRIu64
			 ", the file %d, %s, %" PRIu32 ", %" PRIu64 "\n%s",
			 seed, asker->name_len > 0 ? asker->name : "nobody", (int)asker->uid_len,
			 asker->uid, asker->resolved ? "resolved" : "not resolved",
			 question->sought, question->id, question->position, r, by_index.name,
			 from_index.id, from_index.position, r_file, by_file.name, from_file.id,
			 from_file.position, text);
}

static void chance_question(struct chance *chance, uint64_t seed, const struct subid_index *index)
{
	static struct subid_owner asker;
	struct subid_place place;

	chance_place(chance, &place);
	chance_asker(chance, &asker);
	if (place.sought == SUBID_SEEK_OWNER && chance_below(chance, 2) == 0)
		asker = (struct subid_owner){ .name_len = 0 };
	check_question(seed, index, &asker, &place);
}

static void an_index_says_what_its_file_says(void **state)
{
	/* For a longer run than that of every day. */
	const char *knob = getenv("TEST_INDEX_FILES");
	unsigned long files = knob ? strtoul(knob, NULL, 10) : 1500, refused = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= files; seed++) {
		struct chance chance = { seed };
		bool fits = add_lines(&chance);
		struct subid_index *index;

		if (!fits) {
			struct stat stamp = write_text();

			build_fails(text, &stamp, -E2BIG);
			refused++;
			continue;
		}
		index = build();
		for (int i = 0; i < 100; i++)
			chance_question(&chance, seed, index);
		end(index);
	}
	/* Or the files are not what they are meant to be. */
	assert_in_range(refused, files / 100, files / 2);
}

/* Every question about a file, not only the ones that chance asks. */
static void check_all(const struct subid_index *index)
{
	static const char *const aliases[] = { NULL, "alice", "1000", "1001" };
	static struct subid_owner asker;

	for (uint32_t i = 0; i < 60; i++)
		for (size_t n = 0; n < COUNT_OF(names); n++)
			for (size_t a = 0; a < COUNT_OF(aliases); a++) {
				uint32_t id = i < 30 ? i : UINT32_MAX - (59 - i);
				struct subid_place place = { .id = id, .position = i };

				if (aliases[a] &&
				    reads_as_uid(names[n]) == reads_as_uid(aliases[a]))
					continue;
				for (int sought = 0; sought < 3; sought++) {
					place.sought = (enum subid_sought)sought;
					set_asker(&asker, names[n], aliases[a]);
					check_question(0, index, &asker, &place);
					asker.resolved = true;
					check_question(0, index, &asker, &place);
					asker = (struct subid_owner){ .name_len = 0 };
					if (place.sought == SUBID_SEEK_OWNER)
						check_question(0, index, &asker, &place);
				}
			}
}

static void every_question_about_a_tangled_file_is_answered_as_by_the_file(void **state)
{
	static const char *const files[] = {
		"alice:5:10\nbob:0:20\nalice:0:20\nalic:3:3\n1000:2:4\n1000:0:3\n",
		"bob:4294967290:6\n1000:3:1\nalice2:4294967280:16\nbob:4294967285:9\na:0:9\n",
		"1001:1:1\nalice:1:2\nalice:1:2\nbob:1:3\nalice:3:1\n4294967295:0:30\n0:7:7\n",
		"1000:5:5\nalice:0:20\nbob:12:2\n",
		"a:10:1\na:9:3\na:8:5\na:7:7\na.b-c:0:30\n0100:2:30\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		struct subid_index *index;

		begin();
		memset(given, 1, sizeof(given));
		add("%s", files[i]);
		index = build();
		check_all(index);
		end(index);
	}
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
	memset(given, 0, sizeof(given));
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		struct subid_index *index;

		begin();
		add_bytes(files[i].bytes, files[i].len);
		index = build();
		assert_int_equal(index->n_segments, 0);
		assert_int_equal(count_owners(index), 0);
		check_all(index);
		end(index);
	}
}

static void a_file_of_the_shortest_lines_fits_its_draft(void **state)
{
	(void)state;
	memset(given, 1, sizeof(given));
	for (uint32_t lines = 1; lines < 60; lines++)
		for (size_t without = 0; without < 2; without++) {
			struct subid_index *index;

			begin();
			/* A start and an end for each, and for each its owner. */
			for (uint32_t i = 0; i < lines; i++)
				add("%c:%u:%u\n", (char)('A' + i), i * 2 % 10, 1 + i * 4 % 9);
			text_len -= without;
			index = build();
			assert_int_equal(count_owners(index), lines);
			assert_in_range(index->n_segments, 1, 2 * lines);
			for (uint32_t i = 0; i < lines; i++) {
				struct subid_place place = { .sought = SUBID_SEEK_ID };
				static struct subid_owner asker;
				char name[2] = { (char)('A' + i), '\0' };

				assert_int_equal(subid_owner_set(&asker, name, 1), 0);
				check_question(0, index, &asker, &place);
				place.sought = SUBID_SEEK_POSITION;
				place.id = i * 2 % 10;
				check_question(0, index, &asker, &place);
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
		struct subid_place place = { .sought = SUBID_SEEK_ID };
		static struct subid_owner asker;

		assert_int_equal(subid_owner_set(&asker, name, len), 0);
		check_question(0, index, &asker, &place);
		place.sought = SUBID_SEEK_OWNER;
		place.id = (uint32_t)len % 10;
		check_question(0, index, &asker, &place);
	}
	end(index);
}

/* --- many lines -------------------------------------------------------------- */

static int ask(const struct subid_index *index, enum subid_sought sought, const char *name,
	       uint32_t id, uint64_t position, struct subid_place *ret)
{
	static struct subid_owner owner;
	int r;

	owner.name_len = 0;
	owner.uid_len = 0;
	owner.resolved = false;
	if (sought != SUBID_SEEK_OWNER)
		assert_int_equal(subid_owner_set(&owner, name, strlen(name)), 0);
	*ret = (struct subid_place){ .sought = sought, .id = id, .position = position };
	r = subid_index_ask(index, &owner, ret);
	if (r == 0)
		assert_string_equal(owner.name, name);
	return r;
}

/* One ID, its owner and its position, asked for in all three ways. */
static void check_place(const struct subid_index *index, const char *name, uint32_t id,
			uint64_t position)
{
	struct subid_place place;

	check_int(name, ask(index, SUBID_SEEK_OWNER, name, id, 77, &place), 0);
	check_int(name, (intmax_t)place.position, (intmax_t)position);
	check_int(name, ask(index, SUBID_SEEK_POSITION, name, id, 77, &place), 0);
	check_int(name, (intmax_t)place.position, (intmax_t)position);
	check_int(name, ask(index, SUBID_SEEK_ID, name, 77, position, &place), 0);
	check_int(name, place.id, id);
}

/* Not in the order of their IDs: so is no file that grows by and by. */
static uint32_t shuffled(uint32_t i)
{
	return (uint32_t)((uint64_t)i * 40503 % MANY);
}

static void many_disjoint_ranges_are_all_found(void **state)
{
	struct subid_index *index;
	struct subid_place place;
	char name[16];

	(void)state;
	for (uint32_t i = 0; i < MANY; i++)
		add("u%" PRIu32 ":%" PRIu32 ":65535\n", shuffled(i), shuffled(i) * 65536);
	index = build();
	assert_int_equal(count_owners(index), MANY);
	assert_int_equal(index->n_segments, MANY);
	for (uint32_t i = 0; i < MANY; i++) {
		(void)snprintf(name, sizeof(name), "u%" PRIu32, i);
		check_place(index, name, i * 65536, 0);
		check_place(index, name, i * 65536 + 65534, 65534);
		assert_int_equal(ask(index, SUBID_SEEK_OWNER, name, i * 65536 + 65535, 0, &place),
				 -ENOENT);
		assert_int_equal(ask(index, SUBID_SEEK_POSITION, name, (i + 1) * 65536, 0, &place),
				 -ENOENT);
		assert_int_equal(ask(index, SUBID_SEEK_ID, name, 0, 65535, &place), -ENOENT);
	}
	assert_int_equal(ask(index, SUBID_SEEK_OWNER, name, UINT32_MAX, 0, &place), -ENOENT);
	end(index);
}

static struct subid_range all_the_same(uint32_t i)
{
	(void)i;
	return (struct subid_range){ 100000, 65536 };
}

static struct subid_range the_inner_first(uint32_t i)
{
	return (struct subid_range){ 100000 - i, 2 * i + 1 };
}

static struct subid_range the_outer_first(uint32_t i)
{
	return the_inner_first(MANY - i);
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

static struct subid_range a_heap_that_never_empties(uint32_t i)
{
	uint32_t start = shuffled(i);

	return (struct subid_range){ start * 3, 3 * (MANY - start) + i % 7 };
}

static void many_overlapping_ranges_are_all_found(void **state)
{
	static struct subid_range (*const shapes[])(uint32_t) = {
		all_the_same, the_inner_first, the_outer_first,		  stairs_up,
		stairs_down,  to_the_last_id,  a_heap_that_never_empties,
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
		assert_in_range(index->n_segments, 1, 2 * MANY);

		for (int q = 0; q < 50; q++) {
			struct subid_range range = shapes[s](chance_below(&chance, MANY));
			uint32_t edges[] = { range.start, range.start + range.count - 1,
					     range.start + chance_below(&chance, range.count) };
			uint32_t id = edges[q % 3], first = 0, i;
			struct subid_place place;

			/* The first line with the ID names it ... */
			for (range = shapes[s](0); !subid_range_contains(&range, id);)
				range = shapes[s](++first);
			(void)snprintf(name, sizeof(name), "u%" PRIu32, first);
			check_place(index, name, id, id - range.start);

			/* ... and every other one has it. */
			do {
				i = chance_below(&chance, MANY);
				range = shapes[s](i);
			} while (!subid_range_contains(&range, id));
			(void)snprintf(name, sizeof(name), "u%" PRIu32, i);
			assert_int_equal(ask(index, SUBID_SEEK_POSITION, name, id, 77, &place), 0);
			assert_int_equal(place.position, id - range.start);
			assert_int_equal(
				ask(index, SUBID_SEEK_ID, name, 77, place.position, &place), 0);
			assert_int_equal(place.id, id);
		}
		end(index);
	}
}

static void an_owner_with_many_ranges_has_them_end_to_end(void **state)
{
	struct subid_index *index;
	struct subid_place place;
	uint64_t laid = 0;

	(void)state;
	add("bob:5:3\n");
	for (uint32_t i = 0; i < MANY; i++)
		add("alice:%" PRIu32 ":%" PRIu32 "\n", shuffled(i) * 65536, 1 + i % 1000);
	index = build();
	assert_int_equal(count_owners(index), 2);
	for (uint32_t i = 0; i < MANY; i++) {
		uint32_t start = shuffled(i) * 65536;

		if (start != 0) {
			check_place(index, "alice", start, laid);
			check_place(index, "alice", start + i % 1000, laid + i % 1000);
		}
		laid += 1 + i % 1000;
	}
	assert_int_equal(ask(index, SUBID_SEEK_ID, "alice", 0, laid, &place), -ENOENT);
	check_place(index, "bob", 6, 1);
	end(index);
}

static void an_owner_with_many_ranges_is_found_below_others(void **state)
{
	(void)state;
	for (uint32_t ranges = 1; ranges < 20; ranges++) {
		struct subid_index *index;

		begin();
		memset(given, 1, sizeof(given));
		add("bob:3:2\nbob:7:9\n");
		for (uint32_t i = 0; i < ranges; i++)
			add("alice:%" PRIu32 ":2\n", i * 3 % 20);
		add("alice:0:30\n");
		index = build();
		check_all(index);
		end(index);
	}
}

static void the_first_and_the_last_id_are_found(void **state)
{
	struct subid_index *index;
	struct subid_place place;

	(void)state;
	add("alice:0:1\nbob:2:1\ncarol:4294967293:1\ndora:4294967295:1\n");
	index = build();
	check_place(index, "alice", 0, 0);
	check_place(index, "bob", 2, 0);
	check_place(index, "carol", UINT32_MAX - 2, 0);
	check_place(index, "dora", UINT32_MAX, 0);
	assert_int_equal(ask(index, SUBID_SEEK_OWNER, "", 1, 0, &place), -ENOENT);
	assert_int_equal(ask(index, SUBID_SEEK_OWNER, "", 3, 0, &place), -ENOENT);
	assert_int_equal(ask(index, SUBID_SEEK_OWNER, "", UINT32_MAX - 1, 0, &place), -ENOENT);
	end(index);
}

/* Linear probing at four fifths full costs 3 looks where owners are spread. */
static void owners_that_are_numbered_do_not_crowd_in_the_table(void **state)
{
	static const char *const formats[] = { "u%u", "user%05u", "DOMAIN\\user%u", "%u" };
	static const uint32_t counts[] = { 1000, 10000, MANY };

	(void)state;
	for (size_t f = 0; f < COUNT_OF(formats); f++)
		for (size_t c = 0; c < COUNT_OF(counts); c++) {
			struct subid_index *index;
			uint64_t looks = 0;

			begin();
			for (uint32_t i = 0; i < counts[c]; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
				add(formats[f], 1000 + i);
#pragma GCC diagnostic pop
				add(":%" PRIu32 ":1\n", i);
			}
			index = build();
			for (uint32_t i = 0; i < index->n_buckets; i++) {
				const struct subid_index_range *first = owner_in(index, i);
				uint32_t hash;

				if (!first)
					continue;
				hash = subid_index_hash(subid_index_owner(index, first),
							first->owner_len);
				looks += 1 + (i + index->n_buckets -
					      subid_index_bucket(hash, index->n_buckets)) %
						     index->n_buckets;
			}
			end(index);
			check_int(formats[f], looks / counts[c] > 4, false);
		}
}

static void an_owner_has_less_than_2_to_the_32_ids(void **state)
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

			check_place(index, "alice", 7, 7);
			end(index);
		} else {
			stamp = write_text();
			build_fails(rows[i].file, &stamp, rows[i].r);
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

static void forbid(void)
{
	struct stat before, stamp;

	assert_int_equal(stat("subuid", &before), 0);
	/* Within one tick of the file's clock its stamp is the same. */
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
	{ "replaced", replace, -ESTALE },   { "edited in place", edit_in_place, -ESTALE },
	{ "longer", append, -ESTALE },	    { "shorter", truncate_half, -ESTALE },
	{ "empty", truncate_all, -ESTALE }, { "removed", remove_file, -ENOENT },
	{ "forbidden", forbid, -ESTALE },
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
		int r = changes[i].change == forbid && geteuid() != 0 ? -ENOENT : changes[i].r;

		changes[i].change();
		build_fails(changes[i].reason, &stamp, r);
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
			build_fails(changes[i].reason, &stamp, -ESTALE);
			reads = inject_calls(INJECT_READ);
			/* The last read finds the end. */
			if (reads <= nth)
				break;
		}
		assert_in_range(reads, 1, 20);
	}
}

static off_t told_size;

static void tell_size(struct stat *stamp)
{
	stamp->st_size = told_size;
}

/* As a file system does that is still to learn of another host's change. */
static void a_file_is_never_more_than_its_stamp_says(void **state)
{
	static const off_t sizes[] = { 0, 1, 5, 6, 7, 11, 12, 13, 100, 4095, 4096, 4097, 20000 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct stat stamp = write_large();

		stamp.st_size = told_size = sizes[i];
		inject_stamp(INJECT_EVERY, tell_size);
		build_fails("larger", &stamp, -ESTALE);
	}
}

static void a_file_may_be_less_than_its_stamp_says(void **state)
{
	static const off_t more[] = { 1, 6, 4096, 1000000, SUBID_INDEX_FILE_MAX_BYTES };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(more); i++) {
		struct subid_index *index = NULL;
		struct stat stamp;

		begin();
		add("alice:5:10\nbob:5:10\n");
		stamp = write_text();
		stamp.st_size = told_size = more[i] + (off_t)text_len;
		inject_stamp(INJECT_EVERY, tell_size);
		assert_int_equal(subid_index_build("subuid", &stamp, &index), 0);
		check_place(index, "alice", 7, 2);
		end(index);
	}
}

/* --- faults ------------------------------------------------------------------ */

static void an_index_without_memory_leaves_nothing_behind(void **state)
{
	struct subid_index *index = NULL;
	struct stat stamp = write_large();
	unsigned int maps;

	(void)state;
	assert_int_equal(subid_index_build("subuid", &stamp, &index), 0);
	end(index);
	maps = inject_calls(INJECT_MMAP);
	assert_in_range(maps, 2, 4);

	for (unsigned int nth = 1; nth <= maps; nth++) {
		(void)inject_reset(NULL);
		inject_fail(INJECT_MMAP, nth, ENOMEM);
		build_fails("no memory", &stamp, -ENOMEM);
	}
}

static void a_fault_leaves_nothing_behind(void **state)
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
			build_fails("a fault", &stamp, rows[i].r);
		}
}

static void only_a_version_that_can_be_told_and_that_all_may_read_is_held(void **state)
{
	static const struct {
		const char *reason;
		mode_t mode;
		off_t size;
		time_t age;
		bool may;
	} rows[] = {
		{ "an ordinary file", S_IFREG | 0644, 100, 60, true },
		{ "one that nobody writes", S_IFREG | 0444, 100, 60, true },
		{ "an empty one", S_IFREG | 0644, 0, 60, true },
		{ "the largest", S_IFREG | 0644, SUBID_INDEX_FILE_MAX_BYTES, 60, true },
		{ "too large", S_IFREG | 0644, SUBID_INDEX_FILE_MAX_BYTES + 1, 60, false },
		{ "far too large", S_IFREG | 0644, INT64_C(1) << 40, 60, false },
		{ "not for others", S_IFREG | 0640, 100, 60, false },
		{ "for nobody", S_IFREG | 0000, 100, 60, false },
		{ "not for others, but to write", S_IFREG | 0642, 100, 60, false },
		{ "no file", S_IFIFO | 0644, 100, 60, false },
		{ "a directory", S_IFDIR | 0755, 100, 60, false },
		{ "changed just now", S_IFREG | 0644, 100, 0, false },
		{ "changed a second ago", S_IFREG | 0644, 100, 1, false },
		{ "changed two seconds ago", S_IFREG | 0644, 100, 2, false },
		{ "changed three seconds ago", S_IFREG | 0644, 100, 3, true },
		{ "of the future", S_IFREG | 0644, 100, -1000, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct stat stamp = { .st_mode = rows[i].mode, .st_size = rows[i].size };
		struct timespec before, after;
		bool may;

		/* Within one second of the clock, or an age is none. */
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
static void a_version_that_its_user_or_its_group_may_not_read_is_not_held(void **state)
{
	static const mode_t modes[] = { 0604, 0044, 0404, 0004 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		struct stat stamp = { .st_mode = S_IFREG | modes[i], .st_size = 100 };

		check_int("not for all", subid_index_may_hold(&stamp), false);
	}
}

static void an_index_is_of_no_version_but_its_own(void **state)
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
		INDEX_TEST(an_index_says_what_its_file_says),
		INDEX_TEST(every_question_about_a_tangled_file_is_answered_as_by_the_file),
		INDEX_TEST(a_file_without_lines_has_an_index_without_owners),
		INDEX_TEST(a_file_of_the_shortest_lines_fits_its_draft),
		INDEX_TEST(the_longest_owners_are_told_apart),
		INDEX_TEST(many_disjoint_ranges_are_all_found),
		INDEX_TEST(many_overlapping_ranges_are_all_found),
		INDEX_TEST(an_owner_with_many_ranges_has_them_end_to_end),
		INDEX_TEST(an_owner_with_many_ranges_is_found_below_others),
		INDEX_TEST(the_first_and_the_last_id_are_found),
		INDEX_TEST(owners_that_are_numbered_do_not_crowd_in_the_table),
		INDEX_TEST(an_owner_has_less_than_2_to_the_32_ids),
		INDEX_TEST(a_file_that_changed_before_it_is_read_is_stale),
		INDEX_TEST(a_file_that_changes_while_it_is_read_is_stale),
		INDEX_TEST(a_file_is_never_more_than_its_stamp_says),
		INDEX_TEST(a_file_may_be_less_than_its_stamp_says),
		INDEX_TEST(an_index_without_memory_leaves_nothing_behind),
		INDEX_TEST(a_fault_leaves_nothing_behind),
		INDEX_TEST(only_a_version_that_can_be_told_and_that_all_may_read_is_held),
		INDEX_TEST(a_version_that_its_user_or_its_group_may_not_read_is_not_held),
		INDEX_TEST(an_index_is_of_no_version_but_its_own),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
