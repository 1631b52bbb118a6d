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
	struct local *local;	     /* one of these two is the source, */
	struct directory *directory; /* and the other one NULL */
	struct pool *workers;
	struct pool *scanner; /* or NULL */
};

/*
 * service_handle: for struct server_config; @userdata is the service.
 *
 * A question from one of our own processes is one that its plugin or its C library has asked
 * on the way to an answer to us: there is no such record, at once.
 */
__attribute__((nonnull)) void service_handle(void *userdata, struct connection *connection,
					     struct request *request);
