/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <sys/queue.h>

#include "inbox.h"
#include "server.h"

/*
 * Shared by server.c, which handles the set of all connections, and connection.c, which handles
 * one. A connection does one thing at a time:
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
	bool oneway; /* the client wants no reply to it */
	bool ended;  /* the client sends nothing more */
	bool served; /* a call has been answered since the server began to close */
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

/*
 * connection_new: add an accepted connection to the server's. @fd: the connection's from now on,
 * also on failure. Returns NULL on failure.
 */
__attribute__((nonnull, warn_unused_result)) struct connection *
connection_new(struct server *server, int fd, const struct ucred *peer);

/* connection_begin: answer what the client has sent already. It may end the connection. */
__attribute__((nonnull)) void connection_begin(struct connection *connection);

/* connection_free: closes it, and cancels what it waits for. */
__attribute__((nonnull)) void connection_free(struct connection *connection);

/*
 * connection_is_silent: does the connection wait for its client: for a call, or until the client
 * reads its reply?
 */
__attribute__((nonnull, warn_unused_result)) bool
connection_is_silent(const struct connection *connection);

/* connection_note_heard: its silence begins now. */
__attribute__((nonnull)) void connection_note_heard(struct connection *connection);

/* server_now_usec: when the event loop woke up last, on CLOCK_MONOTONIC. */
__attribute__((nonnull, warn_unused_result)) uint64_t server_now_usec(const struct server *server);
