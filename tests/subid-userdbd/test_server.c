/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of server.h with clients of every kind. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

#define SECOND UINT64_C(1000000)
#define CALL "{\"method\":\"org.varlink.service.GetInfo\"}"
#define ONEWAY "{\"method\":\"org.varlink.service.GetInfo\",\"oneway\":true}"

static sd_event *event;
static struct server *server;

/* How handle() answers a call. */
static enum { REPLY, KEEP, NO_MEMORY } policy;
static size_t reply_size; /* with the NUL; 2 if a test does not change it */
static unsigned int n_calls, n_cancelled;
static struct connection *kept;

static void cancelled(void *userdata)
{
	(void)userdata;
	n_cancelled++;
	kept = NULL;
}

static void reply(struct connection *connection)
{
	char *text = calloc(1, reply_size);

	assert_non_null(text);
	memset(text, 'r', reply_size - 1);
	connection_reply(connection, text, reply_size);
}

static void handle(void *userdata, struct connection *connection, struct request *request)
{
	(void)userdata;
	n_calls++;
	request_free(request);
	if (policy == REPLY) {
		reply(connection);
	} else if (policy == NO_MEMORY) {
		connection_reply(connection, NULL, 0);
	} else {
		kept = connection;
		connection_set_cancel(connection, cancelled, NULL);
	}
}

static bool accepts;
static unsigned int n_closed;
static int callers[8]; /* clients that call at the moment at which the server begins to close */
static size_t n_callers;

static void send_bytes(int fd, const void *bytes, size_t size)
{
	assert_int_equal(send(fd, bytes, size, MSG_NOSIGNAL), size);
}

static bool may_accept(void *userdata)
{
	(void)userdata;
	for (size_t i = 0; !accepts && i < n_callers; i++)
		send_bytes(callers[i], CALL, sizeof(CALL));
	return accepts;
}

static void closed(void *userdata)
{
	(void)userdata;
	n_closed++;
}

static void new_server(unsigned int max, unsigned int of_user_max, uint64_t silence_usec)
{
	const struct server_config config = {
		.event = event,
		.connections_max = max,
		.connections_of_user_max = of_user_max,
		.silence_max_usec = silence_usec,
		.handle = handle,
		.may_accept = may_accept,
		.closed = closed,
	};

	server_free(server);
	assert_int_equal(server_new(&config, &server), 0);
}

static int setup(void **state)
{
	(void)state;
	assert_true(sd_event_new(&event) >= 0);
	new_server(8, 8, 3600 * SECOND);
	policy = REPLY;
	reply_size = sizeof("r");
	n_calls = n_cancelled = n_closed = 0;
	n_callers = 0;
	accepts = true;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	server_free(server);
	server = NULL;
	event = sd_event_unref(event);
	return 0;
}

static int client(void)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds),
			 0);
	server_connect(server, fds[1]);
	return fds[0];
}

/* Runs the event loop until there is nothing left to do. */
static void settle(void)
{
	while (sd_event_run(event, SECOND / 50) > 0)
		;
}

/* Reads what has arrived. Returns how many bytes, or -1 if none came and the connection ended. */
static ssize_t received(int fd)
{
	static char bytes[1 << 20];
	ssize_t n, sum = 0;

	settle();
	while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0)
		sum += n;
	return n == 0 && sum == 0 ? -1 : sum;
}

/* The address of a socket that the server listens to. */
static struct sockaddr_storage listening;
static socklen_t listening_size;

/* An address without a path makes the kernel choose one: see "Autobind" in unix(7). */
static void listen_somewhere(void)
{
	const struct sockaddr_un {
		sa_family_t family;
	} any = { AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	listening_size = sizeof(listening);
	assert_int_equal(bind(fd, (const struct sockaddr *)&any, sizeof(any)), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&listening, &listening_size), 0);
	assert_int_equal(server_listen(server, fd), 0);
}

static int connect_there(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&listening, listening_size), 0);
	return fd;
}

static void each_call_gets_a_reply(void **state)
{
	int fd = client();

	(void)state;
	send_bytes(fd, CALL, sizeof(CALL));
	assert_int_equal(received(fd), 2);
	send_bytes(fd, CALL "\0" CALL "\0" CALL, 3 * sizeof(CALL));
	assert_int_equal(received(fd), 6);
	for (size_t i = 0; i < sizeof(CALL); i++) {
		send_bytes(fd, &CALL[i], 1);
		settle();
	}
	assert_int_equal(received(fd), 2);
	assert_int_equal(n_calls, 5);
	(void)close(fd);
	settle();
	assert_int_equal(server_connections(server), 0);
}

static void a_oneway_call_gets_none(void **state)
{
	int fd = client();

	(void)state;
	send_bytes(fd, ONEWAY "\0" CALL, sizeof(ONEWAY) + sizeof(CALL));
	assert_int_equal(received(fd), 2);
	assert_int_equal(n_calls, 2);
	(void)close(fd);
}

static void anything_but_a_call_ends_the_connection(void **state)
{
	int fd = client();

	(void)state;
	send_bytes(fd, "GET / HTTP/1.1", sizeof("GET / HTTP/1.1"));
	assert_int_equal(received(fd), -1);
	assert_int_equal(server_connections(server), 0);
	(void)close(fd);
}

static void an_endless_message_ends_the_connection(void **state)
{
	static char garbage[4096];
	size_t sent = 0;
	int fd = client();

	(void)state;
	memset(garbage, 'x', sizeof(garbage));
	while (sent < 1 << 20) {
		ssize_t n = send(fd, garbage, sizeof(garbage), MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN)
			break;
		sent += n > 0 ? (size_t)n : 0;
		settle();
	}
	assert_in_range(sent, 4 * 1024, 512 * 1024);
	assert_int_equal(server_connections(server), 0);
	(void)close(fd);
}

/*
 * While a client does not read its replies, the server reads none of its further calls. So the
 * client cannot fill the server's memory.
 */
static void a_client_that_reads_no_replies_is_not_read_either(void **state)
{
	int fd = client();
	unsigned int sent = 0;

	(void)state;
	reply_size = 65536;
	for (int i = 0; i < 100; i++) {
		if (send(fd, CALL, sizeof(CALL), MSG_NOSIGNAL) == (ssize_t)sizeof(CALL))
			sent++;
		if (i % 10 == 0)
			settle();
	}
	settle();
	assert_in_range(n_calls, 1, 20);
	while (n_calls < sent)
		assert_true(received(fd) > 0);
	(void)close(fd);
}

/* The kernel keeps the replies that a client has not read, in memory charged to the server. */
static void few_replies_wait_unread(void **state)
{
	int fd = client();

	(void)state;
	reply_size = 2048;
	for (int i = 0; i < 200; i++)
		send_bytes(fd, CALL, sizeof(CALL));
	settle();
	assert_in_range(n_calls, 2, 32);
	(void)close(fd);
}

/*
 * The server would have to close a descriptor that it receives, and the client could make
 * close(2) take as long as it wants.
 */
static void a_descriptor_is_refused(void **state)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr header;
	} control = { .header = { .cmsg_len = CMSG_LEN(sizeof(int)),
				  .cmsg_level = SOL_SOCKET,
				  .cmsg_type = SCM_RIGHTS } };
	char text[] = CALL;
	struct iovec call = { text, sizeof(text) };
	const struct msghdr message = {
		.msg_iov = &call,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int fds[2], on = 0;
	socklen_t size = sizeof(on);

	(void)state;
	listen_somewhere();
	fds[0] = client();
	fds[1] = connect_there();
	/* An older kernel lets them arrive. */
	if (getsockopt(fds[0], SOL_SOCKET, SO_PASSRIGHTS, &on, &size) < 0)
		return;
	for (size_t i = 0; i < COUNT_OF(fds); i++) {
		memcpy(CMSG_DATA(&control.header), &fds[i], sizeof(int));
		assert_int_equal(sendmsg(fds[i], &message, MSG_NOSIGNAL), -1);
		assert_int_equal(errno, EPERM);
		send_bytes(fds[i], CALL, sizeof(CALL));
		assert_int_equal(received(fds[i]), 2);
		(void)close(fds[i]);
	}
}

static void a_call_is_cancelled_if_its_client_disconnects(void **state)
{
	int fd = client();

	(void)state;
	policy = KEEP;
	send_bytes(fd, CALL, sizeof(CALL));
	settle();
	assert_non_null(kept);
	(void)close(fd);
	settle();
	assert_int_equal(n_cancelled, 1);
	assert_int_equal(server_connections(server), 0);
}

static void a_client_may_stop_sending_and_wait_for_the_reply(void **state)
{
	int fd = client();

	(void)state;
	policy = KEEP;
	send_bytes(fd, CALL "\0" CALL, 2 * sizeof(CALL));
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	settle();
	assert_non_null(kept);
	reply(kept);
	assert_int_equal(received(fd), 2);
	reply(kept);
	assert_int_equal(received(fd), 2);
	assert_int_equal(received(fd), -1);
	assert_int_equal(n_cancelled, 0);
	(void)close(fd);
}

static void without_memory_for_a_reply_the_connection_ends(void **state)
{
	int fd = client();

	(void)state;
	policy = NO_MEMORY;
	send_bytes(fd, CALL, sizeof(CALL));
	assert_int_equal(received(fd), -1);
	assert_int_equal(server_connections(server), 0);
	(void)close(fd);
}

static void a_new_client_replaces_the_one_that_was_silent_longest(void **state)
{
	int fds[4];

	(void)state;
	new_server(3, 8, 3600 * SECOND);
	for (int i = 0; i < 3; i++)
		fds[i] = client();
	/* The first one is heard, so the second one has been silent longest. */
	send_bytes(fds[0], CALL, sizeof(CALL));
	assert_int_equal(received(fds[0]), 2);
	fds[3] = client();
	assert_int_equal(server_connections(server), 3);
	assert_int_equal(received(fds[1]), -1);
	send_bytes(fds[3], CALL, sizeof(CALL));
	assert_int_equal(received(fds[3]), 2);
	for (int i = 0; i < 4; i++)
		(void)close(fds[i]);
}

static void a_client_that_waits_for_its_reply_is_not_replaced(void **state)
{
	int busy[2], late;

	(void)state;
	policy = KEEP;
	new_server(8, 2, 3600 * SECOND);
	for (int i = 0; i < 2; i++) {
		busy[i] = client();
		send_bytes(busy[i], CALL, sizeof(CALL));
		settle();
	}
	late = client();
	assert_int_equal(received(late), -1);
	assert_int_equal(server_connections(server), 2);
	assert_int_equal(n_cancelled, 0);
	(void)close(late);
	for (int i = 0; i < 2; i++)
		(void)close(busy[i]);
}

static void ten_thousand_connections_leave_room_for_one(void **state)
{
	int fds[64], fd;

	(void)state;
	new_server(64, 32, 3600 * SECOND);
	for (size_t i = 0; i < COUNT_OF(fds); i++)
		fds[i] = -1;
	for (size_t i = 0; i < 10000; i++) {
		if (fds[i % COUNT_OF(fds)] >= 0)
			(void)close(fds[i % COUNT_OF(fds)]);
		fds[i % COUNT_OF(fds)] = client();
	}
	assert_in_range(server_connections(server), 1, 32);
	fd = client();
	send_bytes(fd, CALL, sizeof(CALL));
	assert_int_equal(received(fd), 2);
	(void)close(fd);
	for (size_t i = 0; i < COUNT_OF(fds); i++)
		(void)close(fds[i]);
}

static void silence_is_limited(void **state)
{
	int quiet, half, busy;

	(void)state;
	policy = KEEP;
	new_server(8, 8, SECOND / 5);
	quiet = client();
	half = client();
	busy = client();
	send_bytes(half, "{", 1);
	send_bytes(busy, CALL, sizeof(CALL));
	for (int i = 0; i < 1500 && server_connections(server) > 1; i++)
		assert_true(sd_event_run(event, SECOND / 50) >= 0);
	assert_int_equal(received(quiet), -1);
	assert_int_equal(received(half), -1);
	assert_int_equal(server_connections(server), 1);
	assert_int_equal(n_cancelled, 0);
	(void)close(quiet);
	(void)close(half);
	(void)close(busy);
}

static void a_listening_socket_is_served(void **state)
{
	int fd;

	(void)state;
	listen_somewhere();
	fd = connect_there();
	send_bytes(fd, CALL, sizeof(CALL));
	assert_int_equal(received(fd), 2);
	(void)close(fd);
}

static void a_server_without_clients_closes_at_once(void **state)
{
	int fd;

	(void)state;
	listen_somewhere();
	accepts = false;
	fd = connect_there();
	send_bytes(fd, CALL, sizeof(CALL));
	assert_int_equal(received(fd), 0);
	assert_int_equal(n_calls, 0);
	assert_int_equal(n_closed, 1);
	(void)close(fd);
}

static void a_closing_server_answers_the_calls_that_it_has(void **state)
{
	int busy = client(), quiet = client(), late;

	(void)state;
	policy = KEEP;
	listen_somewhere();
	send_bytes(busy, CALL, sizeof(CALL));
	settle();
	accepts = false;
	late = connect_there();
	settle();
	assert_int_equal(n_closed, 0);
	assert_int_equal(server_connections(server), 2);
	for (int i = 0; i < 1500 && server_connections(server) > 1; i++)
		assert_true(sd_event_run(event, SECOND / 50) >= 0);
	assert_int_equal(received(quiet), -1);
	assert_int_equal(n_closed, 0);
	reply(kept);
	assert_int_equal(received(busy), 2);
	assert_int_equal(received(busy), -1);
	assert_int_equal(n_closed, 1);
	assert_int_equal(received(late), 0);
	(void)close(busy);
	(void)close(quiet);
	(void)close(late);
}

static uint64_t clock_usec(void)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec / 1000;
}

/* Returns how long it took until all callers were answered, or closed. */
static uint64_t close_while_they_call(void)
{
	uint64_t began;
	int late;

	new_server(8, 8, 3600 * SECOND);
	listen_somewhere();
	n_calls = 0;
	n_callers = COUNT_OF(callers);
	settle(); /* so that all connect in one turn of the loop: their silence ends together */
	for (size_t i = 0; i < n_callers; i++)
		callers[i] = client();
	/* Let them be silent for longer than a closing server allows. */
	assert_int_equal(usleep(SERVER_CLOSING_SILENCE_USEC * 5 / 4), 0);
	accepts = false;
	late = connect_there();
	began = clock_usec();
	while (n_calls < n_callers && server_connections(server) > 0)
		assert_true(sd_event_run(event, SECOND / 50) >= 0);
	(void)close(late);
	for (size_t i = 0; i < n_callers; i++)
		(void)close(callers[i]);
	return clock_usec() - began;
}

static void a_closing_server_answers_clients_that_were_silent_for_long(void **state)
{
	uint64_t took;

	(void)state;
	/* If the machine was so slow that their time was over, try again. */
	do
		took = close_while_they_call();
	while (n_calls < n_callers && took >= SERVER_CLOSING_SILENCE_USEC);
	assert_int_equal(n_calls, n_callers);
}

static void a_server_closes_even_if_a_client_keeps_sending(void **state)
{
	int fd = client(), late;

	(void)state;
	listen_somewhere();
	send_bytes(fd, CALL, sizeof(CALL));
	assert_int_equal(received(fd), 2);
	policy = KEEP;
	send_bytes(fd, CALL "\0" CALL "\0" ONEWAY, 2 * sizeof(CALL) + sizeof(ONEWAY));
	settle();
	accepts = false;
	late = connect_there();
	settle();
	reply(kept);
	assert_int_equal(received(fd), 2);
	assert_int_equal(received(fd), -1);
	assert_int_equal(n_calls, 2);
	assert_int_equal(n_closed, 1);
	(void)close(fd);
	(void)close(late);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_call_gets_a_reply),
		TEST(a_oneway_call_gets_none),
		TEST(anything_but_a_call_ends_the_connection),
		TEST(an_endless_message_ends_the_connection),
		TEST(a_client_that_reads_no_replies_is_not_read_either),
		TEST(few_replies_wait_unread),
		TEST(a_descriptor_is_refused),
		TEST(a_call_is_cancelled_if_its_client_disconnects),
		TEST(a_client_may_stop_sending_and_wait_for_the_reply),
		TEST(without_memory_for_a_reply_the_connection_ends),
		TEST(a_new_client_replaces_the_one_that_was_silent_longest),
		TEST(a_client_that_waits_for_its_reply_is_not_replaced),
		TEST(ten_thousand_connections_leave_room_for_one),
		TEST(silence_is_limited),
		TEST(a_listening_socket_is_served),
		TEST(a_server_without_clients_closes_at_once),
		TEST(a_closing_server_answers_the_calls_that_it_has),
		TEST(a_closing_server_answers_clients_that_were_silent_for_long),
		TEST(a_server_closes_even_if_a_client_keeps_sending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
