/* SPDX-License-Identifier: BSD-3-Clause */
#include "skip.h"

#include <string.h>

/*
 * A usual line fits into 32 bytes. SSE2, which every x86-64 processor has, compares these
 * bytes with a few instructions, so a line costs 30 to 80 instructions instead of over 500.
 * On other processors nothing is skipped, and every line is parsed.
 */
#ifdef __SSE2__

#include <emmintrin.h>

#define LINE_BYTES 32
/* A number is loaded as 8 bytes; the last of them may lie behind the line. */
#define REACH_BYTES (LINE_BYTES + 8)

/* Bit i is set where byte i is @c. */
static uint32_t find_bytes(const char *text, char c)
{
	__m128i low = _mm_loadu_si128((const __m128i_u *)text);
	__m128i high = _mm_loadu_si128((const __m128i_u *)(text + 16));
	__m128i wanted = _mm_set1_epi8(c);
	uint32_t low_bits = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(low, wanted));
	uint32_t high_bits = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(high, wanted));

	return low_bits | high_bits << 16;
}

static uint64_t load_8(const char *text)
{
	uint64_t word;

	memcpy(&word, text, sizeof(word));
	return word;
}

/*
 * The number that 8 decimal digits write; UINT64_MAX for anything else.
 *
 * The bytes of @word are the digits, the first one in the lowest byte. The lowest byte that is
 * no digit sets its top bit: in the subtraction if it is below '0' or above 0xaf, in the
 * addition if it is ':' to 0xb9. Then neighbours are joined: the digits to four numbers of two
 * digits, and these to one number in the upper half of a sum of two products.
 */
static inline uint64_t parse_digits(uint64_t word)
{
	uint64_t digits = word - UINT64_C(0x3030303030303030);

	if (((word + UINT64_C(0x4646464646464646)) | digits) & UINT64_C(0x8080808080808080))
		return UINT64_MAX;

	digits = digits * 10 + (digits >> 8);
	return ((digits & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x000f424000000064) +
		(digits >> 16 & UINT64_C(0x000000ff000000ff)) * UINT64_C(0x0000271000000001)) >>
	       32;
}

/* Load the first 8 digits of a field. If it has fewer, put zeros in front. */
static inline uint64_t load_digits(const char *text, unsigned int len)
{
	uint64_t word = load_8(text);

	if (len < 8)
		word = word << (64 - 8 * len) | UINT64_C(0x0030303030303030) >> (8 * len - 8);
	return word;
}

/*
 * The values that a field of 1 to 10 digits may have: `width` values, of which `least` is the
 * lowest. Only the first 8 digits are read, so a field of 10 digits may have 100 values. `known`
 * is false if the field may be in another notation.
 */
struct span {
	uint64_t least;
	uint64_t width;
	bool known;
};

static inline struct span span_of(const char *text, unsigned int len)
{
	static const uint64_t widths[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 10, 100 };
	struct span span = { .known = false };
	uint64_t first;

	/* A leading zero announces octal or hexadecimal. */
	if (len - 1 > 9 || *text == '0')
		return span;
	first = parse_digits(load_digits(text, len));
	if (first == UINT64_MAX)
		return span;
	span.width = widths[len];
	span.least = first * span.width;
	span.known = true;
	return span;
}

/* Every number of n bytes is smaller than bounds[n], in any notation. */
static const uint64_t bounds[LINE_BYTES] = {
	1,	    10,		100,	    1000,	10000,	    100000,	1000000,
	10000000,   100000000,	1000000000, 1ull << 32, 1ull << 32, 1ull << 32, 1ull << 32,
	1ull << 32, 1ull << 32, 1ull << 32, 1ull << 32, 1ull << 32, 1ull << 32, 1ull << 32,
	1ull << 32, 1ull << 32, 1ull << 32, 1ull << 32, 1ull << 32, 1ull << 32, 1ull << 32,
	1ull << 32, 1ull << 32, 1ull << 32, 1ull << 32,
};

size_t subid_skip_without_id(const char *text, size_t len, uint32_t id)
{
	const char *line = text;

	while ((size_t)(text + len - line) >= REACH_BYTES) {
		uint32_t newlines = find_bytes(line, '\n');
		uint32_t colons = find_bytes(line, ':');
		unsigned int first, second, end;
		struct span start;

		if (newlines == 0 || (colons & (colons - 1)) == 0)
			break;
		end = (unsigned int)__builtin_ctz(newlines);
		first = (unsigned int)__builtin_ctz(colons) + 1;
		second = (unsigned int)__builtin_ctz(colons & (colons - 1));
		if (second > end)
			break;

		/* If the ID is far above the start, the length of the count is enough to see that
		 * the range ends below the ID. */
		start = span_of(line + first, second - first);
		if (!start.known || (id >= start.least &&
				     id - start.least < bounds[end - second - 1] + start.width - 1))
			break;
		line += end + 1;
	}
	return (size_t)(line - text);
}

/* The first 8 bytes of the owner's lines. `mask` leaves out those behind "OWNER:". */
struct beginning {
	uint64_t word;
	uint64_t mask;
};

static struct beginning beginning_of(const struct subid_owner *owner)
{
	char bytes[8] = { 0 }, mask[8] = { 0 };
	size_t len = owner->len;

	memcpy(bytes, owner->text, len < 8 ? len : 8);
	memset(mask, 0xff, len < 8 ? len + 1 : 8);
	if (len < 8)
		bytes[len] = ':';
	return (struct beginning){ .word = load_8(bytes), .mask = load_8(mask) };
}

size_t subid_skip_without_owner(const char *text, size_t len, const struct subid_owner *owner)
{
	const char *line = text;
	struct beginning ours;

	if (len < REACH_BYTES)
		return 0;
	ours = beginning_of(owner);
	while ((size_t)(text + len - line) >= REACH_BYTES) {
		uint32_t newlines = find_bytes(line, '\n');

		if (newlines == 0 || (load_8(line) & ours.mask) == ours.word)
			break;
		line += __builtin_ctz(newlines) + 1;
	}
	return (size_t)(line - text);
}

#else

size_t subid_skip_without_id(const char *text, size_t len, uint32_t id)
{
	(void)text, (void)len, (void)id;
	return 0;
}

size_t subid_skip_without_owner(const char *text, size_t len, const struct subid_owner *owner)
{
	(void)text, (void)len, (void)owner;
	return 0;
}

#endif
