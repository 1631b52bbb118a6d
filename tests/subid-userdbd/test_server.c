/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of server.h: which clients it has, how it limits them, and how it closes. */
#include "check.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"
#include "client.h"
#include "loop.h"

static struct server *server;
static bool accepts;
static unsigned int n_closed;
static int callers[8]; /* clients that call at the moment at which the server begins to close */
static size_t n_callers;

static bool may_accept(void *userdata)
{
	(void)userdata;
	for (size_t i = 0; !accepts && i < n_callers; i++)
		client_send(callers[i], CALL, sizeof(CALL));
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
		.event = loop_event,
		.connections_max = max,
		.connections_of_user_max = of_user_max,
		.silence_max_usec = silence_usec,
		.handle = calls_handle,
		.may_accept = may_accept,
		.closed = closed,
	};

	server_free(server);
	assert_int_equal(server_new(&config, &server), 0);
}

static int setup(void **state)
{
	(void)state;
	loop_begin();
	new_server(8, 8, 3600 * SECOND);
	calls_begin();
	n_closed = 0;
	n_callers = 0;
	accepts = true;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	server_free(server);
	server = NULL;
	loop_end();
	return 0;
}

static int connect_there(void)
{
	int fd = client_connect(SOCK_NONBLOCK);

	assert_true(fd >= 0);
	return fd;
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
	client_listen(server);
	fds[0] = client_pair(server);
	fds[1] = connect_there();
	/* An older kernel lets them arrive. */
	if (getsockopt(fds[0], SOL_SOCKET, SO_PASSRIGHTS, &on, &size) < 0)
		return;
	for (size_t i = 0; i < COUNT_OF(fds); i++) {
		memcpy(CMSG_DATA(&control.header), &fds[i], sizeof(int));
		assert_int_equal(sendmsg(fds[i], &message, MSG_NOSIGNAL), -1);
		assert_int_equal(errno, EPERM);
		client_send(fds[i], CALL, sizeof(CALL));
		assert_int_equal(client_received(fds[i]), 2);
		(void)close(fds[i]);
	}
}

static void a_new_client_replaces_the_one_that_was_silent_longest(void **state)
{
	int fds[4];

	(void)state;
	new_server(3, 8, 3600 * SECOND);
	for (int i = 0; i < 3; i++)
		fds[i] = client_pair(server);
	/* The first one is heard, so the second one has been silent longest. */
	client_send(fds[0], CALL, sizeof(CALL));
	assert_int_equal(client_received(fds[0]), 2);
	fds[3] = client_pair(server);
	assert_int_equal(server_connections(server), 3);
	assert_int_equal(client_received(fds[1]), -1);
	client_send(fds[3], CALL, sizeof(CALL));
	assert_int_equal(client_received(fds[3]), 2);
	for (int i = 0; i < 4; i++)
		(void)close(fds[i]);
}

static void a_client_that_waits_for_its_reply_is_not_replaced(void **state)
{
	int busy[2], late;

	(void)state;
	calls.policy = KEEP;
	new_server(8, 2, 3600 * SECOND);
	for (int i = 0; i < 2; i++) {
		busy[i] = client_pair(server);
		client_send(busy[i], CALL, sizeof(CALL));
		loop_settle();
	}
	late = client_pair(server);
	assert_int_equal(client_received(late), -1);
	assert_int_equal(server_connections(server), 2);
	assert_int_equal(calls.n_cancelled, 0);
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
		fds[i % COUNT_OF(fds)] = client_pair(server);
	}
	assert_in_range(server_connections(server), 1, 32);
	fd = client_pair(server);
	client_send(fd, CALL, sizeof(CALL));
	assert_int_equal(client_received(fd), 2);
	(void)close(fd);
	for (size_t i = 0; i < COUNT_OF(fds); i++)
		(void)close(fds[i]);
}

static void silence_is_limited(void **state)
{
	int quiet, half, busy;

	(void)state;
	calls.policy = KEEP;
	new_server(8, 8, SECOND / 5);
	quiet = client_pair(server);
	half = client_pair(server);
	busy = client_pair(server);
	client_send(half, "{", 1);
	client_send(busy, CALL, sizeof(CALL));
	for (int i = 0; i < 1500 && server_connections(server) > 1; i++)
		loop_look();
	assert_int_equal(client_received(quiet), -1);
	assert_int_equal(client_received(half), -1);
	assert_int_equal(server_connections(server), 1);
	assert_int_equal(calls.n_cancelled, 0);
	(void)close(quiet);
	(void)close(half);
	(void)close(busy);
}

static void a_listening_socket_is_served(void **state)
{
	int fd;

	(void)state;
	client_listen(server);
	fd = connect_there();
	client_send(fd, CALL, sizeof(CALL));
	assert_int_equal(client_received(fd), 2);
	(void)close(fd);
}

static void a_server_without_clients_closes_at_once(void **state)
{
	int fd;

	(void)state;
	client_listen(server);
	accepts = false;
	fd = connect_there();
	client_send(fd, CALL, sizeof(CALL));
	assert_int_equal(client_received(fd), 0);
	assert_int_equal(calls.n, 0);
	assert_int_equal(n_closed, 1);
	(void)close(fd);
}

static void a_closing_server_answers_the_calls_that_it_has(void **state)
{
	int busy = client_pair(server), quiet = client_pair(server), late;

	(void)state;
	calls.policy = KEEP;
	client_listen(server);
	client_send(busy, CALL, sizeof(CALL));
	loop_settle();
	accepts = false;
	late = connect_there();
	loop_settle();
	assert_int_equal(n_closed, 0);
	assert_int_equal(server_connections(server), 2);
	for (int i = 0; i < 1500 && server_connections(server) > 1; i++)
		loop_look();
	assert_int_equal(client_received(quiet), -1);
	assert_int_equal(n_closed, 0);
	calls_reply(calls.kept);
	assert_int_equal(client_received(busy), 2);
	assert_int_equal(client_received(busy), -1);
	assert_int_equal(n_closed, 1);
	assert_int_equal(client_received(late), 0);
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
	client_listen(server);
	calls.n = 0;
	n_callers = COUNT_OF(callers);
	loop_settle(); /* so that all connect in one turn of the loop: their silence ends together
			*/
	for (size_t i = 0; i < n_callers; i++)
		callers[i] = client_pair(server);
	/* Let them be silent for longer than a closing server allows. */
	assert_int_equal(usleep(SERVER_CLOSING_SILENCE_USEC * 5 / 4), 0);
	accepts = false;
	late = connect_there();
	began = clock_usec();
	while (calls.n < n_callers && server_connections(server) > 0)
		loop_look();
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
	while (calls.n < n_callers && took >= SERVER_CLOSING_SILENCE_USEC);
	assert_int_equal(calls.n, n_callers);
}

static void a_server_closes_even_if_a_client_keeps_sending(void **state)
{
	int fd = client_pair(server), late;

	(void)state;
	client_listen(server);
	client_send(fd, CALL, sizeof(CALL));
	assert_int_equal(client_received(fd), 2);
	calls.policy = KEEP;
	client_send(fd, CALL "\0" CALL "\0" ONEWAY, 2 * sizeof(CALL) + sizeof(ONEWAY));
	loop_settle();
	accepts = false;
	late = connect_there();
	loop_settle();
	calls_reply(calls.kept);
	assert_int_equal(client_received(fd), 2);
	assert_int_equal(client_received(fd), -1);
	assert_int_equal(calls.n, 2);
	assert_int_equal(n_closed, 1);
	(void)close(fd);
	(void)close(late);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_descriptor_is_refused),
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
