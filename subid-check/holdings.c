/* SPDX-License-Identifier: BSD-3-Clause */
#include "holdings.h"

#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"
#include "segments.h"
#include "survey.h"
#include "tally.h"
#include "tree.h"

/* How many levels above DIR to search for the nearest directory of an account. */
#define ABOVE_MAX 64

/* --- the walk ----------------------------------------------------------------------- */

/* Finds the place in which DIR itself lies, in the directories above it. */
static struct place place_above(const struct whose_map *map, int directory)
{
	struct place place = { .known = false };
	int fd = openat(directory, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; fd >= 0 && i < ABOVE_MAX; i++) {
		struct statx stat;
		int above;

		if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stat) < 0 ||
		    tally_place(whose_id(map, SUBID_UID, stat.stx_uid).whose, &stat, &place))
			break;
		above = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		(void)close(fd);
		fd = above;
	}
	if (fd >= 0)
		(void)close(fd);
	return place;
}

static int walk(const struct root *root, const char *path, bool mounts, struct holdings *holdings,
		struct tally *tallies)
{
	const struct tree_visitor visitor = {
		.visit = tally_visit,
		.unread = tally_unread,
		.contexts = { &tallies[0], &tallies[1] },
	};
	struct tree_request request = { .path = path, .mounts = mounts };
	struct tree_count tree;
	int r;

	request.fd = root_open_directory(root, path);
	if (request.fd < 0)
		return request.fd;
	request.place = place_above(&holdings->map, request.fd);
	r = tree_walk(&request, &visitor, &tree);
	(void)close(request.fd);
	if (r < 0)
		return r;
	holdings->n += tree.files;
	holdings->mounts += tree.mounts;
	return 0;
}

/* --- what both workers have seen ------------------------------------------------------ */

static void join_uses(struct holdings *holdings, enum subid_kind kind, const struct tally *tallies)
{
	size_t n = holdings->map.segments[kind].n;

	holdings->uses[kind] =
		(struct holdings_use *)memory_check(calloc(n, sizeof(struct holdings_use)));
	for (size_t i = 0; i < n; i++) {
		struct holdings_use all = { .files = 0 };

		for (size_t worker = 0; worker < TREE_WORKERS_MAX; worker++) {
			const struct holdings_use *use = &tallies[worker].uses[kind][i];

			if (use->files == 0)
				continue;
			if (all.files == 0 || use->ids.first < all.ids.first)
				all.ids.first = use->ids.first;
			if (use->ids.last > all.ids.last)
				all.ids.last = use->ids.last;
			all.owner = use->owner;
			all.files += use->files;
			all.bytes += use->bytes;
		}
		if (all.files > 0)
			holdings->uses[kind][holdings->n_uses[kind]++] = all;
	}
}

static int compare_strays(const void *a, const void *b)
{
	const struct holdings_stray *left = (const struct holdings_stray *)a;
	const struct holdings_stray *right = (const struct holdings_stray *)b;

	return (left->ids.first > right->ids.first) - (left->ids.first < right->ids.first);
}

/* Single IDs that lie in a block, of this worker or the other, are added to the block. */
static void join_strays(struct holdings *holdings, enum subid_kind kind,
			const struct tally *tallies)
{
	size_t most = tallies[0].strays[kind].n + tallies[1].strays[kind].n, n = 0, kept = 0;
	struct holdings_stray *all = (struct holdings_stray *)memory_check(
		calloc(most + 1, sizeof(struct holdings_stray)));

	for (size_t worker = 0; worker < TREE_WORKERS_MAX; worker++) {
		const struct strays *strays = &tallies[worker].strays[kind];

		for (size_t i = 0; i < strays->room; i++)
			if (strays->items[i].ids.last != 0)
				all[n++] = strays->items[i];
	}
	if (n > 0)
		qsort(all, n, sizeof(*all), compare_strays);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || all[i].ids.first > all[kept - 1].ids.last) {
			all[kept++] = all[i];
			continue;
		}
		if (all[i].ids.last > all[kept - 1].ids.last)
			all[kept - 1].ids.last = all[i].ids.last;
		all[kept - 1].files += all[i].files;
		all[kept - 1].bytes += all[i].bytes;
		all[kept - 1].orphans += all[i].orphans;
		all[kept - 1].orphan_bytes += all[i].orphan_bytes;
		all[kept - 1].named += all[i].named;
	}
	holdings->strays[kind] = all;
	holdings->n_strays[kind] = kept;
}

static int compare_marks(const void *a, const void *b)
{
	const struct holdings_mark *left = (const struct holdings_mark *)a;
	const struct holdings_mark *right = (const struct holdings_mark *)b;

	if (left->what != right->what)
		return left->what < right->what ? -1 : 1;
	if (left->id != right->id)
		return left->id < right->id ? -1 : 1;
	return strcmp(left->path, right->path);
}

static void join_marks(struct holdings *holdings, const struct tally *tallies)
{
	holdings->marks = (struct holdings_mark *)memory_check(
		calloc(tallies[0].n_marks + tallies[1].n_marks + 1, sizeof(struct holdings_mark)));
	for (size_t worker = 0; worker < TREE_WORKERS_MAX; worker++) {
		for (size_t i = 0; i < tallies[worker].n_marks; i++)
			holdings->marks[holdings->n_marks++] = tallies[worker].marks[i];
		for (size_t kind = 0; kind < HOLDINGS_MARK_KINDS; kind++)
			holdings->more[kind] += tallies[worker].more[kind];
	}
	if (holdings->n_marks > 0)
		qsort(holdings->marks, holdings->n_marks, sizeof(*holdings->marks), compare_marks);
}

/* --- accounts that only services know ------------------------------------------------- */

static bool services_know(enum subid_kind kind, uint32_t id)
{
	return kind == SUBID_UID ? getpwuid(id) != NULL : getgrgid(id) != NULL;
}

/* Asks for each stray ID once. A block may have IDs of accounts and others, so it stays. */
static void drop_known(struct holdings *holdings, enum subid_kind kind)
{
	size_t kept = 0;

	for (size_t i = 0; i < holdings->n_strays[kind]; i++) {
		const struct holdings_stray *stray = &holdings->strays[kind][i];

		if (stray->ids.first != stray->ids.last || !services_know(kind, stray->ids.first))
			holdings->strays[kind][kept++] = *stray;
	}
	holdings->n_strays[kind] = kept;
}

static bool is_known(const struct holdings *holdings, const struct holdings_mark *mark)
{
	const struct holdings_stray *strays = holdings->strays[mark->kind];
	size_t low = 0, high = holdings->n_strays[mark->kind];

	if (mark->what == HOLDINGS_UNREAD || mark->of.whose == WHOSE_DELEGATED)
		return false;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (strays[middle].ids.first <= mark->id)
			low = middle;
		else
			high = middle;
	}
	return high == 0 || mark->id < strays[low].ids.first || mark->id > strays[low].ids.last;
}

static void ask_services(struct holdings *holdings)
{
	size_t kept = 0;

	drop_known(holdings, SUBID_UID);
	drop_known(holdings, SUBID_GID);
	for (size_t i = 0; i < holdings->n_marks; i++) {
		if (is_known(holdings, &holdings->marks[i]))
			free(holdings->marks[i].path);
		else
			holdings->marks[kept++] = holdings->marks[i];
	}
	holdings->n_marks = kept;
}

/* --- all of it ---------------------------------------------------------------------- */

int holdings_read(const struct root *root, const struct holdings_request *request,
		  const struct survey *survey, struct holdings *ret, const char **ret_failed)
{
	struct tally tallies[TREE_WORKERS_MAX];
	int r = 0;

	*ret = (struct holdings){
		.directories = request->directories,
		.n_directories = request->n,
		.entered_mounts = request->mounts,
	};
	whose_map(survey, &ret->map);
	for (size_t i = 0; i < TREE_WORKERS_MAX; i++)
		tally_begin(&ret->map, &tallies[i]);
	for (size_t i = 0; i < request->n && r == 0; i++) {
		*ret_failed = request->directories[i];
		r = walk(root, request->directories[i], request->mounts, ret, tallies);
	}
	for (size_t kind = 0; kind < 2; kind++) {
		join_uses(ret, (enum subid_kind)kind, tallies);
		join_strays(ret, (enum subid_kind)kind, tallies);
	}
	join_marks(ret, tallies);
	if (survey->all_services)
		ask_services(ret);
	for (size_t i = 0; i < TREE_WORKERS_MAX; i++)
		tally_free(&tallies[i]);
	return r;
}

void holdings_free(struct holdings *holdings)
{
	for (size_t i = 0; i < holdings->n_marks; i++)
		free(holdings->marks[i].path);
	free(holdings->marks);
	for (size_t kind = 0; kind < 2; kind++) {
		free(holdings->uses[kind]);
		free(holdings->strays[kind]);
	}
	if (holdings->map.survey)
		whose_map_free(&holdings->map);
	*holdings = (struct holdings){ .n = 0 };
}

char *holdings_size(uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double size = (double)bytes / 1024;
	size_t unit = 0;

	if (bytes < 1024)
		return memory_print("%" PRIu64 " bytes", bytes);
	for (; size >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
		size /= 1024;
	return memory_print("%.1f %s", size, units[unit]);
}
