/* SPDX-License-Identifier: BSD-3-Clause */
#include "generate.h"

#include <inttypes.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* SplitMix64: a good one in three lines, and the same everywhere. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static uint64_t below(uint64_t *state, uint64_t limit)
{
	return next_random(state) % limit;
}

static uint64_t begin(uint64_t seed, size_t number)
{
	uint64_t state = seed + UINT64_C(0x100000001) * number;

	(void)next_random(&state);
	return state;
}

/* Numbers as people, tools and accidents write them. */
static const char *const numbers[] = {
	"0",
	"1",
	"7",
	"9",
	"10",
	"65536",
	"100000",
	"2147483647",
	"2147483648",
	"4294901760",
	"4294967294",
	"4294967295",
	"4294967296",
	"4294967297",
	"8589934592",
	"9223372036854775807",
	"9223372036854775808",
	"18446744073709551615",
	"18446744073709551616",
	"99999999999999999999999",
	"00",
	"010",
	"0200000",
	"037777777777",
	"040000000000",
	"08",
	"0x0",
	"0x10",
	"0X1F",
	"0xFFFFFFFF",
	"0xffffffff",
	"0x100000000",
	"0x00000000000000000010",
	"0x",
	"0xg",
	"x10",
	"0b11",
	"0o17",
	"+10",
	"+0x10",
	"+010",
	"++1",
	"+",
	"-0",
	"-1",
	"-10",
	"-4294967296",
	"-18446744073709551615",
	"-18446744073709551606",
	"-",
	" 10",
	"\t10",
	"\v\f\r 10",
	" +10",
	"+ 10",
	" -1",
	"10 ",
	"10\t",
	"10\r",
	"1 0",
	" ",
	"",
	"1e3",
	"10.0",
	"1,000",
	"1_000",
	"ten",
	"\xd9\xa1",
	"10L",
	"0x1p3",
};

/* Every number as a start with every number as a count, each for an owner of its own. */
static void every_number(uint64_t seed, size_t number, struct content *ret)
{
	(void)seed;
	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		content_print(ret, "o%zu:%s:%s\n", i, numbers[number], numbers[i]);
}

static const char *const owners[] = {
	"alice", "alice", "alice", "bob",  "bob",	  "carol", "alias", "1001",
	"1001",	 "1002",  "1003",  "2002", "stale",	  "ghost", "4242",  "containers",
	"a-b.c", "AD\\u", "u@x",   "alic", "alice.smith", "01001", "1",	    "100",
};

static void one_range(uint64_t *state, struct content *ret)
{
	uint64_t step = below(state, 2) ? 10 : 1;
	uint64_t start = 100 + step * below(state, 60 / step);

	content_print(ret, "%s:%" PRIu64 ":%" PRIu64 "\n", owners[below(state, COUNT_OF(owners))],
		      start, 1 + below(state, 20));
}

/* Few IDs, so that ranges overlap, repeat, touch and nest. */
static void crowded(uint64_t seed, size_t number, struct content *ret)
{
	uint64_t state = begin(seed, number);

	for (uint64_t lines = 1 + below(&state, 12); lines > 0; lines--)
		one_range(&state, ret);
}

/* Ranges among which are the UIDs of the owners themselves. */
static void nested(uint64_t seed, size_t number, struct content *ret)
{
	uint64_t state = begin(seed, number);

	for (uint64_t lines = 1 + below(&state, 6); lines > 0; lines--)
		content_print(ret, "%s:%" PRIu64 ":%" PRIu64 "\n",
			      owners[below(&state, COUNT_OF(owners))], 998 + below(&state, 8),
			      1 + below(&state, 4));
}

/* Around the powers of two where a wrong type shows. */
static void edges(uint64_t seed, size_t number, struct content *ret)
{
	static const uint64_t powers[] = { UINT64_C(1) << 16, UINT64_C(1) << 31, UINT64_C(1) << 32,
					   UINT64_C(1) << 63 };
	uint64_t state = begin(seed, number);

	for (uint64_t lines = 1 + below(&state, 6); lines > 0; lines--) {
		uint64_t start = powers[below(&state, 4)] - 3 + below(&state, 6);
		uint64_t count = below(&state, 2) ? 1 + below(&state, 5)
						  : powers[below(&state, 4)] - below(&state, 4);
		const char *owner = owners[below(&state, COUNT_OF(owners))];

		if (below(&state, 4) == 0)
			start = below(&state, 3);
		switch (below(&state, 4)) {
		case 0:
			content_print(ret, "%s:%" PRIu64 ":%" PRIu64 "\n", owner, start, count);
			break;
		case 1:
			content_print(ret, "%s:0x%" PRIx64 ":%" PRIu64 "\n", owner, start, count);
			break;
		case 2:
			content_print(ret, "%s:0%" PRIo64 ":0X%" PRIX64 "\n", owner, start, count);
			break;
		default:
			content_print(ret, "%s:+%" PRIu64 ": %" PRIu64 "\n", owner, start, count);
			break;
		}
	}
}

static void one_oddity(uint64_t *state, struct content *ret)
{
	static const char *const oddities[] = {
		"",
		"#",
		"# alice:1:2",
		"#alice:100:10",
		"+",
		"-",
		"+alice:100:10",
		"-alice:100:10",
		"+@group",
		" alice:100:10",
		"alice :100:10",
		"\talice:100:10",
		"al\x01ice:100:10",
		"\x7f:100:10",
		"\x1b[31m:100:10",
		"../etc:100:10",
		".:100:10",
		"..:100:10",
		"a/b:100:10",
		"\357\273\277alice:100:10",
		"J\xc3\xb6rg:100:10",
		"\xff\xfe:100:10",
		"alice:100:10:",
		"alice:100:10:x",
		"alice:100:10:20",
		"alice:100",
		"alice:100:",
		"alice::10",
		":100:10",
		"::",
		"alice",
		"alice:100:0",
		"alice:100:10\r",
		"alice:100:10 ",
		"alice: 100: 10",
		"alice:-1:1",
		"root:100:10",
		"0:100:10",
		"00:100:10",
		"4294967295:100:10",
		"4294967296:100:10",
		"99999999999:100:10",
		"subuid-alice-100:110:10",
		"alice:4294967295:2",
		"alice:4294967295:1",
		"alice:1:4294967295",
		"alice:0:4294967296",
	};

	if (below(state, 24) == 0)
		content_add(ret, "alice:100\0:10\nbob:100:10", 24);
	else
		content_print(ret, "%s", oddities[below(state, COUNT_OF(oddities))]);
	content_print(ret, "\n");
}

/* Good lines among bad ones, often without the last newline. */
static void odd(uint64_t seed, size_t number, struct content *ret)
{
	uint64_t state = begin(seed, number);

	for (uint64_t lines = 1 + below(&state, 5); lines > 0; lines--) {
		one_oddity(&state, ret);
		if (below(&state, 2))
			one_range(&state, ret);
	}
	if (below(&state, 4) == 0)
		ret->len--;
}

/* Lines as long as buffers are, in both programs: 1024, 4096, 8192. */
static void long_lines(uint64_t seed, size_t number, struct content *ret)
{
	static const size_t lengths[] = { 1015, 1023, 1024, 2047, 4090, 8185, 12280 };
	uint64_t state = begin(seed, number);

	for (uint64_t lines = 1 + below(&state, 3); lines > 0; lines--) {
		size_t len = lengths[below(&state, COUNT_OF(lengths))] - 2 + below(&state, 12);
		size_t at = ret->len;

		switch (below(&state, 3)) {
		case 0: /* a long owner */
			while (ret->len < at + len - 7)
				content_add(ret, "l", 1);
			content_add(ret, ":100:10\n", 8);
			break;
		case 1: /* a long number */
			content_add(ret, "alice:", 6);
			while (ret->len < at + len - 6)
				content_add(ret, "0", 1);
			content_add(ret, "144:10\n", 7);
			break;
		default: /* good lines that end where a buffer does */
			while (ret->len < at + len)
				content_add(ret, "#\n", 2);
			break;
		}
		one_range(&state, ret);
	}
}

/* Another family's file with some bytes changed. */
static void damaged(uint64_t seed, size_t number, struct content *ret)
{
	static const char bytes[] = "0123456789:::\n\n\r\t +-#xXabfu.\\/\0\x7f\x80";
	uint64_t state = begin(seed ^ 0xdada, number);

	switch (below(&state, 3)) {
	case 0:
		crowded(seed, number, ret);
		break;
	case 1:
		edges(seed, number, ret);
		break;
	default:
		odd(seed, number, ret);
		break;
	}
	for (uint64_t changes = 1 + below(&state, 4); changes > 0 && ret->len > 0; changes--)
		ret->bytes[below(&state, ret->len)] = bytes[below(&state, sizeof(bytes) - 1)];
}

/* As many lines as a large site has. */
static void large(uint64_t seed, size_t number, struct content *ret)
{
	uint64_t state = begin(seed, number);

	for (unsigned int i = 0; i < 65000; i++) {
		if (number == 0)
			content_print(ret, "u%u:%u:65536\n", i / 2, 100000 + i * 65535);
		else if (below(&state, 3))
			content_print(ret, "%" PRIu64 ":%" PRIu64 ":%" PRIu64 "\n",
				      990 + below(&state, 2000), below(&state, UINT32_MAX),
				      1 + below(&state, 65536));
		else
			one_range(&state, ret);
	}
	content_print(ret, "alice:7:3\n");
}

const struct family families[] = {
	{ "every number as a start and as a count", COUNT_OF(numbers), 1, every_number },
	{ "crowded ranges", 0, 1, crowded },
	{ "ranges over the owners' own UIDs", 0, 1, nested },
	{ "edges of 16, 31, 32 and 63 bits", 0, 1, edges },
	{ "bad lines", 0, 1, odd },
	{ "long lines", 0, 5, long_lines },
	{ "damaged files", 0, 1, damaged },
	{ "65,000 lines", 2, 1, large },
};
const size_t families_count = COUNT_OF(families);
