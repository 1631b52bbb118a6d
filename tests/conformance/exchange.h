/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * Between the comparing program and the oracle, which is a process of its own
 * because libsubid must not share one with what it is compared to: one file,
 * mapped by both. A byte on the oracle's standard input says that the questions
 * stand there, a byte on its standard output that the replies do.
 */
#define EXCHANGE_QUESTIONS 1024
#define EXCHANGE_PAIRS (1u << 19)
#define EXCHANGE_NAME_BYTES 1024

struct exchange_question {
	bool gid;   /* about /etc/subgid */
	bool by_id; /* who has @id, else what has @owner */
	uint32_t id;
	char owner[EXCHANGE_NAME_BYTES];
};

struct exchange_pair {
	uint64_t start; /* or an owner's UID */
	uint64_t count;
};

/* count: of pairs, in libsubid's order; negative where it refuses to answer. */
struct exchange_reply {
	int32_t count;
	uint32_t first;
};

struct exchange {
	uint32_t questions;
	struct exchange_question question[EXCHANGE_QUESTIONS];
	struct exchange_reply reply[EXCHANGE_QUESTIONS];
	struct exchange_pair pair[EXCHANGE_PAIRS];
};
