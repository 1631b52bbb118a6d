/* SPDX-License-Identifier: BSD-3-Clause */
#include "subid.h"

#include <errno.h>

/* A writer that never pauses must not hold a lookup for ever. */
#define ASK_TRIES 16

/* Ask until the answer is of one version of the database. */
static inline int ask_source(const struct subid_host *host, enum subid_kind kind,
			     struct subid_owner *owner, struct subid_place *place)
{
	int r = -ESTALE;

	for (int i = 0; i < ASK_TRIES && r == -ESTALE; i++)
		r = subid_source_ask(host->nsswitch, &host->databases[kind], owner, place);

	return r == -ESTALE ? -EAGAIN : r;
}

/*
 * The account services may come back to us with any UID they are asked for.
 * This bounds the recursion by the file: a UID that some range contains is not
 * asked for, and for any other one we have no answer and ask nobody.
 */
static int is_subordinate(const struct subid_host *host, uint32_t uid)
{
	struct subid_place place = { .sought = SUBID_SEEK_OWNER, .id = uid };
	struct subid_owner nobody = { .name_len = 0 };
	int r;

	r = ask_source(host, SUBID_UID, &nobody, &place);
	if (r == -ENOENT)
		return 0;
	return r < 0 ? r : 1;
}

/* An owner's account, and what its being resolved relied on. */
struct account {
	bool known;
	uint32_t uid;
	int subordinate; /* is_subordinate(uid) at that time */
};

static int resolve_uid(const struct subid_host *host, struct subid_owner *owner, uint32_t uid,
		       struct account *ret)
{
	char name[SUBID_OWNER_MAX_BYTES + 1];
	int r;

	r = is_subordinate(host, uid);
	if (r < 0)
		return r;
	*ret = (struct account){ .known = true, .uid = uid, .subordinate = r };
	if (ret->subordinate)
		return 0;

	r = host->account_name(host, uid, name, sizeof(name));
	if (r == 0)
		(void)subid_owner_set_account(owner, name);
	else if (r == -ENOENT)
		ret->known = false; /* so it is the number, subordinate or not */
	return r == -ENOENT ? 0 : r;
}

static int resolve_name(const struct subid_host *host, struct subid_owner *owner,
			struct account *ret)
{
	uint32_t uid;
	int r;

	r = host->account_uid(host, owner->name, &uid);
	if (r < 0)
		return r == -ENOENT ? 0 : r;

	r = is_subordinate(host, uid);
	if (r < 0)
		return r;
	*ret = (struct account){ .known = true, .uid = uid, .subordinate = r };
	if (!ret->subordinate)
		subid_owner_set_uid(owner, uid);
	return 0;
}

static int resolve(const struct subid_host *host, struct subid_owner *owner, struct account *ret)
{
	uint32_t uid;
	int r;

	if (subid_owner_uid(owner->name, owner->name_len, &uid) == 0)
		r = resolve_uid(host, owner, uid, ret);
	else
		r = resolve_name(host, owner, ret);

	owner->resolved = true;
	return r;
}

/* Nothing is held while accounts are asked, so the file may be another one by now. */
static int confirm(const struct subid_host *host, const struct account *account)
{
	int r;

	if (!account->known)
		return 0;
	r = is_subordinate(host, account->uid);
	if (r < 0)
		return r;
	return r == account->subordinate ? 0 : -EAGAIN;
}

static int ask(const struct subid_host *host, enum subid_kind kind, struct subid_owner *owner,
	       struct subid_place *place)
{
	struct account account = { .known = false };

	for (int i = 0; i < ASK_TRIES; i++) {
		int r = ask_source(host, kind, owner, place);

		if (r == 0)
			return confirm(host, &account);
		if (r != SUBID_UNRESOLVED)
			return r;
		r = resolve(host, owner, &account);
		if (r < 0)
			return r;
	}
	return -EAGAIN;
}

int subid_by_id(const struct subid_host *host, enum subid_kind kind, uint32_t id,
		struct subid_owner *ret_owner, uint64_t *ret_position)
{
	struct subid_place place = { .sought = SUBID_SEEK_OWNER, .id = id };
	int r;

	ret_owner->name_len = 0;
	ret_owner->uid_len = 0;
	ret_owner->resolved = false;
	r = ask(host, kind, ret_owner, &place);
	if (r == 0)
		*ret_position = place.position;
	return r;
}

int subid_by_owner(const struct subid_host *host, enum subid_kind kind, struct subid_owner *owner,
		   uint32_t id, uint64_t *ret_position)
{
	struct subid_place place = { .sought = SUBID_SEEK_POSITION, .id = id };
	int r;

	r = ask(host, kind, owner, &place);
	if (r == 0)
		*ret_position = place.position;
	return r;
}

int subid_by_position(const struct subid_host *host, enum subid_kind kind,
		      struct subid_owner *owner, uint64_t position, uint32_t *ret_id)
{
	struct subid_place place = { .sought = SUBID_SEEK_ID, .position = position };
	int r;

	r = ask(host, kind, owner, &place);
	if (r == 0)
		*ret_id = place.id;
	return r;
}
