/* SPDX-License-Identifier: BSD-3-Clause */
#include "lookup.h"

#include <errno.h>

#include "source.h"

enum source {
	SOURCE_UNKNOWN,
	SOURCE_FILES,
	SOURCE_ELSEWHERE, /* subid-userdbd answers */
};

/*
 * Returns 0 if the files are the source, -ENOENT if not, or another negative errno. Several
 * threads may read nsswitch.conf at the same time; each stores what it has read.
 */
static int check_source(struct nss_host *host)
{
	uint32_t source = atomic_load_explicit(&host->source, memory_order_relaxed);
	char name[SUBID_SOURCE_MAX_BYTES + 1];
	int r;

	if (source == SOURCE_UNKNOWN && host->nsswitch) {
		r = subid_source_read(host->nsswitch, name);
		if (r < 0)
			return r;
		source = name[0] == '\0' ? SOURCE_FILES : SOURCE_ELSEWHERE;
		atomic_store_explicit(&host->source, source, memory_order_relaxed);
	}
	return source == SOURCE_ELSEWHERE ? -ENOENT : 0;
}

/*
 * A user's group is the GID at the same position, which is the same number inside the
 * container. systemd runs a unit in this group if the unit sets User= and no Group=.
 */
static int find_group(const struct nss_host *host, const struct subid_owner *owner,
		      uint64_t position, uint32_t *ret_gid)
{
	uint32_t gid = NSS_GID_NOBODY;
	int r;

	r = subid_by_position(&host->databases[SUBID_GID], owner, position, &gid);
	if (r < 0 && r != -ENOENT)
		return r;

	*ret_gid = nss_gid_of_user(gid);
	return 0;
}

/*
 * Show the name of the account instead of its UID. Keep the UID if another line delegates the ID
 * to that name: the record's name would then belong to that line, and a lookup of it would return
 * that line's position and group.
 */
static void spell_as_account(struct nss_host *host, enum subid_kind kind, struct nss_id *id)
{
	struct subid_owner account;
	uint64_t position;
	uint32_t uid;

	if (subid_owner_uid(id->owner.text, id->owner.len, &uid) == 0 &&
	    nss_account_name(&host->root, &host->databases[SUBID_UID], uid, &account) == 0 &&
	    subid_by_owner(&host->databases[kind], &account, id->id, &position) == -ENOENT)
		id->owner = account;
}

int nss_lookup_by_id(struct nss_host *host, enum subid_kind kind, uint32_t id, struct nss_id *ret)
{
	int r;

	if (nss_id_is_reserved(id))
		return -ENOENT;
	r = check_source(host);
	if (r < 0)
		return r;

	ret->id = id;
	r = subid_by_id(&host->databases[kind], id, &ret->owner, &ret->position);
	if (r == 0 && kind == SUBID_UID)
		r = find_group(host, &ret->owner, ret->position, &ret->gid);
	if (r == 0)
		spell_as_account(host, kind, ret);
	return r;
}

/*
 * The owner in a record's name may be the name of an account whose UID the file has instead. Find
 * the position of the ID among those that the file delegates to this UID.
 */
static int find_by_account(struct nss_host *host, enum subid_kind kind, const struct nss_id *named,
			   struct subid_owner *ret_uid, uint64_t *ret_position)
{
	const struct subid_database *database = &host->databases[kind];
	int r;

	/* If nobody owns the ID, do not ask an account service. */
	r = subid_by_id(database, named->id, ret_uid, ret_position);
	if (r < 0)
		return r;
	r = nss_account_uid(&host->root, &host->databases[SUBID_UID], &named->owner, ret_uid);
	if (r < 0)
		return r;
	return subid_by_owner(database, ret_uid, named->id, ret_position);
}

int nss_lookup_by_name(struct nss_host *host, enum subid_kind kind, const char *name,
		       struct nss_id *ret)
{
	const struct subid_owner *owner = &ret->owner; /* as the file writes it */
	struct subid_owner uid;
	int r;

	r = nss_record_parse_name(kind, name, &ret->owner, &ret->id);
	if (r < 0)
		return r;
	if (nss_id_is_reserved(ret->id))
		return -ENOENT;
	r = check_source(host);
	if (r < 0)
		return r;

	r = subid_by_owner(&host->databases[kind], owner, ret->id, &ret->position);
	if (r == -ENOENT) {
		owner = &uid;
		r = find_by_account(host, kind, ret, &uid, &ret->position);
	}
	if (r == 0 && kind == SUBID_UID)
		r = find_group(host, owner, ret->position, &ret->gid);
	return r;
}
