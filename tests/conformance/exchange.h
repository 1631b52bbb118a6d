/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * One file, mapped by two processes: the program that compares, and the oracle, which asks
 * libsubid. libsubid must not share a process with the code that it is compared to.
 *
 * The program writes questions into the file, then a byte to the oracle's standard input. The
 * oracle writes the replies into the file, then a byte to its standard output.
 */
#define EXCHANGE_QUESTIONS 1024
#define EXCHANGE_PAIRS (1u << 19)
#define EXCHANGE_NAME_BYTES 1024

struct exchange_question {
	bool gid;   /* about /etc/subgid */
	bool by_id; /* true: who owns `id`? false: which ranges has `owner`? */
	uint32_t id;
	char owner[EXCHANGE_NAME_BYTES];
};

/* One item of a reply: a range, or the UID of an owner in `start` and 0 in `count`. */
struct exchange_pair {
	uint64_t start;
	uint64_t count;
};

struct exchange_reply {
	int32_t count;	/* how many items, in libsubid's order; negative if it reports an error */
	uint32_t first; /* the index of the first one in `pair` */
};

struct exchange {
	uint32_t questions;
	struct exchange_question question[EXCHANGE_QUESTIONS];
	struct exchange_reply reply[EXCHANGE_QUESTIONS];
	struct exchange_pair pair[EXCHANGE_PAIRS];
};
