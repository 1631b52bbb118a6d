/* SPDX-License-Identifier: BSD-3-Clause */
#include "identity.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "record.h"

/* Large enough for any record, which has its owner twice. An owner is shorter than a line. */
#define RECORD_BYTES 4096

static void find_counterpart(const struct survey *survey, struct identity *identity)
{
	const struct database *subgid = &survey->databases[SUBID_GID];
	size_t i = identity->owner->first[SUBID_GID];

	/* Positions have no gaps, so an entry that is reached never begins above `position`. */
	while (i != OWNER_NO_ENTRY) {
		const struct entry *entry = &subgid->entries[i];
		uint64_t offset = identity->position - entry->laid;

		if (offset < entry->range.count) {
			identity->counterpart_entry = entry;
			identity->counterpart = entry->range.start + (uint32_t)offset;
			return;
		}
		i = entry->next;
	}
}

static void pack_user(struct identity *identity, const struct nss_id *user)
{
	char buf[RECORD_BYTES];
	struct passwd pwd;

	if (nss_record_passwd(user, &pwd, buf, sizeof(buf)) < 0)
		return;
	identity->name = memory_text(pwd.pw_name, strlen(pwd.pw_name));
	identity->record =
		memory_print("%s:%s:%" PRIu32 ":%" PRIu32 ":%s:%s:%s", pwd.pw_name, pwd.pw_passwd,
			     pwd.pw_uid, pwd.pw_gid, pwd.pw_gecos, pwd.pw_dir, pwd.pw_shell);
}

static void pack_group(struct identity *identity, const struct nss_id *group)
{
	char buf[RECORD_BYTES];
	struct group grp;

	if (nss_record_group(group, &grp, buf, sizeof(buf)) < 0)
		return;
	identity->name = memory_text(grp.gr_name, strlen(grp.gr_name));
	identity->record =
		memory_print("%s:%s:%" PRIu32 ":", grp.gr_name, grp.gr_passwd, grp.gr_gid);
}

/* Does a line with this owner contain the ID? */
static bool is_delegated_to(const struct survey *survey, const struct identity *identity,
			    const char *name)
{
	const struct entry *entries = survey->databases[identity->kind].entries;
	size_t owner = owners_by_name(&survey->owners, name), i = OWNER_NO_ENTRY;

	if (owner != OWNER_NONE)
		i = survey->owners.items[owner].first[identity->kind];
	for (; i != OWNER_NO_ENTRY; i = entries[i].next)
		if (subid_range_contains(&entries[i].range, identity->id))
			return true;
	return false;
}

/* Is the owner a number for which the name of its account may stand, by the rules of nss-subid(8)?
 */
static bool has_spelling(const struct survey *survey, const struct owner *owner)
{
	struct subid_owner ignored;
	uint32_t uid;

	return owner->numeric && owner->login &&
	       !database_contains(&survey->databases[SUBID_UID], owner->uid) &&
	       !nss_record_name_is_ours(SUBID_UID, owner->login) &&
	       !nss_record_name_is_ours(SUBID_GID, owner->login) &&
	       subid_owner_set(&ignored, owner->login, strlen(owner->login)) == 0 &&
	       subid_owner_uid(owner->login, strlen(owner->login), &uid) < 0;
}

/*
 * How the module spells the owner in the ID's record. If @as_written, the spelling is that of the
 * file. Otherwise a number is spelled as the name of its account, unless a line delegates the ID
 * to that name itself.
 */
static const char *spelling(const struct survey *survey, const struct identity *identity,
			    bool as_written)
{
	const struct owner *owner = identity->owner;

	if (as_written || !has_spelling(survey, owner) ||
	    is_delegated_to(survey, identity, owner->login))
		return owner->name;
	return owner->login;
}

static void pack(const struct survey *survey, struct identity *identity, bool as_written)
{
	struct nss_id id = { .id = identity->id };
	const char *text;

	identity->reserved = nss_id_is_reserved(identity->id);
	if (!identity->entry)
		return;
	identity->owner = &survey->owners.items[identity->entry->owner];
	identity->position = identity->entry->laid + (identity->id - identity->entry->range.start);
	if (identity->kind == SUBID_UID)
		find_counterpart(survey, identity);
	text = spelling(survey, identity, as_written);
	if (identity->reserved || subid_owner_set(&id.owner, text, strlen(text)) < 0)
		return;
	id.position = identity->position;
	id.gid = nss_gid_of_user(identity->counterpart_entry ? identity->counterpart
							     : NSS_GID_NOBODY);
	if (identity->kind == SUBID_UID)
		pack_user(identity, &id);
	else
		pack_group(identity, &id);
}

void identity_of_id(const struct survey *survey, enum subid_kind kind, uint32_t id,
		    struct identity *ret)
{
	const struct database *database = &survey->databases[kind];

	*ret = (struct identity){ .kind = kind, .id = id };
	for (size_t i = 0; i < database->n && !ret->entry; i++)
		if (subid_range_contains(&database->entries[i].range, id))
			ret->entry = &database->entries[i];
	pack(survey, ret, false);
}

/* A lookup by name finds a record of that name, so the owner's spelling is the one in the name. */
static void pack_as_spelled(const struct survey *survey, struct identity *identity,
			    const char *text)
{
	bool is_login = identity->entry &&
			strcmp(survey->owners.items[identity->entry->owner].name, text) != 0;

	pack(survey, identity, !is_login);
}

bool identity_of_name(const struct survey *survey, const char *name, struct identity *ret)
{
	enum subid_kind kind = nss_record_name_is_ours(SUBID_GID, name) ? SUBID_GID : SUBID_UID;
	const struct database *database = &survey->databases[kind];
	struct subid_owner owner;
	bool has_own_line;
	uint32_t id;

	if (nss_record_parse_name(kind, name, &owner, &id) < 0)
		return false;
	*ret = (struct identity){ .kind = kind, .id = id };
	has_own_line = is_delegated_to(survey, ret, owner.text);
	for (size_t i = 0; i < database->n && !ret->entry; i++) {
		const struct entry *entry = &database->entries[i];
		const struct owner *of = &survey->owners.items[entry->owner];

		if (subid_range_contains(&entry->range, id) &&
		    (has_own_line ? strcmp(of->name, owner.text) == 0
				  : has_spelling(survey, of) && strcmp(of->login, owner.text) == 0))
			ret->entry = entry;
	}
	pack_as_spelled(survey, ret, owner.text);
	return true;
}

void identity_free(struct identity *identity)
{
	free(identity->name);
	free(identity->record);
	*identity = (struct identity){ .entry = NULL };
}

bool identity_is_delegated(const struct identity *identity)
{
	return identity->record;
}
