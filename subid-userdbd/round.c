/* SPDX-License-Identifier: BSD-3-Clause */
#include "round.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "record.h"

/* While so many questions of the round are under way, no further candidate is asked. */
#define ASKED_AT_ONCE 16

LIST_HEAD(inquiries, inquiry);

struct round {
	struct round_config config;
	bool is_running;
	int fault;		  /* see round_fault() */
	uint64_t fault_usec;	  /* when */
	unsigned int n_faults;	  /* of candidates, in this round */
	unsigned int n_questions; /* under way */
	struct inquiries inquiries;
	/* When to ask for processes and groups, and to empty `named`, next; 0: at once. */
	uint64_t scan_due_usec, groups_due_usec, names_due_usec;
	struct frame named;	  /* values: the UIDs whose accounts were asked for */
	unsigned int n_refreshed; /* candidates asked again since refreshed_usec */
	uint64_t refreshed_usec;
};

/* A question of the round. */
struct inquiry {
	LIST_ENTRY(inquiry) link;
	struct round *round;
	struct subid_owner owner; /* whose ranges are asked for, if it is about ranges */
};

static void go_on(struct round *round);

static uint64_t now_usec(const struct round *round)
{
	uint64_t usec = 1;

	(void)sd_event_now(round->config.event, CLOCK_MONOTONIC, &usec);
	return usec;
}

/* A question could not be asked or answered, so the round may have missed an owner. */
static void note_fault(struct round *round, int r)
{
	round->fault = r;
	round->fault_usec = now_usec(round);
}

/* Put a question to a pool. @owner: the owner whose ranges are asked for, or NULL. */
static int inquire(struct round *round, struct pool *pool, const struct frame *question,
		   const char *owner, pool_done_fn *done)
{
	struct inquiry *inquiry = (struct inquiry *)calloc(1, sizeof(*inquiry));
	struct pool_question *asked;
	int r = 0;

	if (!inquiry)
		return -ENOMEM;
	inquiry->round = round;
	if (owner)
		r = subid_owner_set(&inquiry->owner, owner, strlen(owner));
	if (r == 0)
		r = pool_ask(pool, POOL_OWN, question, 0, done, inquiry, &asked);
	if (r < 0) {
		free(inquiry);
		return r;
	}
	LIST_INSERT_HEAD(&round->inquiries, inquiry, link);
	round->n_questions++;
	return 0;
}

static struct round *inquiry_end(struct inquiry *inquiry)
{
	struct round *round = inquiry->round;

	LIST_REMOVE(inquiry, link);
	round->n_questions--;
	free(inquiry);
	return round;
}

/* Ask for the account names of all UIDs again after the next look at processes. */
static void forget_named(struct round *round)
{
	frame_free(&round->named);
	round->named.n_values = 0;
}

/* Add the names of accounts to the candidates, until there are @max. */
static int add_names(struct round *round, const struct frame *answer, size_t max)
{
	const char *name = NULL;
	int r = 0;

	while (r == 0 && candidates_count(round->config.candidates) < max &&
	       (name = frame_next_text(answer, name)))
		r = candidates_add(round->config.candidates, name);
	return r;
}

static void on_names(void *userdata, int r, const struct frame *answer)
{
	struct round *round = inquiry_end((struct inquiry *)userdata);

	if (r == 0)
		r = answer->code;
	if (r == 0)
		r = add_names(round, answer, SIZE_MAX);
	if (r < 0) {
		note_fault(round, r);
		forget_named(round);
	}
	go_on(round);
}

static void note_group_fault(struct round *round, int r)
{
	note_fault(round, r);
	round->groups_due_usec = now_usec(round) + ROUND_RETRY_USEC;
}

/* Members become candidates only while there is room: a large group replaces no candidate. */
static void on_members(void *userdata, int r, const struct frame *answer)
{
	struct round *round = inquiry_end((struct inquiry *)userdata);

	if (r == 0)
		r = answer->code;
	if (r == 0)
		r = add_names(round, answer, CANDIDATES_MAX);
	/* Two errors are no faults: the group does not exist, or it is too large to be read. */
	if (r < 0 && r != -ENOENT && r != -E2BIG)
		note_group_fault(round, r);
	go_on(round);
}

static bool is_named(const struct round *round, uint32_t uid)
{
	for (uint32_t i = 0; i < round->named.n_values; i++)
		if (round->named.values[i] == uid)
			return true;
	return false;
}

/* May this UID's account be an owner? Not if it is reserved, delegated or already named. */
static bool may_be_owner(struct round *round, uint32_t uid)
{
	return !nss_id_is_reserved(uid) && !is_named(round, uid) &&
	       !candidates_find(round->config.candidates, SUBID_UID, uid);
}

/* The answer has the UIDs that own user namespaces. Ask for the account names of new ones. */
static void on_scan(void *userdata, int r, const struct frame *answer)
{
	struct round *round = inquiry_end((struct inquiry *)userdata);
	struct frame question = { .code = FRAME_NAMES };

	if (r == 0)
		r = answer->code;
	for (uint32_t i = 0; r == 0 && i < answer->n_values; i++) {
		if (!may_be_owner(round, answer->values[i]))
			continue;
		r = frame_add_value(&question, answer->values[i]);
		if (r == 0)
			r = frame_add_value(&round->named, answer->values[i]);
	}
	/* No fault: the kernel has no user namespaces, or this host does not let us see them. */
	if (r < 0 && r != -ENOENT && r != -EACCES && r != -EPERM)
		note_fault(round, r);
	if (question.n_values > 0) {
		r = inquire(round, round->config.pool, &question, NULL, on_names);
		if (r < 0) {
			note_fault(round, r);
			forget_named(round);
		}
	}
	frame_free(&question);
	go_on(round);
}

static void note_candidate_fault(struct round *round, const char *owner, int r)
{
	note_fault(round, r);
	round->n_faults++;
	candidates_put_off(round->config.candidates, owner, now_usec(round) + ROUND_RETRY_USEC);
}

static void on_candidate_ranges(void *userdata, int r, const struct frame *answer)
{
	struct inquiry *inquiry = (struct inquiry *)userdata;
	struct subid_owner owner = inquiry->owner;
	struct round *round = inquiry_end(inquiry);
	struct learned learned = { .n = { 0, 0 } };

	if (r == 0)
		r = learn(round->config.candidates, &owner, answer,
			  now_usec(round) + ROUND_FRESH_USEC, &learned);
	if (r < 0)
		note_candidate_fault(round, owner.text, r);
	else if (learned.n[SUBID_UID] + learned.n[SUBID_GID] > 0)
		round->config.learned(round->config.userdata, &learned);
	go_on(round);
}

/*
 * Is it this candidate's turn? One that was asked before is counted: only ROUND_REFRESH_MAX of
 * these are asked again in a minute.
 */
static bool is_due(struct round *round, uint64_t due_usec)
{
	uint64_t now = now_usec(round);

	if (due_usec == 0)
		return true;
	if (now < due_usec)
		return false;
	if (now - round->refreshed_usec >= ROUND_FRESH_USEC) {
		round->refreshed_usec = now;
		round->n_refreshed = 0;
	}
	return round->n_refreshed++ < ROUND_REFRESH_MAX;
}

/* Returns false if there is no candidate to ask now, or if it could not be asked. */
static bool ask_next_candidate(struct round *round)
{
	struct frame question = { .code = FRAME_RANGES };
	uint64_t due_usec;
	const char *owner = candidates_next(round->config.candidates, &due_usec);
	int r;

	if (!owner || round->n_faults >= ROUND_FAULTS_MAX || pool_is_sick(round->config.pool) ||
	    !is_due(round, due_usec))
		return false;
	candidates_put_off(round->config.candidates, owner, now_usec(round) + ROUND_FRESH_USEC);
	r = frame_add_text(&question, owner);
	if (r == 0)
		r = inquire(round, round->config.pool, &question, owner, on_candidate_ranges);
	frame_free(&question);
	if (r < 0)
		note_candidate_fault(round, owner, r);
	return r == 0;
}

static void go_on(struct round *round)
{
	while (round->n_questions < ASKED_AT_ONCE && ask_next_candidate(round))
		;
	if (round->n_questions > 0)
		return;
	round->is_running = false;
	round->config.ended(round->config.userdata);
}

/* Is it @due? If so, it is due again after @interval. */
static bool is_time(uint64_t now, uint64_t interval, uint64_t *due)
{
	if (now < *due)
		return false;
	*due = now + interval;
	return true;
}

static void ask_processes(struct round *round)
{
	const struct frame question = { .code = FRAME_SCAN };
	int r;

	if (!round->config.scanner ||
	    !is_time(now_usec(round), ROUND_SCAN_USEC, &round->scan_due_usec))
		return;
	if (is_time(now_usec(round), ROUND_FRESH_USEC, &round->names_due_usec))
		forget_named(round);
	r = inquire(round, round->config.scanner, &question, NULL, on_scan);
	if (r < 0)
		note_fault(round, r);
}

static void ask_groups(struct round *round)
{
	if (!is_time(now_usec(round), ROUND_FRESH_USEC, &round->groups_due_usec))
		return;
	for (size_t i = 0; i < round->config.n_groups; i++) {
		struct frame question = { .code = FRAME_MEMBERS };
		int r;

		r = frame_add_text(&question, round->config.groups[i]);
		if (r == 0)
			r = inquire(round, round->config.pool, &question, NULL, on_members);
		if (r < 0)
			note_group_fault(round, r);
		frame_free(&question);
	}
}

void round_begin(struct round *round)
{
	if (round->is_running)
		return;
	round->is_running = true;
	round->n_faults = 0;
	if (now_usec(round) - round->fault_usec >= ROUND_RETRY_USEC)
		round->fault = 0;
	ask_processes(round);
	ask_groups(round);
	go_on(round);
}

int round_fault(const struct round *round)
{
	return round->fault;
}

struct round *round_new(const struct round_config *config)
{
	struct round *round = (struct round *)calloc(1, sizeof(*round));

	if (round)
		round->config = *config;
	return round;
}

void round_free(struct round *round)
{
	struct inquiry *inquiry, *next;

	if (!round)
		return;
	for (inquiry = LIST_FIRST(&round->inquiries); inquiry; inquiry = next) {
		next = LIST_NEXT(inquiry, link);
		free(inquiry);
	}
	frame_free(&round->named);
	free(round);
}
