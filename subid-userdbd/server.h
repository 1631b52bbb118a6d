/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <systemd/sd-event.h>

#include "request.h"

/*
 * The clients. Each one has a stream socket, over which it sends calls and gets replies, one at
 * a time. While a call is being answered, or its reply is not yet sent, nothing more is read.
 *
 * Everybody may connect, so everything is limited: the connections of all and of one user,
 * the size of a message, and how long a connection may be silent. If there are too many
 * connections, the one that has been silent longest is closed for a new one. A connection is
 * not silent while its call is being answered.
 */
struct server;
struct connection;

/* Since Linux 6.16. Earlier kernel headers lack it. The value is that of most architectures. */
#if !defined(SO_PASSRIGHTS) && !defined(__hppa__) && !defined(__sparc__)
#define SO_PASSRIGHTS 83
#endif

#define SERVER_CONNECTIONS_MAX 1024
#define SERVER_CONNECTIONS_OF_USER_MAX 256
#define SERVER_SILENCE_MAX_USEC (30 * UINT64_C(1000000))

/* How long a connection may be silent once the server is closing, from when that begins. */
#define SERVER_CLOSING_SILENCE_USEC UINT64_C(200000)

struct server_config {
	sd_event *event;
	unsigned int connections_max, connections_of_user_max;
	uint64_t silence_max_usec;
	/*
	 * Must answer a call by connection_reply(), now or later. @request is handed over; end it
	 * with request_free().
	 */
	void (*handle)(void *userdata, struct connection *connection, struct request *request);
	/*
	 * Is called before a connection is accepted. If it returns false, the server closes: it
	 * accepts no more connections, sends at most one more reply to each that is open, and
	 * calls closed() when all have ended. New clients wait in the listening socket.
	 */
	bool (*may_accept)(void *userdata);
	void (*closed)(void *userdata);
	void *userdata;
};

/* Returns 0 or a negative errno. Ownership: end with server_free(). */
__attribute__((nonnull, warn_unused_result)) int server_new(const struct server_config *config,
							    struct server **ret);

/* server_listen: accept connections from a listening socket, which is handed over. */
__attribute__((nonnull, warn_unused_result)) int server_listen(struct server *server, int fd);

/* server_connect: serve a connected socket, which is handed over. */
__attribute__((nonnull)) void server_connect(struct server *server, int fd);

__attribute__((nonnull, warn_unused_result)) unsigned int
server_connections(const struct server *server);

/* server_active_usec: when somebody connected or left last, on CLOCK_MONOTONIC. */
__attribute__((nonnull, warn_unused_result)) uint64_t
server_active_usec(const struct server *server);

/* server_free: closes all connections. */
void server_free(struct server *server);

/* connection_peer: who connected, as the kernel says. */
__attribute__((nonnull, warn_unused_result)) const struct ucred *
connection_peer(const struct connection *connection);

/*
 * connection_set_cancel: set a function that is called if the connection ends before the reply.
 */
__attribute__((nonnull(1, 2))) void connection_set_cancel(struct connection *connection,
							  void (*cancel)(void *userdata),
							  void *userdata);

/*
 * connection_reply: the call has been answered.
 *
 * @text: @size bytes with the NUL at their end, handed over; or NULL: there is no memory
 * for a reply, and the connection ends.
 */
__attribute__((nonnull(1))) void connection_reply(struct connection *connection, char *text,
						  size_t size);
