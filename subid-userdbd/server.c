/* SPDX-License-Identifier: BSD-3-Clause */
#include "server.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <unistd.h>

#include "inbox.h"

/* Connections that are accepted before those that are there have their turn. */
#define ACCEPTED_AT_ONCE 32

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
};

static uint64_t now_usec(const struct server *server)
{
	uint64_t usec = 0;

	(void)sd_event_now(server->config.event, CLOCK_MONOTONIC, &usec);
	return usec;
}

/* --- the end of a connection --------------------------------------------------------- */

static void connection_free(struct connection *connection)
{
	struct server *server = connection->server;

	if (connection->cancel)
		connection->cancel(connection->cancel_userdata);
	TAILQ_REMOVE(&server->connections, connection, link);
	server->n--;
	server->active_usec = now_usec(server);
	(void)sd_event_source_disable_unref(connection->io);
	(void)sd_event_source_disable_unref(connection->turn);
	(void)close(connection->fd);
	inbox_free(&connection->inbox);
	free(connection->reply);
	free(connection);
}

/* --- silence ------------------------------------------------------------------------- */

static bool is_silent(const struct connection *connection)
{
	return !connection->busy;
}

static void watch_silence(struct server *server)
{
	const struct connection *oldest = TAILQ_FIRST(&server->connections);
	uint64_t usec;

	if (!oldest)
		return;
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it does not follow TAILQ_REMOVE() */
	usec = oldest->heard_usec + server->config.silence_max_usec;
	(void)sd_event_source_set_time(server->silence, usec);
	(void)sd_event_source_set_enabled(server->silence, SD_EVENT_ONESHOT);
}

static void note_heard(struct connection *connection)
{
	struct server *server = connection->server;

	connection->heard_usec = now_usec(server);
	TAILQ_REMOVE(&server->connections, connection, link);
	TAILQ_INSERT_TAIL(&server->connections, connection, link);
}

static bool is_overdue(const struct connection *connection, uint64_t usec)
{
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it does not follow TAILQ_REMOVE() */
	return usec >= connection->heard_usec + connection->server->config.silence_max_usec;
}

static int on_silence(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct server *server = (struct server *)userdata;
	struct connection *connection = TAILQ_FIRST(&server->connections), *next;

	(void)source;
	for (; connection && is_overdue(connection, usec); connection = next) {
		next = TAILQ_NEXT(connection, link);
		/* Busy: it is we who are silent, and not for ever. */
		if (is_silent(connection))
			connection_free(connection);
		else
			note_heard(connection);
	}
	watch_silence(server);
	return 0;
}

/* --- calls and replies --------------------------------------------------------------- */

/* Listen to what there is to wait for. A hangup is told in any case. */
static int update_events(struct connection *connection)
{
	uint32_t events = 0;

	if (connection->reply)
		events = EPOLLOUT;
	else if (!connection->busy && !connection->ended)
		events = EPOLLIN;
	return sd_event_source_set_io_events(connection->io, events);
}

/* 0; -EAGAIN if the client does not read; or another negative errno. */
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

/* Other clients have their turn before this one's next call. */
static void take_turn(struct connection *connection)
{
	if (!connection->reply && !connection->busy)
		(void)sd_event_source_set_enabled(connection->turn, SD_EVENT_ONESHOT);
}

/* Ends the connection if that is what is left to do. */
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
	/* Not while it may be used by the caller of handle(). */
	if ((r < 0 && r != -EAGAIN) || update_events(connection) < 0) {
		connection->ended = true;
		inbox_free(&connection->inbox);
		free(connection->reply);
		connection->reply = NULL;
		take_turn(connection);
	}
}

/* The next call, if it is complete. */
static int handle_next(struct connection *connection)
{
	const struct server_config *config = &connection->server->config;
	struct request request;
	const char *text;
	size_t len;
	int r;

	r = inbox_next(&connection->inbox, &text, &len);
	if (r < 0)
		return r;
	r = request_parse(text, len, &request);
	if (r < 0)
		return r;
	note_heard(connection);
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

/* One read, so that nobody keeps us by sending faster than we read. */
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
	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	if (n == 0)
		connection->ended = true;
	inbox_add(&connection->inbox, (size_t)n);
	return 0;
}

static int on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct connection *connection = (struct connection *)userdata;
	int r = 0;

	(void)source;
	(void)fd;
	if (connection->reply)
		r = send_reply(connection);
	else if (connection->busy)
		r = revents & (EPOLLHUP | EPOLLERR) ? -EPIPE : 0;
	else
		r = read_some(connection);
	if (r == 0 && !connection->busy && !connection->reply)
		r = handle_next(connection);
	go_on(connection, r);
	return 0;
}

/* --- a new connection ---------------------------------------------------------------- */

static unsigned int count_of(const struct server *server, uid_t uid)
{
	const struct connection *connection;
	unsigned int n = 0;

	TAILQ_FOREACH (connection, &server->connections, link)
		n += connection->peer.uid == uid;
	return n;
}

/* End the longest silent connection, of @uid's if it is not NULL. false: nobody is silent. */
static bool make_room(struct server *server, const uid_t *uid)
{
	struct connection *connection = TAILQ_FIRST(&server->connections);

	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it does not follow TAILQ_REMOVE() */
	while (connection && (!is_silent(connection) || (uid && connection->peer.uid != *uid)))
		connection = TAILQ_NEXT(connection, link);
	if (!connection)
		return false;
	connection_free(connection);
	return true;
}

static bool has_room(struct server *server, uid_t uid)
{
	if (count_of(server, uid) >= server->config.connections_of_user_max &&
	    !make_room(server, &uid))
		return false;
	return server->n < server->config.connections_max || make_room(server, NULL);
}

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

static struct connection *connection_new(struct server *server, int fd, const struct ucred *peer)
{
	struct connection *connection = (struct connection *)calloc(1, sizeof(*connection));

	if (!connection)
		return NULL;
	connection->server = server;
	connection->fd = fd;
	connection->peer = *peer;
	connection->heard_usec = now_usec(server);
	TAILQ_INSERT_TAIL(&server->connections, connection, link);
	server->n++;
	server->active_usec = connection->heard_usec;
	return connection;
}

void server_connect(struct server *server, int fd)
{
	struct connection *connection = NULL;
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
	    has_room(server, peer.uid))
		connection = connection_new(server, fd, &peer);
	if (!connection) {
		(void)close(fd);
		return;
	}
	if (watch(connection) < 0) {
		connection_free(connection);
		return;
	}
	if (server->n == 1)
		watch_silence(server);
}

static int on_connect(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct server *server = (struct server *)userdata;

	(void)source;
	(void)revents;
	for (int i = 0; i < ACCEPTED_AT_ONCE; i++) {
		int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		/* Short of descriptors: somebody makes room. Anything else is the client's. */
		if (client < 0 && (errno == EMFILE || errno == ENFILE))
			(void)make_room(server, NULL);
		if (client < 0)
			break;
		server_connect(server, client);
	}
	return 0;
}

/* --- the server ---------------------------------------------------------------------- */

int server_new(const struct server_config *config, struct server **ret)
{
	struct server *server = (struct server *)calloc(1, sizeof(*server));
	int r;

	if (!server)
		return -ENOMEM;
	server->config = *config;
	TAILQ_INIT(&server->connections);
	server->active_usec = now_usec(server);
	r = sd_event_add_time(config->event, &server->silence, CLOCK_MONOTONIC, UINT64_MAX, 0,
			      on_silence, server);
	if (r >= 0)
		r = sd_event_source_set_enabled(server->silence, SD_EVENT_OFF);
	if (r < 0) {
		server_free(server);
		return r;
	}
	*ret = server;
	return 0;
}

int server_listen(struct server *server, int fd)
{
	int r;

	r = sd_event_add_io(server->config.event, &server->listening, fd, EPOLLIN, on_connect,
			    server);
	if (r >= 0)
		r = sd_event_source_set_io_fd_own(server->listening, true);
	return r < 0 ? r : 0;
}

unsigned int server_connections(const struct server *server)
{
	return server->n;
}

uint64_t server_active_usec(const struct server *server)
{
	return server->active_usec;
}

void server_free(struct server *server)
{
	struct connection *connection, *next;

	if (!server)
		return;
	for (connection = TAILQ_FIRST(&server->connections); connection; connection = next) {
		next = TAILQ_NEXT(connection, link);
		connection_free(connection);
	}
	(void)sd_event_source_disable_unref(server->listening);
	(void)sd_event_source_disable_unref(server->silence);
	free(server);
}

const struct ucred *connection_peer(const struct connection *connection)
{
	return &connection->peer;
}

void connection_cancels(struct connection *connection, void (*cancel)(void *userdata),
			void *userdata)
{
	connection->cancel = cancel;
	connection->cancel_userdata = userdata;
}
