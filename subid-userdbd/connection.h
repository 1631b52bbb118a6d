/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <sys/queue.h>

#include "inbox.h"
#include "server.h"

/*
 * What server.c, which has all connections, and connection.c, which has one, know of each
 * other. A connection does one thing at a time:
 *
 *     reads  ->  a call is complete: busy  ->  sends the reply  ->  reads
 */
struct connection {
	TAILQ_ENTRY(connection) link; /* the longest silent one first */
	struct server *server;
	int fd;
	struct ucred peer;
	sd_event_source *io, *turn;
	uint64_t heard_usec;
	struct inbox inbox;
	bool busy;   /* a call is being answered */
	bool oneway; /* and its reply not wanted */
	bool ended;  /* the client sends nothing more */
	bool answered;
	void (*cancel)(void *userdata);
	void *cancel_userdata;
	char *reply; /* that is being sent, or NULL */
	size_t size, sent;
};

TAILQ_HEAD(connections, connection);

struct server {
	struct server_config config;
	sd_event_source *listening, *silence;
	struct connections connections;
	unsigned int n;
	uint64_t active_usec;
	bool closing;
};

/* connection_new: one that is accepted, as the last of the server's. NULL: a fault. */
__attribute__((nonnull, warn_unused_result)) struct connection *
connection_new(struct server *server, int fd, const struct ucred *peer);

/* connection_begin: answer what the client has sent already. It may end the connection. */
__attribute__((nonnull)) void connection_begin(struct connection *connection);

/* connection_free: closes it, and cancels what it waits for. */
__attribute__((nonnull)) void connection_free(struct connection *connection);

/* connection_is_silent: nobody but the client is to say something. */
__attribute__((nonnull, warn_unused_result)) bool
connection_is_silent(const struct connection *connection);

/* connection_note_heard: its silence begins now. */
__attribute__((nonnull)) void connection_note_heard(struct connection *connection);

/* server_now_usec: the loop's, on CLOCK_MONOTONIC. */
__attribute__((nonnull, warn_unused_result)) uint64_t server_now_usec(const struct server *server);
