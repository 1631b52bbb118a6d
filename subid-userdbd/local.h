/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "query.h"

/*
 * The source `files`: /etc/subuid and /etc/subgid, read and indexed in this process, so that
 * a lookup takes microseconds. Only an owner that is a number needs the name of an account. A
 * worker asks glibc for the name: glibc may in turn ask this service, which must be free to answer.
 */
struct local {
	struct nss_host host;
	sd_event *event;
	struct pool *pool;
	uint64_t deadline_usec;
};

/*
 * local_init: @subuid and @subgid are the files, with a cache each, all kept.
 */
__attribute__((nonnull)) void local_init(struct local *local, sd_event *event, struct pool *pool,
					 uint64_t deadline_usec,
					 const struct subid_database *subuid,
					 const struct subid_database *subgid);

/*
 * local_query: look a record up.
 *
 * @done: called before this returns if no account is needed, otherwise later.
 * @ret: set before @done is called: to the query, which query_free() ends early, or to
 * NULL if it has ended already.
 */
__attribute__((nonnull(1, 2, 3, 5))) void local_query(struct local *local,
						      const struct query_key *key,
						      query_done_fn *done, void *userdata,
						      struct query **ret);
