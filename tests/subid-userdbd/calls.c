/* SPDX-License-Identifier: BSD-3-Clause */
#include "calls.h"

#include "check.h"

#include <stdlib.h>

struct calls calls;

void calls_begin(void)
{
	calls = (struct calls){ .policy = REPLY, .reply_size = sizeof("r") };
}

static void cancelled(void *userdata)
{
	(void)userdata;
	calls.n_cancelled++;
	calls.kept = NULL;
}

void calls_reply(struct connection *connection)
{
	char *text = calloc(1, calls.reply_size);

	assert_non_null(text);
	memset(text, 'r', calls.reply_size - 1);
	connection_reply(connection, text, calls.reply_size);
}

void calls_handle(void *userdata, struct connection *connection, struct request *request)
{
	(void)userdata;
	calls.n++;
	request_free(request);
	if (calls.policy == REPLY) {
		calls_reply(connection);
	} else if (calls.policy == NO_MEMORY) {
		connection_reply(connection, NULL, 0);
	} else {
		calls.kept = connection;
		connection_set_cancel(connection, cancelled, NULL);
	}
}
