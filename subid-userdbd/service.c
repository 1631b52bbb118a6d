/* SPDX-License-Identifier: BSD-3-Clause */
#include "service.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "interface.h"
#include "reply.h"

/* A record's owner stands in its name and in its realName. */
#define RECORD_MAX_BYTES 4096

_Static_assert(RECORD_MAX_BYTES > 2 * SUBID_OWNER_MAX_BYTES + 512, "every record fits");

/* A lookup that is under way. */
struct call {
	struct service *service;
	struct connection *connection;
	struct request request;
	enum subid_kind kind;
	struct query *query; /* or NULL */
	bool by_name;
};

static void call_free(struct call *call)
{
	request_free(&call->request);
	free(call);
}

/* The client has gone. */
static void cancel(void *userdata)
{
	struct call *call = (struct call *)userdata;

	if (call->query)
		query_free(call->query);
	call_free(call);
}

static void reply_with_error(struct connection *connection, const char *error, const char *key,
			     const char *value)
{
	size_t size = 0;
	char *text = reply_error(error, key, value, &size);

	connection_reply(connection, text, size);
}

static void finish_with_error(struct call *call, const char *error)
{
	struct connection *connection = call->connection;

	call_free(call);
	reply_with_error(connection, error, NULL, NULL);
}

/* The texts of a record in which `fuzzyNames` of a client are looked for. */
struct texts {
	const char *of[2];
	size_t n;
};

static bool are_utf8(const struct texts *texts)
{
	for (size_t i = 0; i < texts->n; i++)
		if (!reply_is_utf8(texts->of[i]))
			return false;
	return true;
}

/*
 * Make the reply with a record. Returns NULL if there is none: *ret_error is then the error to
 * reply, or NULL if memory is short.
 */
static char *make_record(const struct call *call, const struct nss_id *found, size_t *ret_size,
			 const char **ret_error)
{
	char buf[RECORD_MAX_BYTES];
	struct texts texts = { .n = 0 };
	struct passwd pwd;
	struct group grp;
	int r;

	*ret_error = ERROR_NO_RECORD;
	if (call->kind == SUBID_UID) {
		r = nss_record_passwd(found, &pwd, buf, sizeof(buf));
		texts = r < 0 ? texts : (struct texts){ { pwd.pw_name, pwd.pw_gecos }, 2 };
	} else {
		r = nss_record_group(found, &grp, buf, sizeof(buf));
		texts = r < 0 ? texts : (struct texts){ { grp.gr_name }, 1 };
	}
	/* A JSON string cannot hold a name that is not UTF-8. */
	if (r < 0 || !are_utf8(&texts))
		return NULL;
	*ret_error = ERROR_NON_MATCHING;
	if (!request_matches(&call->request, found->id, texts.of, texts.n))
		return NULL;
	*ret_error = NULL;
	return call->kind == SUBID_UID ? reply_user(&pwd, ret_size) : reply_group(&grp, ret_size);
}

static void finish_with_record(struct call *call, const struct nss_id *found)
{
	struct connection *connection = call->connection;
	const char *error;
	size_t size = 0;
	char *text = make_record(call, found, &size, &error);

	if (error) {
		finish_with_error(call, error);
		return;
	}
	call_free(call);
	connection_reply(connection, text, size);
}

static void begin_query(struct call *call);

static void on_found(void *userdata, int r, const struct nss_id *found)
{
	struct call *call = (struct call *)userdata;
	const struct request *request = &call->request;

	call->query = NULL;
	if (r == -ENOENT && call->by_name && request->has_id) {
		/* No record with that name: is there one with that ID? */
		call->by_name = false;
		begin_query(call);
	} else if (r < 0) {
		finish_with_error(call, r == -ENOENT ? ERROR_NO_RECORD : ERROR_NOT_AVAILABLE);
	} else if (request->name &&
		   (!call->by_name || (request->has_id && found->id != request->id))) {
		finish_with_error(call, ERROR_CONFLICTING);
	} else {
		finish_with_record(call, found);
	}
}

static void begin_query(struct call *call)
{
	const struct query_key key = {
		.kind = call->kind,
		.name = call->by_name ? call->request.name : NULL,
		.id = call->request.id,
		.uid = connection_peer(call->connection)->uid,
	};

	if (call->service->directory)
		directory_query(call->service->directory, &key, on_found, call, &call->query);
	else if (call->service->local)
		local_query(call->service->local, &key, on_found, call, &call->query);
	else
		on_found(call, -ENODEV, NULL);
}

static void begin_call(struct service *service, struct connection *connection,
		       struct request *request)
{
	struct call *call = (struct call *)calloc(1, sizeof(*call));

	if (!call) {
		request_free(request);
		connection_reply(connection, NULL, 0);
		return;
	}
	call->service = service;
	call->connection = connection;
	call->request = *request;
	call->kind = request->method == REQUEST_GROUP ? SUBID_GID : SUBID_UID;
	call->by_name = request->name;
	connection_set_cancel(connection, cancel, call);
	begin_query(call);
}

static bool is_own(const struct service *service, pid_t pid)
{
	return pid == getpid() || pool_owns(service->workers, pid) ||
	       (service->scanner && pool_owns(service->scanner, pid));
}

static void handle_description(struct connection *connection, const struct request *request)
{
	const char *description = interface_description(request->interface);
	size_t size = 0;
	char *text;

	if (!description) {
		reply_with_error(connection, ERROR_INTERFACE, "interface", request->interface);
		return;
	}
	text = reply_description(description, &size);
	connection_reply(connection, text, size);
}

static void handle_info(struct connection *connection)
{
	size_t size = 0;
	char *text = reply_info(&size);

	connection_reply(connection, text, size);
}

/* Calls whose answer is there at once; the others are lookups. */
static bool handle_at_once(struct service *service, struct connection *connection,
			   const struct request *request)
{
	if (request->error)
		reply_with_error(connection, request->error, request->error_key,
				 request->error_value);
	else if (request->method == REQUEST_INFO)
		handle_info(connection);
	else if (request->method == REQUEST_DESCRIPTION)
		handle_description(connection, request);
	else if (request->method == REQUEST_MEMBERSHIPS ||
		 is_own(service, connection_peer(connection)->pid))
		reply_with_error(connection, ERROR_NO_RECORD, NULL, NULL);
	else if (!request->has_id && !request->name)
		reply_with_error(connection, ERROR_NO_ENUMERATION, NULL, NULL);
	else
		return false;
	return true;
}

void service_handle(struct service *service, struct connection *connection, struct request *request)
{
	if (handle_at_once(service, connection, request))
		request_free(request);
	else
		begin_call(service, connection, request);
}
