/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "server.h"

/* Clients of a server. A client is a socket. Ownership: close(2). */

/* client_pair: a client without an address: the server gets the other end. It does not block. */
int client_pair(struct server *server);

/* client_listen: let the server listen at an address that the kernel chooses. */
void client_listen(struct server *server);

/*
 * client_connect: connect a client to the address of client_listen(). @flags: SOCK_NONBLOCK or 0.
 * Returns -1 on failure, because a child process of a test must not assert anything.
 */
int client_connect(int flags);

/* client_send: send a client's bytes, all at once. */
void client_send(int fd, const void *bytes, size_t size);

/*
 * client_received: run the event loop until it has nothing to do, and read what has arrived.
 * Returns the number of bytes, or -1 if none came and the connection ended.
 */
ssize_t client_received(int fd);
