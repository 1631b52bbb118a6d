/* SPDX-License-Identifier: BSD-3-Clause */
#include "tally.h"

#include <errno.h>
#include <linux/limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "acl.h"
#include "capability.h"
#include "memory.h"
#include "segments.h"

#define MARKS_OF_A_SEGMENT 16 /* and of a stray ID */
#define MARKS_OF_A_KIND 1000
#define STRAYS_MAX 262144
#define BLOCK_IDS 65536
/* Enough for the names of attributes, and for an ACL of 500 entries. */
#define XATTR_BYTES 4096

/* --- counting ----------------------------------------------------------------------- */

void tally_begin(const struct whose_map *map, struct tally *ret)
{
	*ret = (struct tally){ .map = map };
	for (size_t kind = 0; kind < 2; kind++) {
		size_t n = map->segments[kind].n;

		ret->uses[kind] =
			(struct holdings_use *)memory_check(calloc(n, sizeof(struct holdings_use)));
		ret->kept[kind] = (uint32_t *)memory_check(calloc(n, sizeof(uint32_t)));
	}
}

void tally_free(struct tally *tally)
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
	strays->items = (struct holdings_stray *)memory_check(
		calloc(strays->room, sizeof(struct holdings_stray)));
	for (size_t i = 0; i < old.room; i++)
		if (old.items[i].ids.last != 0)
			strays->items[stray_slot(strays, old.items[i].ids.first)] = old.items[i];
	free(old.items);
}

/* Find the entry of an ID or, if there are too many IDs, of its block. */
static struct holdings_stray *stray_of(struct strays *strays, uint32_t id)
{
	struct stretch ids = { id, id };
	struct holdings_stray *stray;

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
		struct holdings_use *use = &tally->uses[kind][answer->segment];

		if (use->files == 0 || id < use->ids.first)
			use->ids.first = id;
		if (use->files == 0 || id > use->ids.last)
			use->ids.last = id;
		use->owner = answer->owner;
		use->files++;
		use->bytes += bytes;
	} else if (answer->whose != WHOSE_ACCOUNT) {
		struct holdings_stray *stray = stray_of(&tally->strays[kind], id);

		stray->files++;
		stray->bytes += bytes;
		if (!place_trusts(place, tally->map, answer)) {
			stray->orphans++;
			stray->orphan_bytes += bytes;
		}
	}
}

/* --- marks -------------------------------------------------------------------------- */

/* May one more mark of that ID be kept? */
static bool may_keep(struct tally *tally, const struct holdings_mark *mark)
{
	uint32_t *kept;

	if (tally->of_kind[mark->what] >= MARKS_OF_A_KIND)
		return false;
	if (mark->what == HOLDINGS_UNREAD)
		return true;
	kept = mark->of.whose == WHOSE_DELEGATED
		       ? &tally->kept[mark->kind][mark->of.segment]
		       : &stray_of(&tally->strays[mark->kind], mark->id)->kept;
	return ++*kept <= MARKS_OF_A_SEGMENT;
}

static void keep(struct tally *tally, const struct holdings_mark *mark,
		 const struct tree_entry *entry)
{
	if (!may_keep(tally, mark)) {
		tally->more[mark->what]++;
		return;
	}
	tally->of_kind[mark->what]++;
	tally->marks = (struct holdings_mark *)memory_room(
		tally->marks, tally->n_marks, &tally->marks_room, sizeof(*tally->marks));
	tally->marks[tally->n_marks] = *mark;
	tally->marks[tally->n_marks++].path = tree_path(entry);
}

/* Add a mark, unless the ID is an account's, or place_trusts() allows its files there. */
static void judge(struct tally *tally, const struct tree_entry *entry, struct holdings_mark mark)
{
	const struct whose_answer *answer = ask(tally, mark.kind, mark.id);

	if (answer->whose == WHOSE_ACCOUNT || place_trusts(&entry->place, tally->map, answer))
		return;
	mark.of = *answer;
	mark.place = entry->place;
	if (mark.what == HOLDINGS_ACL && answer->whose == WHOSE_DELEGATED)
		mark.what = HOLDINGS_ACL_SHARED;
	else if (mark.what == HOLDINGS_ACL)
		stray_of(&tally->strays[mark.kind], mark.id)->named++;
	keep(tally, &mark, entry);
}

/* Notes that an attribute could not be read, unless the file has no such attribute or is gone. */
static void fail_attribute(struct tally *tally, const struct tree_entry *entry, int error)
{
	/* EOVERFLOW: capabilities for a user namespace whose root has no ID in this one. */
	if (error != ENODATA && error != ENOTSUP && error != ENOENT && error != EOVERFLOW)
		keep(tally,
		     &(const struct holdings_mark){
			     .what = HOLDINGS_UNREAD, .attributes = true, .error = error },
		     entry);
}

static void judge_capability(struct tally *tally, const struct tree_entry *entry)
{
	uint8_t value[CAPABILITY_MAX_BYTES];
	ssize_t len = lgetxattr(entry->name, CAPABILITY_XATTR, value, sizeof(value));
	struct holdings_mark mark = { .what = HOLDINGS_CAPABLE, .kind = SUBID_UID };
	struct capability capability;

	if (len < 0)
		fail_attribute(tally, entry, errno);
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

	/* No attribute is larger than XATTR_SIZE_MAX. */
	if (len < 0 && errno == ERANGE) {
		large = (uint8_t *)memory_check(malloc(XATTR_SIZE_MAX));
		len = lgetxattr(entry->name, attribute, large, XATTR_SIZE_MAX);
	}
	if (len < 0)
		fail_attribute(tally, entry, errno);
	else if (acl_begin(&acl, large ? large : value, (size_t)len) == 0)
		while (acl_next(&acl, &named))
			judge(tally, entry,
			      (struct holdings_mark){
				      .what = HOLDINGS_ACL, .kind = named.kind, .id = named.id });
	free(large);
}

/* Is @name in a list of attribute names as llistxattr(2) returns it? */
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
	/* A user may give a file so many attributes that the list is too long. */
	bool try_all = len < 0 && errno == ERANGE;
	size_t n = len > 0 ? (size_t)len : 0;

	if (len < 0 && !try_all)
		fail_attribute(tally, entry, errno);
	if (is_executable(entry->stat) && (try_all || lists(names, n, CAPABILITY_XATTR)))
		judge_capability(tally, entry);
	if (try_all || lists(names, n, ACL_XATTR_ACCESS))
		judge_acl(tally, entry, ACL_XATTR_ACCESS);
	if (S_ISDIR(entry->stat->stx_mode) && (try_all || lists(names, n, ACL_XATTR_DEFAULT)))
		judge_acl(tally, entry, ACL_XATTR_DEFAULT);
}

static void judge_mode(struct tally *tally, const struct tree_entry *entry)
{
	const struct statx *stat = entry->stat;

	if (!is_executable(stat))
		return;
	if (stat->stx_mode & S_ISUID)
		judge(tally, entry,
		      (struct holdings_mark){
			      .what = HOLDINGS_SETUID, .kind = SUBID_UID, .id = stat->stx_uid });
	/* Without the group's execute bit, the set-group-ID bit means mandatory locking. */
	if ((stat->stx_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
		judge(tally, entry,
		      (struct holdings_mark){
			      .what = HOLDINGS_SETGID, .kind = SUBID_GID, .id = stat->stx_gid });
}

/* --- the walk ----------------------------------------------------------------------- */

bool tally_place(enum whose whose, const struct statx *stat, struct place *ret)
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

void tally_visit(struct tree_entry *entry, void *context)
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
		(void)tally_place(ask(tally, SUBID_UID, stat->stx_uid)->whose, stat, &entry->place);
}

void tally_unread(const struct tree_entry *entry, int r, void *context)
{
	keep((struct tally *)context,
	     &(const struct holdings_mark){ .what = HOLDINGS_UNREAD, .error = -r }, entry);
}
