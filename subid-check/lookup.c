/* SPDX-License-Identifier: BSD-3-Clause */
#include "lookup.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "find.h"
#include "memory.h"
#include "name.h"
#include "pack.h"

/* More than any record needs: an owner is at most a line long, and stands in it thrice. */
#define RECORD_BYTES 4096

static void find_counterpart(const struct survey *survey, struct lookup *lookup)
{
	const struct database *subgid = &survey->databases[SUBID_GID];
	struct subid_place place = { .sought = SUBID_SEEK_ID, .position = lookup->position };
	size_t i = lookup->owner->first[SUBID_GID];

	while (i != OWNERS_NO_ENTRY) {
		const struct entry *entry = &subgid->entries[i];

		if (subid_place_in_range(&place, &entry->range, entry->laid)) {
			lookup->counterpart_entry = entry;
			lookup->counterpart = place.id;
			return;
		}
		i = entry->next;
	}
}

static void pack_user(struct lookup *lookup, const struct subid_owner *owner)
{
	uint32_t gid =
		nss_gid_of_user(lookup->counterpart_entry ? lookup->counterpart : NSS_GID_NOBODY);
	char buf[RECORD_BYTES];
	struct passwd pwd;

	if (nss_pack_passwd(owner, lookup->id, lookup->position, gid, &pwd, buf, sizeof(buf)) < 0)
		return;
	lookup->name = memory_text(pwd.pw_name, strlen(pwd.pw_name));
	lookup->record =
		memory_print("%s:%s:%" PRIu32 ":%" PRIu32 ":%s:%s:%s", pwd.pw_name, pwd.pw_passwd,
			     pwd.pw_uid, pwd.pw_gid, pwd.pw_gecos, pwd.pw_dir, pwd.pw_shell);
}

static void pack_group(struct lookup *lookup, const struct subid_owner *owner)
{
	char buf[RECORD_BYTES];
	struct group grp;

	if (nss_pack_group(owner, lookup->id, &grp, buf, sizeof(buf)) < 0)
		return;
	lookup->name = memory_text(grp.gr_name, strlen(grp.gr_name));
	lookup->record = memory_print("%s:%s:%" PRIu32 ":", grp.gr_name, grp.gr_passwd, grp.gr_gid);
}

static void pack(const struct survey *survey, struct lookup *lookup)
{
	struct subid_owner owner;

	lookup->reserved = nss_id_is_reserved(lookup->id);
	if (!lookup->entry)
		return;
	lookup->owner = &survey->owners.items[lookup->entry->owner];
	lookup->position = lookup->entry->laid + (lookup->id - lookup->entry->range.start);
	if (lookup->kind == SUBID_UID)
		find_counterpart(survey, lookup);
	if (lookup->reserved ||
	    subid_owner_set(&owner, lookup->owner->name, strlen(lookup->owner->name)) < 0)
		return;
	if (lookup->kind == SUBID_UID)
		pack_user(lookup, &owner);
	else
		pack_group(lookup, &owner);
}

void lookup_id(const struct survey *survey, enum subid_kind kind, uint32_t id, struct lookup *ret)
{
	const struct database *database = &survey->databases[kind];

	*ret = (struct lookup){ .kind = kind, .id = id };
	for (size_t i = 0; i < database->n && !ret->entry; i++)
		if (subid_range_contains(&database->entries[i].range, id))
			ret->entry = &database->entries[i];
	pack(survey, ret);
}

bool lookup_name(const struct survey *survey, const char *name, struct lookup *ret)
{
	enum subid_kind kind = nss_name_is_ours(SUBID_GID, name) ? SUBID_GID : SUBID_UID;
	const struct database *database = &survey->databases[kind];
	struct subid_owner owner;
	uint32_t id;

	if (nss_name_parse(kind, name, &owner, &id) < 0)
		return false;
	*ret = (struct lookup){ .kind = kind, .id = id };
	for (size_t i = 0; i < database->n && !ret->entry; i++)
		if (subid_range_contains(&database->entries[i].range, id) &&
		    strcmp(survey->owners.items[database->entries[i].owner].name, owner.name) == 0)
			ret->entry = &database->entries[i];
	pack(survey, ret);
	return true;
}

void lookup_free(struct lookup *lookup)
{
	free(lookup->name);
	free(lookup->record);
	*lookup = (struct lookup){ .entry = NULL };
}

bool lookup_is_delegated(const struct lookup *lookup)
{
	return lookup->record;
}
