/* SPDX-License-Identifier: BSD-3-Clause */
#include "server.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "connection.h"

/* How many connections are accepted before the present ones have their turn again. */
#define ACCEPTED_AT_ONCE 32

/*
 * A reply has a few KiB at most. The kernel keeps what a client has not yet read, and charges it
 * to this service's memory: by default up to 200 KiB a connection.
 */
#define SEND_BUFFER_BYTES 16384

uint64_t server_now_usec(const struct server *server)
{
	uint64_t usec = 0;

	(void)sd_event_now(server->config.event, CLOCK_MONOTONIC, &usec);
	return usec;
}

/* --- silence ------------------------------------------------------------------------- */

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
		/* A busy one waits for the service, which has a deadline of its own. */
		if (connection_is_silent(connection))
			connection_free(connection);
		else
			connection_note_heard(connection);
	}
	watch_silence(server);
	return 0;
}

/*
 * Refuse the descriptors that a client sends. They would be closed unread, and to close one can
 * take hours: a TCP connection with SO_LINGER, a file of the client's own file system. A kernel
 * before 6.16 cannot refuse them. If closing one hangs there, the watchdog ends the service.
 */
static void refuse_descriptors(int fd)
{
#ifdef SO_PASSRIGHTS
	const int off = 0;

	(void)setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &off, sizeof(off));
#else
	(void)fd;
#endif
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

/*
 * End the connection that has been silent longest: of this user's, or of all if @uid is NULL.
 * Returns false if none of them is silent.
 */
static bool make_room(struct server *server, const uid_t *uid)
{
	struct connection *connection = TAILQ_FIRST(&server->connections);

	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it does not follow TAILQ_REMOVE() */
	while (connection &&
	       (!connection_is_silent(connection) || (uid && connection->peer.uid != *uid)))
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

void server_connect(struct server *server, int fd)
{
	const int send_buffer = SEND_BUFFER_BYTES;
	struct connection *connection;
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ||
	    !has_room(server, peer.uid)) {
		(void)close(fd);
		return;
	}
	refuse_descriptors(fd);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof(send_buffer));
	connection = connection_new(server, fd, &peer);
	if (!connection)
		return;
	/* The timer usually runs already, for an earlier client. */
	if (sd_event_source_get_enabled(server->silence, NULL) == 0)
		watch_silence(server);
	/* A client usually has sent its call by now. */
	connection_begin(connection);
}

/*
 * The server does not close at once: a client may have sent a call that is not yet read, also one
 * that was silent before. So the silence of all begins again.
 */
static void close_down(struct server *server)
{
	uint64_t now_usec = server_now_usec(server);
	struct connection *connection;

	TAILQ_FOREACH (connection, &server->connections, link) {
		connection->heard_usec = now_usec;
	}
	server->closing = true;
	server->config.silence_max_usec = SERVER_CLOSING_SILENCE_USEC;
	(void)sd_event_source_set_enabled(server->listening, SD_EVENT_OFF);
	if (server->n == 0)
		server->config.closed(server->config.userdata);
	else
		watch_silence(server);
}

static int on_connect(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct server *server = (struct server *)userdata;

	(void)source;
	(void)revents;
	if (!server->config.may_accept(server->config.userdata)) {
		close_down(server);
		return 0;
	}
	for (int i = 0; i < ACCEPTED_AT_ONCE; i++) {
		int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		/* If there is no free descriptor, close a silent connection. After other errors
		 * the socket is ready again if a client still waits. */
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
	server->active_usec = server_now_usec(server);
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

	refuse_descriptors(fd); /* those sent before the connection is accepted, too */
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
	server->closing = false;
	for (connection = TAILQ_FIRST(&server->connections); connection; connection = next) {
		next = TAILQ_NEXT(connection, link);
		connection_free(connection);
	}
	(void)sd_event_source_disable_unref(server->listening);
	(void)sd_event_source_disable_unref(server->silence);
	free(server);
}
