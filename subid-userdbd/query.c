/* SPDX-License-Identifier: BSD-3-Clause */
#include "query.h"

#include <errno.h>
#include <stdlib.h>

static int on_deadline(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct query *query = (struct query *)userdata;

	(void)source;
	(void)usec;
	if (query->is_found)
		query_finish(query, 0, &query->wanted);
	else
		query_finish(query, -ETIMEDOUT, NULL);
	return 0;
}

/* Read the key. Returns 0, or -ENOENT if no record can have this name or ID. */
static int read_key(const struct query_key *key, struct nss_id *ret)
{
	int r = 0;

	ret->id = key->id;
	if (key->name)
		r = nss_record_parse_name(key->kind, key->name, &ret->owner, &ret->id);
	if (r < 0)
		return r;
	return nss_id_is_reserved(ret->id) ? -ENOENT : 0;
}

int query_new(sd_event *event, struct pool *pool, const struct query_key *key,
	      uint64_t deadline_usec, query_done_fn *done, void *userdata, struct query **ret)
{
	struct nss_id wanted = { .id = 0 };
	struct query *query;
	int r;

	r = read_key(key, &wanted);
	if (r < 0)
		return r;
	query = (struct query *)calloc(1, sizeof(*query));
	if (!query)
		return -ENOMEM;
	query->kind = key->kind;
	query->wanted = wanted;
	query->uid = key->uid;
	query->pool = pool;
	query->done = done;
	query->userdata = userdata;
	r = sd_event_add_time_relative(event, &query->deadline, CLOCK_MONOTONIC, deadline_usec, 0,
				       on_deadline, query);
	if (r < 0) {
		query_free(query);
		return r;
	}
	*ret = query;
	return 0;
}

int query_ask(struct query *query, const struct frame *question, pool_done_fn *done)
{
	return pool_ask(query->pool, POOL_CLIENT, question, query->uid, done, query,
			&query->question);
}

void query_finish(struct query *query, int r, const struct nss_id *found)
{
	query->done(query->userdata, r, found);
	query_free(query);
}

void query_free(struct query *query)
{
	if (query->question)
		pool_cancel(query->question);
	if (query->waits)
		LIST_REMOVE(query, link);
	frame_free(&query->owners);
	(void)sd_event_source_disable_unref(query->deadline);
	free(query);
}
