/* SPDX-License-Identifier: BSD-3-Clause */
#include "skip.h"

#include <string.h>

/*
 * 32 bytes hold a usual line. Compared at once with what every x86-64 has, a
 * line costs 30 to 80 instructions; searched and parsed byte by byte, over 500. Elsewhere
 * nothing is skipped, and every line is parsed.
 */
#ifdef __SSE2__

#include <emmintrin.h>

#define LINE_BYTES 32
/* A number is loaded as 8 bytes, of which the last may lie behind the line. */
#define REACH_BYTES (LINE_BYTES + 8)

/* A bit for each of the 32 bytes that is @c. */
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

/* 8 decimal digits at once; a number above UINT32_MAX for anything else. */
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

/* The first 8 digits, or fewer with zeros in front. */
static inline uint64_t load_digits(const char *text, unsigned int len)
{
	uint64_t word = load_8(text);

	if (len < 8)
		word = word << (64 - 8 * len) | UINT64_C(0x0030303030303030) >> (8 * len - 8);
	return word;
}

/*
 * What 1 to 10 digits may be the decimal of: only the first 8 are looked at.
 * Nothing is known of what may be another notation.
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

	/* After a zero it may be octal or hexadecimal. */
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

/* No number of so many bytes is as large, in whatever notation. */
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

		/* The count need not be known where the ID is far away. */
		start = span_of(line + first, second - first);
		if (!start.known || (id >= start.least &&
				     id - start.least < bounds[end - second - 1] + start.width - 1))
			break;
		line += end + 1;
	}
	return (size_t)(line - text);
}

/* How a line begins that writes its owner this way: as much of it as 8 bytes hold. */
struct beginning {
	uint64_t word;
	uint64_t mask;
};

static struct beginning beginning_of(const char *name, size_t len)
{
	char bytes[8] = { 0 }, mask[8] = { 0 };

	memcpy(bytes, name, len < 8 ? len : 8);
	memset(mask, 0xff, len < 8 ? len + 1 : 8);
	if (len < 8)
		bytes[len] = ':';
	return (struct beginning){ .word = load_8(bytes), .mask = load_8(mask) };
}

size_t subid_skip_without_owner(const char *text, size_t len, const struct subid_owner *owner)
{
	struct beginning name = beginning_of(owner->name, owner->name_len);
	struct beginning uid = beginning_of(owner->uid, owner->uid_len);
	unsigned int uid_digits = owner->resolved ? 0 : 10;
	const char *line = text;

	while ((size_t)(text + len - line) >= REACH_BYTES) {
		uint32_t newlines = find_bytes(line, '\n');
		uint64_t word = load_8(line);

		if (newlines == 0 || (word & name.mask) == name.word ||
		    (word & uid.mask) == uid.word || (unsigned int)*line - '0' < uid_digits)
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
