/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "exchange.h"
#include "questions.h"

#define OURS_POSITIONS_MAX 12
#define OURS_NOT_ASKED 1

/* Our answers about a file. Each `r` is 0, -ENOENT, or for a pair OURS_NOT_ASKED. */
struct answers {
	struct {
		int r;
		char owner[EXCHANGE_NAME_BYTES];
		uint64_t position;
	} by_id[QUESTIONS_IDS_MAX];
	struct {
		int r;
		uint64_t position;
	} by_owner[QUESTIONS_OWNERS_MAX][QUESTIONS_IDS_MAX];
	struct {
		int r;
		uint64_t position;
		uint32_t id;
	} by_position[QUESTIONS_OWNERS_MAX][OURS_POSITIONS_MAX];
	size_t n_positions[QUESTIONS_OWNERS_MAX];
};

/*
 * ours_ask: ask for each ID, for pairs of an owner and an ID, and for positions of each owner.
 * Returns NULL after disagree(), if it makes a difference by which way a file is read.
 */
const struct answers *ours_ask(const struct original *original);

/* How many files were indexed so far, and how many lookups there were. */
extern unsigned long ours_indexed, ours_questions;
