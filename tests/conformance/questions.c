/* SPDX-License-Identifier: BSD-3-Clause */
#include "questions.h"

#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "report.h"

#define LARGE_BYTES 100000

/* All that are worth asking for; a file of many lines has too many of them. */
static uint32_t *candidates;
static size_t n_candidates, candidates_room;

static uint32_t ids[QUESTIONS_IDS_MAX];
static char owners[QUESTIONS_OWNERS_MAX][EXCHANGE_NAME_BYTES];
static size_t n_owners;

/* The ID, its neighbours, and all of them cut to 32 bits: what a wrong type would see. */
static void add_candidates(unsigned long long id)
{
	if (n_candidates + 3 > candidates_room) {
		candidates_room = 2 * candidates_room + 1024;
		candidates = realloc(candidates, candidates_room * sizeof(*candidates));
		if (!candidates)
			report_bail_out("candidates");
	}
	for (unsigned int i = 0; i < 3; i++)
		candidates[n_candidates++] = (uint32_t)(id + i - 1);
}

static int compare_ids(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void choose_ids(size_t limit, struct original *original)
{
	size_t n = 0;

	qsort(candidates, n_candidates, sizeof(*candidates), compare_ids);
	for (size_t i = 0; i < n_candidates; i++)
		if (n == 0 || candidates[n - 1] != candidates[i])
			candidates[n++] = candidates[i];

	original->n_ids = n < limit ? n : limit;
	for (size_t i = 0; i < original->n_ids; i++)
		ids[i] = candidates[n < limit ? i : i * n / limit];
}

static void add_owner(const char *name, size_t limit)
{
	for (size_t i = 0; i < n_owners; i++)
		if (strcmp(owners[i], name) == 0)
			return;
	if (n_owners < limit)
		strcpy(owners[n_owners++], name);
}

static void choose_from_line(const char *text, size_t len, size_t owners_limit)
{
	char copy[EXCHANGE_NAME_BYTES], *rest = copy, *start, *count;

	if (len >= sizeof(copy))
		return;
	memcpy(copy, text, len);
	copy[len] = '\0';
	add_owner(strsep(&rest, ":"), owners_limit);
	start = strsep(&rest, ":");
	count = strsep(&rest, ":");

	/* As C reads it, and as those who forget about octal do. */
	for (int base = 0; start && count && base <= 10; base += 10) {
		unsigned long long first = strtoull(start, NULL, base);

		add_candidates(first);
		add_candidates(first + strtoull(count, NULL, base));
	}
}

void questions_choose(const struct content *content, enum stored stored, bool gid,
		      struct original *ret)
{
	static const char *const always[] = { "alice", "bob", "1001", "1002", "2002", "stale" };
	bool large = content->len > LARGE_BYTES;
	const char *text;
	size_t at = 0, len;

	n_owners = 0;
	n_candidates = 0;
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		add_owner(always[i], large ? 3 : QUESTIONS_OWNERS_MAX);
	add_candidates(0);
	add_candidates(UINT32_C(1) << 31);
	while (content_line(content, &at, &text, &len))
		choose_from_line(text, len, large ? 5 : QUESTIONS_OWNERS_MAX);
	*ret = (struct original){
		.content = content,
		.stored = stored,
		.gid = gid,
		.ids = ids,
		.owners = owners,
		.n_owners = n_owners,
	};
	choose_ids(large ? 12 : QUESTIONS_IDS_MAX, ret);
}
