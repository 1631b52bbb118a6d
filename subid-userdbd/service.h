/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "directory.h"
#include "local.h"
#include "pool.h"
#include "server.h"

/*
 * What a call gets for an answer: from a client's request to a query, and from what it
 * finds to a reply.
 */
struct service {
	/* One of these two is the source. Without one, every lookup ends with a fault. */
	struct local *local;
	struct directory *directory;
	struct pool *workers;
	struct pool *scanner; /* or NULL */
};

/*
 * service_handle: answer a call, as struct server_config says.
 *
 * A question from one of our own processes is one that its plugin or its C library has asked
 * on the way to an answer to us: there is no such record, at once.
 */
__attribute__((nonnull)) void service_handle(struct service *service, struct connection *connection,
					     struct request *request);
