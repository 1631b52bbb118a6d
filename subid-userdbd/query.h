/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "lookup.h"
#include "pool.h"

/* The record that a client asks for. */
struct query_key {
	enum subid_kind kind;
	const char *name; /* of the record; NULL: by ID */
	uint32_t id;
	uid_t uid; /* of the client */
};

/*
 * The end of a query.
 *
 * @r: 0; -ENOENT if there is no such record; or another negative errno if that is not known.
 * @found: if r is 0; valid during the call.
 */
typedef void query_done_fn(void *userdata, int r, const struct nss_id *found);

/*
 * A query under way. It has a deadline, and at most one question to a worker at a time. Its
 * source, local.h or directory.h, asks one question after the other.
 */
struct query {
	void *source;
	enum subid_kind kind;
	struct nss_id wanted; /* the ID, and by name the owner */
	uid_t uid;
	struct pool *pool;
	struct pool_question *question; /* that is being asked, or NULL */
	sd_event_source *deadline;
	query_done_fn *done;
	void *userdata;

	/* local.c: @wanted is the whole record, and only its owner's account is asked for. */
	bool is_found;

	/* directory.c: */
	LIST_ENTRY(query) link; /* of those that wait until the candidates have been asked */
	bool waits;
	unsigned int proofs;
	struct frame owners; /* from the plugin's own reverse lookup */
	const char *owner;   /* of these, the one that is asked for its ranges */
	int fault;	     /* of the reverse lookup or such an owner, or 0 */
};

/*
 * query_new: a query for @key.
 *
 * @deadline_usec: from now; then the query ends with -ETIMEDOUT, or with the record if is_found.
 * @ret: set on success only. Returns 0; -ENOENT for a name or an ID that no record can have; or
 * another negative errno.
 */
__attribute__((nonnull(1, 2, 3, 5, 7), warn_unused_result)) int
query_new(sd_event *event, struct pool *pool, const struct query_key *key, uint64_t deadline_usec,
	  query_done_fn *done, void *userdata, struct query **ret);

/* query_ask: put the query's next question. @done gets the query as its userdata. */
__attribute__((nonnull, warn_unused_result)) int
query_ask(struct query *query, const struct frame *question, pool_done_fn *done);

/* query_finish: call @done with the result, and free the query. */
__attribute__((nonnull(1))) void query_finish(struct query *query, int r,
					      const struct nss_id *found);

/* query_free: drop the query without a call of @done. */
__attribute__((nonnull)) void query_free(struct query *query);
