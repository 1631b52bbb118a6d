/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>

#include "query.h"

/*
 * Any source but the files, through workers that call libsubid. It can be asked what an
 * owner has, and so by name. By ID, most plugins cannot say anything, so candidates are
 * tried, and one of them proved:
 *
 *     known?    a candidate had the ID when it was last asked  -> proof
 *     told?     the plugin's own reverse lookup names owners   -> proof of each
 *     new?      look for candidates, and ask them what they have, see round.h
 *                                                              -> known now? -> proof
 *     no        there is no such record
 *
 * A proof is the source's answer, given now, to the question what the owner has. A wrong
 * candidate costs such a question, and never makes a wrong record.
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

/* Reads the candidates that were kept. Returns 0 or a negative errno. */
__attribute__((nonnull, warn_unused_result)) int
directory_new(const struct directory_config *config, struct directory **ret);

/*
 * directory_query: look a record up.
 *
 * @done, @ret: as those of local_query().
 */
__attribute__((nonnull(1, 2, 3, 5))) void directory_query(struct directory *directory,
							  const struct query_key *key,
							  query_done_fn *done, void *userdata,
							  struct query **ret);

/* directory_free: keeps the candidates. There is no query under way. */
void directory_free(struct directory *directory);
