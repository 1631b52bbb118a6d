/* SPDX-License-Identifier: BSD-3-Clause */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "acl.h"
#include "capability.h"
#include "memory.h"
#include "segments.h"
#include "survey.h"
#include "tree.h"

#define MARKS_OF_AN_ID 16
#define MARKS_OF_A_KIND 1000
#define STRAYS_MAX 262144
#define BLOCK_IDS 65536
/* Enough for the names of attributes, and for an ACL of 500 entries. */
#define XATTR_BYTES 4096
/* DIR may lie so many levels below the nearest directory of an account. */
#define ABOVE_MAX 64

/* --- a tally: what one worker has seen ---------------------------------------------- */

/* Stray IDs, in a table with open addressing, at most half full. */
struct strays {
	struct files_stray *items; /* .ids.last is 0: empty, since 0 is root's */
	size_t n, room;
};

/* The last ID that was asked for: most files have the owner of the one before. */
struct recent {
	bool valid;
	uint32_t id;
	struct whose_answer answer;
};

struct tally {
	const struct whose_map *map;
	struct files_use *uses[2]; /* by segment */
	uint32_t *kept[2];	   /* marks of each segment */
	struct strays strays[2];
	struct recent recent[2];
	struct files_mark *marks;
	size_t n_marks, marks_room, of_kind[FILES_MARK_KINDS];
	uint64_t more[FILES_MARK_KINDS];
};

static void begin_tally(const struct whose_map *map, struct tally *ret)
{
	*ret = (struct tally){ .map = map };
	for (size_t kind = 0; kind < 2; kind++) {
		size_t n = map->segments[kind].n;

		ret->uses[kind] =
			(struct files_use *)memory_check(calloc(n, sizeof(struct files_use)));
		ret->kept[kind] = (uint32_t *)memory_check(calloc(n, sizeof(uint32_t)));
	}
}

static void free_tally(struct tally *tally)
{
	for (size_t kind = 0; kind < 2; kind++) {
		free(tally->uses[kind]);
		free(tally->kept[kind]);
		free(tally->strays[kind].items);
	}
	free(tally->marks);
}

static size_t stray_slot(const struct strays *strays, uint32_t first)
{
	size_t at = (size_t)(first * UINT32_C(2654435761)) & (strays->room - 1);

	while (strays->items[at].ids.last != 0 && strays->items[at].ids.first != first)
		at = (at + 1) & (strays->room - 1);
	return at;
}

static void grow_strays(struct strays *strays)
{
	struct strays old = *strays;

	strays->room = old.room > 0 ? old.room * 2 : 64;
	strays->items = (struct files_stray *)memory_check(
		calloc(strays->room, sizeof(struct files_stray)));
	for (size_t i = 0; i < old.room; i++)
		if (old.items[i].ids.last != 0)
			strays->items[stray_slot(strays, old.items[i].ids.first)] = old.items[i];
	free(old.items);
}

/* The entry of an ID; where there are too many, of its block. */
static struct files_stray *stray_of(struct strays *strays, uint32_t id)
{
	struct stretch ids = { id, id };
	struct files_stray *stray;

	if (strays->n * 2 >= strays->room)
		grow_strays(strays);
	stray = &strays->items[stray_slot(strays, id)];
	if (stray->ids.last != 0)
		return stray;
	if (strays->n >= STRAYS_MAX) {
		ids.first = id / BLOCK_IDS * BLOCK_IDS;
		ids.last = ids.first + (BLOCK_IDS - 1);
		stray = &strays->items[stray_slot(strays, ids.first)];
	}
	strays->n += stray->ids.last == 0;
	stray->ids = ids;
	return stray;
}

static const struct whose_answer *ask(struct tally *tally, enum subid_kind kind, uint32_t id)
{
	struct recent *recent = &tally->recent[kind];

	if (!recent->valid || recent->id != id)
		*recent = (struct recent){ true, id, whose_id(tally->map, kind, id) };
	return &recent->answer;
}

static void count(struct tally *tally, enum subid_kind kind, uint32_t id, uint64_t bytes,
		  const struct place *place)
{
	const struct whose_answer *answer = ask(tally, kind, id);

	if (answer->whose == WHOSE_DELEGATED) {
		struct files_use *use = &tally->uses[kind][answer->segment];

		if (use->files == 0 || id < use->ids.first)
			use->ids.first = id;
		if (use->files == 0 || id > use->ids.last)
			use->ids.last = id;
		use->owner = answer->owner;
		use->files++;
		use->bytes += bytes;
	} else if (answer->whose != WHOSE_ACCOUNT) {
		struct files_stray *stray = stray_of(&tally->strays[kind], id);

		stray->files++;
		stray->bytes += bytes;
		stray->orphans += !place_trusts(place, tally->map, answer);
	}
}

/* --- marks -------------------------------------------------------------------------- */

/* Whether there is room for one more of that ID. */
static bool may_keep(struct tally *tally, const struct files_mark *mark)
{
	uint32_t *kept;

	if (tally->of_kind[mark->what] >= MARKS_OF_A_KIND)
		return false;
	if (mark->what == FILES_UNREAD)
		return true;
	kept = mark->of.whose == WHOSE_DELEGATED
		       ? &tally->kept[mark->kind][mark->of.segment]
		       : &stray_of(&tally->strays[mark->kind], mark->id)->kept;
	return ++*kept <= MARKS_OF_AN_ID;
}

static void keep(struct tally *tally, const struct files_mark *mark, const struct tree_entry *entry)
{
	if (!may_keep(tally, mark)) {
		tally->more[mark->what]++;
		return;
	}
	tally->of_kind[mark->what]++;
	tally->marks = (struct files_mark *)memory_room(tally->marks, tally->n_marks,
							&tally->marks_room, sizeof(*tally->marks));
	tally->marks[tally->n_marks] = *mark;
	tally->marks[tally->n_marks++].path = tree_path(entry);
}

/* A mark, unless the ID is no subordinate one or may lie there. */
static void judge(struct tally *tally, const struct tree_entry *entry, struct files_mark mark)
{
	const struct whose_answer *answer = ask(tally, mark.kind, mark.id);

	if (answer->whose == WHOSE_ACCOUNT || place_trusts(&entry->place, tally->map, answer))
		return;
	mark.of = *answer;
	mark.place = entry->place;
	if (mark.what == FILES_ACL && answer->whose != WHOSE_DELEGATED)
		stray_of(&tally->strays[mark.kind], mark.id)->named++;
	keep(tally, &mark, entry);
}

static void judge_capability(struct tally *tally, const struct tree_entry *entry)
{
	uint8_t value[CAPABILITY_MAX_BYTES];
	ssize_t len = lgetxattr(entry->name, CAPABILITY_XATTR, value, sizeof(value));
	struct files_mark mark = { .what = FILES_CAPABLE, .kind = SUBID_UID };
	struct capability capability;

	if (len < 0 || capability_parse(value, (size_t)len, &capability) < 0)
		return;
	mark.rootid = capability.has_rootid;
	mark.id = capability.has_rootid ? capability.rootid : entry->stat->stx_uid;
	judge(tally, entry, mark);
}

static void judge_acl(struct tally *tally, const struct tree_entry *entry, const char *attribute)
{
	uint8_t value[XATTR_BYTES], *large = NULL;
	ssize_t len = lgetxattr(entry->name, attribute, value, sizeof(value));
	struct acl_entry named;
	struct acl acl;

	/* The kernel's limit of any attribute. */
	if (len < 0 && errno == ERANGE) {
		large = (uint8_t *)memory_check(malloc(XATTR_SIZE_MAX));
		len = lgetxattr(entry->name, attribute, large, XATTR_SIZE_MAX);
	}
	if (len >= 0 && acl_begin(&acl, large ? large : value, (size_t)len) == 0)
		while (acl_next(&acl, &named))
			judge(tally, entry,
			      (struct files_mark){
				      .what = FILES_ACL, .kind = named.kind, .id = named.id });
	free(large);
}

/* Whether a list of attributes' names has that one. */
static bool lists(const char *names, size_t len, const char *name)
{
	for (size_t at = 0; at < len; at += strlen(names + at) + 1)
		if (strcmp(names + at, name) == 0)
			return true;
	return false;
}

static bool is_executable(const struct statx *stat)
{
	return S_ISREG(stat->stx_mode) && (stat->stx_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0;
}

static void judge_attributes(struct tally *tally, const struct tree_entry *entry)
{
	char names[XATTR_BYTES + 1] = "";
	ssize_t len = llistxattr(entry->name, names, XATTR_BYTES);
	/* A user may give his file so many that the list is too long. */
	bool all = len < 0 && errno == ERANGE;
	size_t n = len > 0 ? (size_t)len : 0;

	if (!all && n == 0)
		return;
	if (is_executable(entry->stat) && (all || lists(names, n, CAPABILITY_XATTR)))
		judge_capability(tally, entry);
	if (all || lists(names, n, ACL_XATTR_ACCESS))
		judge_acl(tally, entry, ACL_XATTR_ACCESS);
	if (S_ISDIR(entry->stat->stx_mode) && (all || lists(names, n, ACL_XATTR_DEFAULT)))
		judge_acl(tally, entry, ACL_XATTR_DEFAULT);
}

static void judge_mode(struct tally *tally, const struct tree_entry *entry)
{
	const struct statx *stat = entry->stat;

	if (!is_executable(stat))
		return;
	if (stat->stx_mode & S_ISUID)
		judge(tally, entry,
		      (struct files_mark){
			      .what = FILES_SETUID, .kind = SUBID_UID, .id = stat->stx_uid });
	/* Without the group's execute bit it is for mandatory locks. */
	if ((stat->stx_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
		judge(tally, entry,
		      (struct files_mark){
			      .what = FILES_SETGID, .kind = SUBID_GID, .id = stat->stx_gid });
}

/* --- the walk ----------------------------------------------------------------------- */

/* The place that a directory is, if it is an account's. */
static bool place_of(enum whose whose, const struct statx *stat, struct place *ret)
{
	if (whose == WHOSE_DELEGATED || whose == WHOSE_SYSTEMD)
		return false;
	*ret = (struct place){
		.known = true,
		.open = (stat->stx_mode & (S_IWGRP | S_IWOTH)) != 0,
		.uid = stat->stx_uid,
	};
	return true;
}

static void visit(struct tree_entry *entry, void *context)
{
	struct tally *tally = (struct tally *)context;
	const struct statx *stat = entry->stat;
	uint64_t bytes = stat->stx_blocks * 512;

	count(tally, SUBID_UID, stat->stx_uid, bytes, &entry->place);
	count(tally, SUBID_GID, stat->stx_gid, bytes, &entry->place);
	judge_mode(tally, entry);
	if (!S_ISLNK(stat->stx_mode))
		judge_attributes(tally, entry);
	if (S_ISDIR(stat->stx_mode))
		(void)place_of(ask(tally, SUBID_UID, stat->stx_uid)->whose, stat, &entry->place);
}

static void unread(const struct tree_entry *entry, int r, void *context)
{
	keep((struct tally *)context,
	     &(const struct files_mark){ .what = FILES_UNREAD, .error = -r }, entry);
}

/* What DIR lies in, which is not walked. */
static struct place place_above(const struct whose_map *map, int directory)
{
	struct place place = { .known = false };
	int fd = openat(directory, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; fd >= 0 && i < ABOVE_MAX; i++) {
		struct statx stat;
		int above;

		if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &stat) < 0 ||
		    place_of(whose_id(map, SUBID_UID, stat.stx_uid).whose, &stat, &place))
			break;
		above = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		(void)close(fd);
		fd = above;
	}
	if (fd >= 0)
		(void)close(fd);
	return place;
}

static int walk(const struct root *root, const char *path, bool mounts, struct files *files,
		struct tally *tallies)
{
	const struct tree_visitor visitor = {
		.visit = visit,
		.unread = unread,
		.contexts = { &tallies[0], &tallies[1] },
	};
	struct tree_request request = { .path = path, .mounts = mounts };
	struct tree_count tree;
	int r;

	request.fd = root_open_directory(root, path);
	if (request.fd < 0)
		return request.fd;
	request.place = place_above(&files->map, request.fd);
	r = tree_walk(&request, &visitor, &tree);
	(void)close(request.fd);
	if (r < 0)
		return r;
	files->n += tree.files;
	files->mounts += tree.mounts;
	return 0;
}

/* --- what both workers have seen ------------------------------------------------------ */

static void join_uses(struct files *files, enum subid_kind kind, const struct tally *tallies)
{
	size_t n = files->map.segments[kind].n;

	files->uses[kind] = (struct files_use *)memory_check(calloc(n, sizeof(struct files_use)));
	for (size_t i = 0; i < n; i++) {
		struct files_use all = { .files = 0 };

		for (size_t worker = 0; worker < TREE_WORKERS_MAX; worker++) {
			const struct files_use *use = &tallies[worker].uses[kind][i];

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
			files->uses[kind][files->n_uses[kind]++] = all;
	}
}

static int compare_strays(const void *a, const void *b)
{
	const struct files_stray *left = (const struct files_stray *)a;
	const struct files_stray *right = (const struct files_stray *)b;

	return (left->ids.first > right->ids.first) - (left->ids.first < right->ids.first);
}

/* A block covers its IDs, so it counts for those that have entries of their own. */
static void join_strays(struct files *files, enum subid_kind kind, const struct tally *tallies)
{
	size_t most = tallies[0].strays[kind].n + tallies[1].strays[kind].n, n = 0, kept = 0;
	struct files_stray *all =
		(struct files_stray *)memory_check(calloc(most + 1, sizeof(struct files_stray)));

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
		all[kept - 1].named += all[i].named;
	}
	files->strays[kind] = all;
	files->n_strays[kind] = kept;
}

static int compare_marks(const void *a, const void *b)
{
	const struct files_mark *left = (const struct files_mark *)a;
	const struct files_mark *right = (const struct files_mark *)b;

	if (left->what != right->what)
		return left->what < right->what ? -1 : 1;
	if (left->id != right->id)
		return left->id < right->id ? -1 : 1;
	return strcmp(left->path, right->path);
}

static void join_marks(struct files *files, const struct tally *tallies)
{
	files->marks = (struct files_mark *)memory_check(
		calloc(tallies[0].n_marks + tallies[1].n_marks + 1, sizeof(struct files_mark)));
	for (size_t worker = 0; worker < TREE_WORKERS_MAX; worker++) {
		for (size_t i = 0; i < tallies[worker].n_marks; i++)
			files->marks[files->n_marks++] = tallies[worker].marks[i];
		for (size_t kind = 0; kind < FILES_MARK_KINDS; kind++)
			files->more[kind] += tallies[worker].more[kind];
	}
	if (files->n_marks > 0)
		qsort(files->marks, files->n_marks, sizeof(*files->marks), compare_marks);
}

/* --- accounts that only services know ------------------------------------------------- */

static bool services_know(enum subid_kind kind, uint32_t id)
{
	return kind == SUBID_UID ? getpwuid(id) != NULL : getgrgid(id) != NULL;
}

/* Each stray ID once; a block may have accounts, and stays. */
static void drop_known(struct files *files, enum subid_kind kind)
{
	size_t kept = 0;

	for (size_t i = 0; i < files->n_strays[kind]; i++) {
		const struct files_stray *stray = &files->strays[kind][i];

		if (stray->ids.first != stray->ids.last || !services_know(kind, stray->ids.first))
			files->strays[kind][kept++] = *stray;
	}
	files->n_strays[kind] = kept;
}

static bool is_known(const struct files *files, const struct files_mark *mark)
{
	const struct files_stray *strays = files->strays[mark->kind];
	size_t low = 0, high = files->n_strays[mark->kind];

	if (mark->what == FILES_UNREAD || mark->of.whose == WHOSE_DELEGATED)
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

static void ask_services(struct files *files)
{
	size_t kept = 0;

	drop_known(files, SUBID_UID);
	drop_known(files, SUBID_GID);
	for (size_t i = 0; i < files->n_marks; i++) {
		if (is_known(files, &files->marks[i]))
			free(files->marks[i].path);
		else
			files->marks[kept++] = files->marks[i];
	}
	files->n_marks = kept;
}

/* --- all of it ---------------------------------------------------------------------- */

int files_read(const struct root *root, const struct files_request *request,
	       const struct survey *survey, struct files *ret, const char **ret_failed)
{
	struct tally tallies[TREE_WORKERS_MAX];
	int r = 0;

	*ret = (struct files){
		.directories = request->directories,
		.n_directories = request->n,
	};
	whose_map(survey, &ret->map);
	for (size_t i = 0; i < TREE_WORKERS_MAX; i++)
		begin_tally(&ret->map, &tallies[i]);
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
		free_tally(&tallies[i]);
	return r;
}

void files_free(struct files *files)
{
	for (size_t i = 0; i < files->n_marks; i++)
		free(files->marks[i].path);
	free(files->marks);
	for (size_t kind = 0; kind < 2; kind++) {
		free(files->uses[kind]);
		free(files->strays[kind]);
	}
	if (files->map.survey)
		whose_map_free(&files->map);
	*files = (struct files){ .n = 0 };
}
