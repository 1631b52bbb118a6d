/* SPDX-License-Identifier: BSD-3-Clause */
#include "directory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "candidates.h"
#include "learn.h"
#include "libsubid.h"
#include "misses.h"
#include "round.h"
#include "saver.h"

/* Proofs of one query. Each one that fails has corrected a candidate's ranges. */
#define PROOFS_MAX 8

LIST_HEAD(queries, query);

struct directory {
	struct directory_config config;
	struct candidates *candidates;
	struct saver *saver;
	struct misses misses;
	struct round *round;
	struct queries waiting; /* queries that wait for the end of the round */
};

static void query_by_id(struct query *query);

static uint64_t now_usec(const struct directory *directory)
{
	uint64_t usec = 1;

	(void)sd_event_now(directory->config.event, CLOCK_MONOTONIC, &usec);
	return usec;
}

/* --- an owner's ranges --------------------------------------------------------------- */

/* Make the record from the ranges of the owner. Returns 0, or -ENOENT if they lack the ID. */
static int find(const struct query *query, const struct learned *learned,
		const struct subid_owner *owner, struct nss_id *ret)
{
	const struct subid_range *gids = learned->ranges[SUBID_GID];
	uint32_t gid;
	int r;

	r = subid_ranges_find_id(learned->ranges[query->kind], learned->n[query->kind],
				 query->wanted.id, &ret->position);
	if (r < 0)
		return r;
	ret->id = query->wanted.id;
	ret->owner = *owner;
	ret->gid = NSS_GID_NOBODY;
	if (query->kind == SUBID_UID &&
	    subid_ranges_find_position(gids, learned->n[SUBID_GID], ret->position, &gid) == 0)
		ret->gid = nss_gid_of_user(gid);
	return 0;
}

static int ask_ranges(struct query *query, const char *owner, pool_done_fn *done)
{
	struct frame question = { .code = FRAME_RANGES };
	int r = frame_add_text(&question, owner);

	if (r == 0)
		r = query_ask(query, &question, done);
	frame_free(&question);
	return r;
}

/* --- by name ------------------------------------------------------------------------- */

/*
 * Is the ID the owner's, by the answer to ask_ranges()? Returns 0 and sets @ret; -ENOENT; or
 * another negative errno.
 */
static int prove(struct query *query, int r, const struct frame *answer,
		 const struct subid_owner *owner, struct nss_id *ret)
{
	struct directory *directory = (struct directory *)query->source;
	struct learned learned;

	query->question = NULL;
	if (r == 0)
		r = learn(directory->candidates, owner, answer,
			  now_usec(directory) + ROUND_FRESH_USEC, &learned);
	if (r == 0)
		r = find(query, &learned, owner, ret);
	if (r == 0 && candidates_use(directory->candidates, owner->text))
		saver_note(directory->saver);
	return r;
}

static void on_ranges_by_name(void *userdata, int r, const struct frame *answer)
{
	struct query *query = (struct query *)userdata;
	struct nss_id found;

	r = prove(query, r, answer, &query->wanted.owner, &found);
	query_finish(query, r, r == 0 ? &found : NULL);
}

/* --- by ID: reverse? ----------------------------------------------------------------- */

static void wait_for_round(struct query *query);
static void try_next_reverse(struct query *query);

static void on_reverse_ranges(void *userdata, int r, const struct frame *answer)
{
	struct query *query = (struct query *)userdata;
	struct subid_owner owner;
	struct nss_id found;

	if (subid_owner_set(&owner, query->owner, strlen(query->owner)) < 0)
		r = -EBADMSG;
	r = prove(query, r, answer, &owner, &found);
	if (r == 0) {
		query_finish(query, 0, &found);
		return;
	}
	if (r != -ENOENT)
		query->fault = r;
	try_next_reverse(query);
}

static void try_next_reverse(struct query *query)
{
	int r;

	query->owner = frame_next_text(&query->owners, query->owner);
	if (!query->owner || query->proofs++ >= PROOFS_MAX) {
		wait_for_round(query);
		return;
	}
	r = ask_ranges(query, query->owner, on_reverse_ranges);
	if (r < 0)
		query_finish(query, r, NULL);
}

static int copy_texts(const struct frame *from, struct frame *to)
{
	const char *text = NULL;
	int r = 0;

	while (r == 0 && (text = frame_next_text(from, text)))
		r = frame_add_text(to, text);
	return r;
}

static void on_reverse_owners(void *userdata, int r, const struct frame *answer)
{
	struct query *query = (struct query *)userdata;
	struct directory *directory = (struct directory *)query->source;

	query->question = NULL;
	if (r == 0 && answer->code == 0)
		r = copy_texts(answer, &query->owners);
	else if (r == 0 && answer->code == -ENOENT)
		misses_note(&directory->misses, query->kind, query->wanted.id,
			    now_usec(directory) + ROUND_FRESH_USEC);
	else if (r == 0)
		query->fault = answer->code;
	if (r < 0) {
		query_finish(query, r, NULL);
		return;
	}
	query->proofs = 0;
	try_next_reverse(query);
}

static void ask_reverse(struct query *query)
{
	struct directory *directory = (struct directory *)query->source;
	struct frame question = {
		.code = FRAME_OWNERS,
		.kind = query->kind,
		.id = query->wanted.id,
	};
	int r;

	if (misses_has(&directory->misses, query->kind, query->wanted.id, now_usec(directory))) {
		wait_for_round(query);
		return;
	}
	r = query_ask(query, &question, on_reverse_owners);
	if (r < 0)
		query_finish(query, r, NULL);
}

/* --- by ID: known? ------------------------------------------------------------------- */

static void on_known_ranges(void *userdata, int r, const struct frame *answer)
{
	struct query *query = (struct query *)userdata;
	struct nss_id found;

	r = prove(query, r, answer, &query->wanted.owner, &found);
	/* The candidate's ranges are corrected now. Does another candidate have the ID? */
	if (r == -ENOENT)
		query_by_id(query);
	else
		query_finish(query, r, r == 0 ? &found : NULL);
}

/* Ask for a candidate's ranges. Returns false if no candidate had the ID. */
static bool try_known(struct query *query)
{
	struct directory *directory = (struct directory *)query->source;
	const char *owner = candidates_find(directory->candidates, query->kind, query->wanted.id);
	int r;

	if (!owner || query->proofs++ >= PROOFS_MAX)
		return false;
	r = subid_owner_set(&query->wanted.owner, owner, strlen(owner));
	if (r == 0)
		r = ask_ranges(query, owner, on_known_ranges);
	if (r < 0)
		query_finish(query, r, NULL);
	return true;
}

static void query_by_id(struct query *query)
{
	struct directory *directory = (struct directory *)query->source;

	if (try_known(query))
		return;
	if (pool_is_sick(directory->config.pool))
		query_finish(query, -EHOSTDOWN, NULL);
	else
		ask_reverse(query);
}

/* --- by ID: new? A round of looking for candidates and asking them ------------------- */

static void on_last_ranges(void *userdata, int r, const struct frame *answer)
{
	struct query *query = (struct query *)userdata;
	struct nss_id found;

	r = prove(query, r, answer, &query->wanted.owner, &found);
	/* The candidate's ranges are corrected now. The round may find another candidate, or a
	 * fault. */
	if (r == -ENOENT)
		wait_for_round(query);
	else
		query_finish(query, r, r == 0 ? &found : NULL);
}

/*
 * After the round, ask for a proof if a candidate had the ID. Otherwise the query ends with the
 * fault of a question, if one has been noted, or with -ENOENT.
 */
static void query_after_round(struct query *query)
{
	struct directory *directory = (struct directory *)query->source;
	const char *owner = candidates_find(directory->candidates, query->kind, query->wanted.id);
	int r = 0;

	if (!owner && pool_is_sick(directory->config.pool))
		r = -EHOSTDOWN;
	else if (!owner)
		r = query->fault ? query->fault : round_fault(directory->round);
	if (r == 0 && !owner)
		r = -ENOENT;
	if (r == 0)
		r = subid_owner_set(&query->wanted.owner, owner, strlen(owner));
	if (r == 0)
		r = ask_ranges(query, owner, on_last_ranges);
	if (r < 0)
		query_finish(query, r, NULL);
}

static void stop_waiting(struct query *query)
{
	LIST_REMOVE(query, link);
	query->waits = false;
}

/* A candidate's ranges have arrived: the queries whose ID they hold need not wait any more. */
static void on_learned(void *userdata, const struct learned *learned)
{
	struct directory *directory = (struct directory *)userdata;
	struct query *query, *next;

	for (query = LIST_FIRST(&directory->waiting); query; query = next) {
		next = LIST_NEXT(query, link);
		/* The first test rejects nearly all queries. The second one may have to sort. */
		if (!learned_has(learned, query->kind, query->wanted.id) ||
		    !candidates_find(directory->candidates, query->kind, query->wanted.id))
			continue;
		stop_waiting(query);
		query_after_round(query);
	}
}

static void on_ended(void *userdata)
{
	struct directory *directory = (struct directory *)userdata;
	struct query *query;

	while ((query = LIST_FIRST(&directory->waiting))) {
		stop_waiting(query);
		query_after_round(query);
	}
}

static void wait_for_round(struct query *query)
{
	struct directory *directory = (struct directory *)query->source;

	LIST_INSERT_HEAD(&directory->waiting, query, link);
	query->waits = true;
	round_begin(directory->round);
}

/* --- the source ---------------------------------------------------------------------- */

void directory_query(struct directory *directory, const struct query_key *key, query_done_fn *done,
		     void *userdata, struct query **ret)
{
	struct query *query;
	int r;

	*ret = NULL;
	r = query_new(directory->config.event, directory->config.pool, key,
		      directory->config.deadline_usec, done, userdata, &query);
	if (r < 0) {
		done(userdata, r, NULL);
		return;
	}
	query->source = directory;
	*ret = query;
	if (!key->name) {
		query_by_id(query);
		return;
	}
	r = ask_ranges(query, query->wanted.owner.text, on_ranges_by_name);
	if (r < 0)
		query_finish(query, r, NULL);
}

static struct round *new_round(struct directory *directory)
{
	const struct round_config config = {
		.event = directory->config.event,
		.candidates = directory->candidates,
		.pool = directory->config.pool,
		.scanner = directory->config.scanner,
		.groups = directory->config.groups,
		.n_groups = directory->config.n_groups,
		.learned = on_learned,
		.ended = on_ended,
		.userdata = directory,
	};

	return round_new(&config);
}

int directory_new(const struct directory_config *config, struct directory **ret)
{
	struct directory *directory = (struct directory *)calloc(1, sizeof(*directory));
	int r = 0;

	if (!directory)
		return -ENOMEM;
	directory->config = *config;
	LIST_INIT(&directory->waiting);
	directory->candidates = candidates_new();
	if (directory->candidates)
		directory->round = new_round(directory);
	if (!directory->candidates || !directory->round)
		r = -ENOMEM;
	if (r == 0)
		r = saver_new(config->event, config->state_fd, directory->candidates,
			      &directory->saver);
	if (r < 0) {
		directory_free(directory);
		return r;
	}
	*ret = directory;
	return 0;
}

void directory_free(struct directory *directory)
{
	if (!directory)
		return;
	saver_free(directory->saver);
	round_free(directory->round);
	candidates_free(directory->candidates);
	free(directory);
}
