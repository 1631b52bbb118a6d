/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>

#include "memory.h"
#include "rules.h"

static uint32_t line_of(const struct survey *survey, const struct owner *owner,
			enum subid_kind kind)
{
	return survey->databases[kind].entries[owner->first[kind]].line;
}

static void find_lonely(struct pass *pass, const struct owner *owner, enum subid_kind has)
{
	enum subid_kind lacks = has == SUBID_UID ? SUBID_GID : SUBID_UID;

	findings_add(pass->findings, FINDING_WARNING, lacks == SUBID_GID ? "no-gids" : "no-uids",
		     pass->survey->databases[has].path, line_of(pass->survey, owner, has),
		     memory_print("%s has subordinate %ss, but no %ss: a container needs both.",
				  owner->name, rules_id_names[has], rules_id_names[lacks]),
		     fix_add(pass, owner, lacks, owner->total[has]));
}

static void find_unequal(struct pass *pass, const struct owner *owner)
{
	enum subid_kind less =
		owner->total[SUBID_UID] < owner->total[SUBID_GID] ? SUBID_UID : SUBID_GID;
	enum subid_kind more = less == SUBID_UID ? SUBID_GID : SUBID_UID;

	findings_add(pass->findings, FINDING_WARNING, "unequal", pass->survey->databases[less].path,
		     line_of(pass->survey, owner, less),
		     memory_print("%s has %" PRIu64 " subordinate UIDs, but %" PRIu64
				  " GIDs: some IDs have no counterpart.",
				  owner->name, owner->total[SUBID_UID], owner->total[SUBID_GID]),
		     fix_add(pass, owner, less, owner->total[more] - owner->total[less]));
}

static void find_no_account(struct pass *pass, const struct owner *owner, enum subid_kind kind)
{
	const struct survey *survey = pass->survey;

	findings_add(
		pass->findings, FINDING_NOTE, "no-account", survey->databases[kind].path,
		line_of(survey, owner, kind),
		memory_print("%s has no account%s.", owner->name,
			     survey->all_services ? "" : " in /etc/passwd"),
		memory_print("%sNothing, if a program allocates from it; else delete the line.",
			     survey->all_services || !survey->live
				     ? ""
				     : "Ask all services with --nss. "));
}

/* shadow and the container engines read both spellings as one user, the module as two. */
static void find_two_spellings(struct pass *pass, const struct owner *owner, enum subid_kind kind)
{
	const struct survey *survey = pass->survey;

	findings_add(
		pass->findings, FINDING_WARNING, "two-spellings", survey->databases[kind].path,
		line_of(survey, owner, kind),
		memory_print("%s is written here as a number, and by the name %s elsewhere: to "
			     "the module these are two owners, each with positions and groups of "
			     "its own.",
			     owner->login, owner->login),
		memory_print("Write %s instead of %s in %s%s and %s%s.", owner->login, owner->name,
			     survey->prefix, survey->databases[SUBID_UID].path, survey->prefix,
			     survey->databases[SUBID_GID].path));
}

static void find_in_owner(struct pass *pass, const struct owner *owner)
{
	bool uids = owner->first[SUBID_UID] != OWNER_NO_ENTRY;
	bool gids = owner->first[SUBID_GID] != OWNER_NO_ENTRY;
	enum subid_kind kind = uids ? SUBID_UID : SUBID_GID;

	if (owner->account == OWNER_HAS_NO_ACCOUNT)
		find_no_account(pass, owner, kind);
	/* Taken together, the two owners may have as many GIDs as UIDs. */
	if (owner->two_spellings) {
		if (owner->numeric)
			find_two_spellings(pass, owner, kind);
		return;
	}
	if (uids && !gids)
		find_lonely(pass, owner, SUBID_UID);
	else if (gids && !uids)
		find_lonely(pass, owner, SUBID_GID);
	else if (owner->total[SUBID_UID] != owner->total[SUBID_GID])
		find_unequal(pass, owner);
}

void rules_owners(struct pass *pass)
{
	const struct owners *owners = &pass->survey->owners;

	for (size_t i = 0; i < owners->n; i++)
		find_in_owner(pass, &owners->items[i]);
}
