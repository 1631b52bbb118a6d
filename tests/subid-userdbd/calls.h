/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>

#include "server.h"

/* The calls that a test's server gets. The test chooses how they are answered. */

#define CALL "{\"method\":\"org.varlink.service.GetInfo\"}"
#define ONEWAY "{\"method\":\"org.varlink.service.GetInfo\",\"oneway\":true}"

extern struct calls {
	enum { REPLY, KEEP, NO_MEMORY } policy;
	size_t reply_size; /* with the NUL; 2 if a test does not change it */
	unsigned int n;	   /* how many came */
	unsigned int n_cancelled;
	struct connection *kept; /* its call waits for calls_reply(); or NULL */
} calls;

/* calls_begin: forget the calls of an earlier test, and reply to each call. */
void calls_begin(void);

/* calls_handle: for struct server_config. */
void calls_handle(void *userdata, struct connection *connection, struct request *request);

/* calls_reply: reply to a call with `reply_size` bytes. */
void calls_reply(struct connection *connection);
