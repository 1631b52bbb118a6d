/* SPDX-License-Identifier: BSD-3-Clause */
#include "connection.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

void connection_free(struct connection *connection)
{
	struct server *server = connection->server;

	if (connection->cancel)
		connection->cancel(connection->cancel_userdata);
	TAILQ_REMOVE(&server->connections, connection, link);
	server->n--;
	server->active_usec = server_now_usec(server);
	(void)sd_event_source_disable_unref(connection->io);
	(void)sd_event_source_disable_unref(connection->turn);
	(void)close(connection->fd);
	inbox_free(&connection->inbox);
	free(connection->reply);
	free(connection);
	if (server->closing && server->n == 0)
		server->config.closed(server->config.userdata);
}

bool connection_is_silent(const struct connection *connection)
{
	return !connection->busy;
}

void connection_note_heard(struct connection *connection)
{
	struct server *server = connection->server;

	connection->heard_usec = server_now_usec(server);
	TAILQ_REMOVE(&server->connections, connection, link);
	TAILQ_INSERT_TAIL(&server->connections, connection, link);
}

/* --- calls and replies --------------------------------------------------------------- */

/* Listen to the events that the connection waits for. epoll(7) reports a hangup in any case. */
static int update_events(struct connection *connection)
{
	uint32_t events = 0;

	if (connection->reply)
		events = EPOLLOUT;
	else if (!connection->busy && !connection->ended)
		events = EPOLLIN;
	return sd_event_source_set_io_events(connection->io, events);
}

/* Returns 0; -EAGAIN if the client does not read; or another negative errno. */
static int send_reply(struct connection *connection)
{
	while (connection->sent < connection->size) {
		ssize_t n = send(connection->fd, connection->reply + connection->sent,
				 connection->size - connection->sent, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n >= 0)
			connection->sent += (size_t)n;
		else if (errno != EINTR)
			return -errno;
	}
	free(connection->reply);
	connection->reply = NULL;
	return 0;
}

/* Handle the next call later: other clients have their turn first. */
static void take_turn(struct connection *connection)
{
	if (!connection->reply && !connection->busy)
		(void)sd_event_source_set_enabled(connection->turn, SD_EVENT_ONESHOT);
}

/* Wait for the next event, or end the connection after a fault or the last reply. */
static void go_on(struct connection *connection, int r)
{
	bool over = connection->ended && !connection->busy && !connection->reply &&
		    connection->inbox.scanned == connection->inbox.end;

	if ((r < 0 && r != -EAGAIN) || over || update_events(connection) < 0)
		connection_free(connection);
}

void connection_reply(struct connection *connection, char *text, size_t size)
{
	int r = text ? 0 : -ENOMEM;

	connection->busy = false;
	connection->served = connection->server->closing;
	connection->cancel = NULL;
	if (connection->oneway) {
		free(text);
		text = NULL;
	}
	if (text) {
		connection->reply = text;
		connection->size = size;
		connection->sent = 0;
		r = send_reply(connection);
	}
	take_turn(connection);
	/* The caller of handle() may still use the connection, so it is not freed here. */
	if ((r < 0 && r != -EAGAIN) || update_events(connection) < 0) {
		connection->ended = true;
		inbox_free(&connection->inbox);
		free(connection->reply);
		connection->reply = NULL;
		take_turn(connection);
	}
}

/*
 * Handle the next call, if it is complete; -EAGAIN if not. A server that closes answers one call
 * of each connection: a client that sends one after the other would keep it from closing.
 */
static int handle_next(struct connection *connection)
{
	const struct server_config *config = &connection->server->config;
	struct request request;
	const char *text;
	size_t len;
	int r;

	if (connection->served)
		return -ESHUTDOWN;
	r = inbox_next(&connection->inbox, &text, &len);
	if (r < 0)
		return r;
	r = request_parse(text, len, &request);
	if (r < 0)
		return r;
	connection_note_heard(connection);
	connection->busy = true;
	connection->oneway = request.oneway;
	config->handle(config->userdata, connection, &request);
	return 0;
}

static int on_turn(sd_event_source *source, void *userdata)
{
	struct connection *connection = (struct connection *)userdata;
	int r = 0;

	(void)source;
	if (!connection->busy && !connection->reply)
		r = handle_next(connection);
	go_on(connection, r);
	return 0;
}

/* Read once. In a loop, a client that sends fast enough would keep the service from others. */
static int read_some(struct connection *connection)
{
	char *where;
	size_t size;
	ssize_t n;
	int r;

	r = inbox_room(&connection->inbox, &where, &size);
	if (r < 0)
		return r;
	n = recv(connection->fd, where, size, MSG_DONTWAIT);
	if (n < 0 && errno != EINTR && errno != EAGAIN)
		return -errno;
	if (n < 0) {
		if (connection->inbox.start == connection->inbox.end)
			inbox_free(&connection->inbox);
		return 0;
	}
	if (n == 0)
		connection->ended = true;
	inbox_add(&connection->inbox, (size_t)n);
	return 0;
}

static void move_on(struct connection *connection, uint32_t revents)
{
	int r = 0;

	if (connection->reply)
		r = send_reply(connection);
	else if (connection->busy)
		r = revents & (EPOLLHUP | EPOLLERR) ? -EPIPE : 0;
	else
		r = read_some(connection);
	if (r == 0 && !connection->busy && !connection->reply)
		r = handle_next(connection);
	go_on(connection, r);
}

static int on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	(void)source;
	(void)fd;
	move_on((struct connection *)userdata, revents);
	return 0;
}

/* --- the beginning ------------------------------------------------------------------- */

static int watch(struct connection *connection)
{
	sd_event *event = connection->server->config.event;
	int r;

	r = sd_event_add_io(event, &connection->io, connection->fd, EPOLLIN, on_io, connection);
	if (r >= 0)
		r = sd_event_add_defer(event, &connection->turn, on_turn, connection);
	if (r >= 0)
		r = sd_event_source_set_enabled(connection->turn, SD_EVENT_OFF);
	return r;
}

struct connection *connection_new(struct server *server, int fd, const struct ucred *peer)
{
	struct connection *connection = (struct connection *)calloc(1, sizeof(*connection));

	if (!connection) {
		(void)close(fd);
		return NULL;
	}
	connection->server = server;
	connection->fd = fd;
	connection->peer = *peer;
	connection->heard_usec = server_now_usec(server);
	TAILQ_INSERT_TAIL(&server->connections, connection, link);
	server->n++;
	server->active_usec = connection->heard_usec;
	if (watch(connection) < 0) {
		connection_free(connection);
		return NULL;
	}
	return connection;
}

const struct ucred *connection_peer(const struct connection *connection)
{
	return &connection->peer;
}

void connection_set_cancel(struct connection *connection, void (*cancel)(void *userdata),
			   void *userdata)
{
	connection->cancel = cancel;
	connection->cancel_userdata = userdata;
}

void connection_begin(struct connection *connection)
{
	move_on(connection, 0);
}
