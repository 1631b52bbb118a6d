/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lookups of keys through NSS services that this program selects. What fails ends the program. */

/* libnss-cache refuses less for groups. */
#define BUFFER_BYTES (1 << 20)

/* The main thread's. */
extern char main_buffer[BUFFER_BYTES];

struct key {
	unsigned int id;
	const char *name;
};

struct keys {
	struct key *key;
	size_t count; /* that are timed */
	size_t total;
};

struct function {
	const char *name;
	const char *database;
	/* Asks for one key after the other. Returns how many of the calls found a record. */
	size_t (*ask)(const struct keys *keys, size_t first, size_t calls, char *buffer);
};

struct question {
	const char *label;
	const char *services; /* "-": those of nsswitch.conf */
	const struct function *function;
	bool found; /* the answer that is expected */
	struct keys keys;
};

const struct function *function_named(const char *name);

/* answer_named: "found" or "absent". Returns whether it is the former. */
bool answer_named(const char *name);

/* key_set: make a key of an ID or a name. keys_read: make one of each line of a file. */
void key_set(struct key *key, const char *text);
void keys_read(struct keys *keys, const char *path);

/* select_services: from now on, ask the question's services. */
void select_services(const struct question *question);

/* demand: end the program unless all @calls gave the answer that is expected. */
void demand(const struct question *question, size_t found, size_t calls);

_Noreturn void fail(const char *what, const char *about);

/* must: return @memory. */
void *must(void *memory);

uint64_t now_ns(void);
