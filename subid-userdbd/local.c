/* SPDX-License-Identifier: BSD-3-Clause */
#include "local.h"

#include <errno.h>
#include <string.h>

void local_init(struct local *local, sd_event *event, struct pool *pool, uint64_t deadline_usec,
		const struct subid_database *subuid, const struct subid_database *subgid)
{
	local->event = event;
	local->pool = pool;
	local->deadline_usec = deadline_usec;
	/* No root directory is noted: the workers ask for accounts, not this process. */
	memset(&local->host, 0, sizeof(local->host));
	local->host.databases[SUBID_UID] = *subuid;
	local->host.databases[SUBID_GID] = *subgid;
}

static int lookup(struct local *local, const struct query_key *key, struct nss_id *ret)
{
	if (key->name)
		return nss_lookup_by_name(&local->host, key->kind, key->name, ret);
	return nss_lookup_by_id(&local->host, key->kind, key->id, ret);
}

/*
 * Does the answer depend on an account? By ID, it does if the owner is a number: the record shows
 * the account's name. By name, it does if the named owner does not own the ID but another one
 * does: that one may be the UID of the named account.
 */
static bool needs_account(struct local *local, const struct query_key *key, int r,
			  const struct nss_id *found)
{
	struct subid_owner owner;
	uint64_t position;
	uint32_t uid, id;

	if (!key->name)
		return r == 0 && subid_owner_uid(found->owner.text, found->owner.len, &uid) == 0;
	return r == -ENOENT && nss_record_parse_name(key->kind, key->name, &owner, &id) == 0 &&
	       !nss_id_is_reserved(id) && subid_owner_uid(owner.text, owner.len, &uid) < 0 &&
	       subid_by_id(&local->host.databases[key->kind], id, &owner, &position) == 0;
}

/* Read the record in a worker's answer. It must be of the ID that was asked for. */
static int read_answer(const struct query *query, const struct frame *answer, struct nss_id *ret)
{
	const char *owner = frame_next_text(answer, NULL);

	if (answer->code < 0)
		return answer->code;
	if (!owner || answer->id != query->wanted.id ||
	    subid_owner_set(&ret->owner, owner, strlen(owner)) < 0)
		return -EBADMSG;
	ret->id = answer->id;
	ret->gid = answer->gid;
	ret->position = answer->position;
	return 0;
}

/* By ID, the record shows the owner's number if the account's name could not be found. */
static void on_account_by_id(void *userdata, int r, const struct frame *answer)
{
	struct query *query = (struct query *)userdata;
	struct nss_id found;

	query->question = NULL;
	if (r < 0 || read_answer(query, answer, &found) < 0)
		found = query->wanted;
	query_finish(query, 0, &found);
}

static void on_account_by_name(void *userdata, int r, const struct frame *answer)
{
	struct query *query = (struct query *)userdata;
	struct nss_id found;

	query->question = NULL;
	if (r == 0)
		r = read_answer(query, answer, &found);
	query_finish(query, r, &found);
}

/*
 * Ask a worker for the record with the account's name or UID. The query's deadline is not after
 * the question's. If it passes, the record shows the number by ID, and is not known by name.
 */
static int ask_worker(struct local *local, const struct query_key *key, const struct nss_id *found,
		      query_done_fn *done, void *userdata, struct query **ret)
{
	struct frame question = {
		.code = key->name ? FRAME_FILES_BY_NAME : FRAME_FILES_BY_ID,
		.kind = key->kind,
		.id = key->id,
	};
	struct query *query;
	int r = 0;

	if (key->name)
		r = frame_add_text(&question, key->name);
	if (r == 0)
		r = query_new(local->event, local->pool, key, local->deadline_usec, done, userdata,
			      &query);
	if (r == 0) {
		if (!key->name) {
			query->wanted = *found;
			query->is_found = true;
		}
		r = query_ask(query, &question, key->name ? on_account_by_name : on_account_by_id);
		if (r < 0)
			query_free(query);
		else
			*ret = query;
	}
	frame_free(&question);
	return r;
}

void local_query(struct local *local, const struct query_key *key, query_done_fn *done,
		 void *userdata, struct query **ret)
{
	struct nss_id found;
	int r = lookup(local, key, &found);

	*ret = NULL;
	if (needs_account(local, key, r, &found)) {
		int asked = ask_worker(local, key, &found, done, userdata, ret);

		if (asked == 0)
			return;
		/* By ID, the record shows the number. By name, the owner is not known. */
		r = key->name ? asked : r;
	}
	done(userdata, r, r == 0 ? &found : NULL);
}
