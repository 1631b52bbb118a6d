/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>

#include "query.h"

/*
 * Any source but the files, through workers that call libsubid. Every source knows the ranges
 * of an owner, which answers a query by name. Most plugins cannot find the owner of an ID. By
 * ID, these steps find a candidate, and a proof decides:
 *
 *     known?    a candidate had the ID when it was last asked  -> proof
 *     reverse?  the plugin's own reverse lookup names owners   -> proof of each
 *     new?      look for candidates, and ask for their ranges (see round.h)
 *                                                              -> known now? -> proof
 *     no        there is no such record
 *
 * For a proof the source is asked, now, for the owner's ranges. A wrong candidate costs such a
 * question, and never makes a wrong record.
 */
struct directory;

struct directory_config {
	sd_event *event;
	struct pool *pool;	   /* workers that call libsubid */
	struct pool *scanner;	   /* a worker that looks at processes, or NULL */
	const char *const *groups; /* whose members are candidates; kept */
	size_t n_groups;
	int state_fd; /* of the directory where candidates are kept, or -1; handed over */
	uint64_t deadline_usec;
};

/* directory_new: read the saved candidates. Returns 0 or a negative errno. */
__attribute__((nonnull, warn_unused_result)) int
directory_new(const struct directory_config *config, struct directory **ret);

/*
 * directory_query: look a record up.
 *
 * @done: called before this returns, or later.
 * @ret: set before @done is called: to the query, which query_free() ends early, or to
 * NULL if there is none.
 */
__attribute__((nonnull(1, 2, 3, 5))) void directory_query(struct directory *directory,
							  const struct query_key *key,
							  query_done_fn *done, void *userdata,
							  struct query **ret);

/* directory_free: saves the candidates first. No query may be under way. */
void directory_free(struct directory *directory);
