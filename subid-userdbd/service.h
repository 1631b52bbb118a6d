/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "directory.h"
#include "local.h"
#include "pool.h"
#include "server.h"

/*
 * The way from a call to its answer: a client's request becomes a query, and the result of the
 * query becomes a reply.
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
 * A call from a worker is answered at once: there is no such record. The worker's plugin or C
 * library made the call while the worker was looking for an answer to a question of the service.
 */
__attribute__((nonnull)) void service_handle(struct service *service, struct connection *connection,
					     struct request *request);
