/* SPDX-License-Identifier: BSD-3-Clause */
#include "lookup.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "record.h"

/* More than any record needs: an owner is at most a line long, and stands in it thrice. */
#define RECORD_BYTES 4096

static void find_counterpart(const struct survey *survey, struct lookup *lookup)
{
	const struct database *subgid = &survey->databases[SUBID_GID];
	size_t i = lookup->owner->first[SUBID_GID];

	while (i != OWNERS_NO_ENTRY) {
		const struct entry *entry = &subgid->entries[i];

		if (lookup->position >= entry->laid &&
		    lookup->position - entry->laid < entry->range.count) {
			lookup->counterpart_entry = entry;
			lookup->counterpart =
				entry->range.start + (uint32_t)(lookup->position - entry->laid);
			return;
		}
		i = entry->next;
	}
}

static void pack_user(const struct nss_id *id, struct lookup *lookup)
{
	char buf[RECORD_BYTES];
	struct passwd pwd;

	if (nss_record_passwd(id, &pwd, buf, sizeof(buf)) < 0)
		return;
	lookup->name = memory_text(pwd.pw_name, strlen(pwd.pw_name));
	lookup->record =
		memory_print("%s:%s:%" PRIu32 ":%" PRIu32 ":%s:%s:%s", pwd.pw_name, pwd.pw_passwd,
			     pwd.pw_uid, pwd.pw_gid, pwd.pw_gecos, pwd.pw_dir, pwd.pw_shell);
}

static void pack_group(const struct nss_id *id, struct lookup *lookup)
{
	char buf[RECORD_BYTES];
	struct group grp;

	if (nss_record_group(id, &grp, buf, sizeof(buf)) < 0)
		return;
	lookup->name = memory_text(grp.gr_name, strlen(grp.gr_name));
	lookup->record = memory_print("%s:%s:%" PRIu32 ":", grp.gr_name, grp.gr_passwd, grp.gr_gid);
}

/* A number is shown as its account's name, by the rules of nss_subid/account.h. */
static const char *spell(const struct survey *survey, const struct owner *owner)
{
	const struct account *user;
	uint32_t uid;

	if (subid_owner_uid(owner->name, strlen(owner->name), &uid) < 0 ||
	    database_contains(&survey->databases[SUBID_UID], uid))
		return owner->name;
	user = accounts_by_id(&survey->accounts[SUBID_UID], uid);
	if (!user || !subid_owner_text_valid(user->name, strlen(user->name)) ||
	    subid_owner_uid(user->name, strlen(user->name), &uid) == 0 ||
	    nss_record_name_is_ours(SUBID_UID, user->name) ||
	    nss_record_name_is_ours(SUBID_GID, user->name))
		return owner->name;
	return user->name;
}

/* @named: the owner in the name that was asked for, or NULL. */
static void pack(const struct survey *survey, const char *named, struct lookup *lookup)
{
	struct nss_id id = { .id = lookup->id };
	const char *owner;

	lookup->reserved = nss_id_is_reserved(lookup->id);
	if (!lookup->entry)
		return;
	lookup->owner = &survey->owners.items[lookup->entry->owner];
	lookup->position = lookup->entry->laid + (lookup->id - lookup->entry->range.start);
	if (lookup->kind == SUBID_UID)
		find_counterpart(survey, lookup);
	owner = named ? named : spell(survey, lookup->owner);
	if (lookup->reserved || subid_owner_set(&id.owner, owner, strlen(owner)) < 0)
		return;

	id.position = lookup->position;
	id.gid = nss_gid_of_user(lookup->counterpart_entry ? lookup->counterpart : NSS_GID_NOBODY);
	if (lookup->kind == SUBID_UID)
		pack_user(&id, lookup);
	else
		pack_group(&id, lookup);
}

void lookup_id(const struct survey *survey, enum subid_kind kind, uint32_t id, struct lookup *ret)
{
	const struct database *database = &survey->databases[kind];

	*ret = (struct lookup){ .kind = kind, .id = id };
	for (size_t i = 0; i < database->n && !ret->entry; i++)
		if (subid_range_contains(&database->entries[i].range, id))
			ret->entry = &database->entries[i];
	pack(survey, NULL, ret);
}

/* Is the entry's owner called so, or is it a number that is shown so? */
static bool is_called(const struct survey *survey, const struct entry *entry, const char *name)
{
	const struct owner *owner = &survey->owners.items[entry->owner];

	return strcmp(owner->name, name) == 0 || strcmp(spell(survey, owner), name) == 0;
}

bool lookup_name(const struct survey *survey, const char *name, struct lookup *ret)
{
	enum subid_kind kind = nss_record_name_is_ours(SUBID_GID, name) ? SUBID_GID : SUBID_UID;
	const struct database *database = &survey->databases[kind];
	struct subid_owner owner;
	uint32_t id;

	if (nss_record_parse_name(kind, name, &owner, &id) < 0)
		return false;
	*ret = (struct lookup){ .kind = kind, .id = id };
	for (size_t i = 0; i < database->n && !ret->entry; i++)
		if (subid_range_contains(&database->entries[i].range, id) &&
		    is_called(survey, &database->entries[i], owner.text))
			ret->entry = &database->entries[i];
	pack(survey, owner.text, ret);
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
