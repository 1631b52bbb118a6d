/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of one connection: its calls, their replies, and its end. */
#include "check.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "calls.h"
#include "client.h"
#include "loop.h"

static struct server *server;

static int setup(void **state)
{
	struct server_config config = {
		.connections_max = 8,
		.connections_of_user_max = 8,
		.silence_max_usec = 3600 * SECOND,
		.handle = calls_handle,
	};

	(void)state;
	loop_begin();
	config.event = loop_event;
	calls_begin();
	return server_new(&config, &server);
}

static int teardown(void **state)
{
	(void)state;
	server_free(server);
	server = NULL;
	loop_end();
	return 0;
}

static void each_call_gets_a_reply(void **state)
{
	int fd = client_pair(server);

	(void)state;
	client_send(fd, CALL, sizeof(CALL));
	assert_int_equal(client_received(fd), 2);
	client_send(fd, CALL "\0" CALL "\0" CALL, 3 * sizeof(CALL));
	assert_int_equal(client_received(fd), 6);
	for (size_t i = 0; i < sizeof(CALL); i++) {
		client_send(fd, &CALL[i], 1);
		loop_settle();
	}
	assert_int_equal(client_received(fd), 2);
	assert_int_equal(calls.n, 5);
	(void)close(fd);
	loop_settle();
	assert_int_equal(server_connections(server), 0);
}

static void a_oneway_call_gets_no_reply(void **state)
{
	int fd = client_pair(server);

	(void)state;
	client_send(fd, ONEWAY "\0" CALL, sizeof(ONEWAY) + sizeof(CALL));
	assert_int_equal(client_received(fd), 2);
	assert_int_equal(calls.n, 2);
	(void)close(fd);
}

static void anything_but_a_call_ends_the_connection(void **state)
{
	int fd = client_pair(server);

	(void)state;
	client_send(fd, "GET / HTTP/1.1", sizeof("GET / HTTP/1.1"));
	assert_int_equal(client_received(fd), -1);
	assert_int_equal(server_connections(server), 0);
	(void)close(fd);
}

static void an_endless_message_ends_the_connection(void **state)
{
	static char garbage[4096];
	size_t sent = 0;
	int fd = client_pair(server);

	(void)state;
	memset(garbage, 'x', sizeof(garbage));
	while (sent < 1 << 20) {
		ssize_t n = send(fd, garbage, sizeof(garbage), MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN)
			break;
		sent += n > 0 ? (size_t)n : 0;
		loop_settle();
	}
	assert_in_range(sent, 4 * 1024, 512 * 1024);
	assert_int_equal(server_connections(server), 0);
	(void)close(fd);
}

/*
 * While a client does not read its replies, the server reads none of its further calls. So the
 * client cannot fill the server's memory.
 */
static void no_further_calls_of_a_client_that_reads_no_replies_are_read(void **state)
{
	int fd = client_pair(server);
	unsigned int sent = 0;

	(void)state;
	calls.reply_size = 65536;
	for (int i = 0; i < 100; i++) {
		if (send(fd, CALL, sizeof(CALL), MSG_NOSIGNAL) == (ssize_t)sizeof(CALL))
			sent++;
		if (i % 10 == 0)
			loop_settle();
	}
	loop_settle();
	assert_in_range(calls.n, 1, 20);
	while (calls.n < sent)
		assert_true(client_received(fd) > 0);
	(void)close(fd);
}

/* The kernel keeps the replies that a client has not read, in memory charged to the server. */
static void few_replies_wait_unread(void **state)
{
	int fd = client_pair(server);

	(void)state;
	calls.reply_size = 2048;
	for (int i = 0; i < 200; i++)
		client_send(fd, CALL, sizeof(CALL));
	loop_settle();
	assert_in_range(calls.n, 2, 32);
	(void)close(fd);
}

static void a_call_is_cancelled_if_its_client_disconnects(void **state)
{
	int fd = client_pair(server);

	(void)state;
	calls.policy = KEEP;
	client_send(fd, CALL, sizeof(CALL));
	loop_settle();
	assert_non_null(calls.kept);
	(void)close(fd);
	loop_settle();
	assert_int_equal(calls.n_cancelled, 1);
	assert_int_equal(server_connections(server), 0);
}

static void a_client_may_stop_sending_and_wait_for_the_reply(void **state)
{
	int fd = client_pair(server);

	(void)state;
	calls.policy = KEEP;
	client_send(fd, CALL "\0" CALL, 2 * sizeof(CALL));
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	loop_settle();
	assert_non_null(calls.kept);
	calls_reply(calls.kept);
	assert_int_equal(client_received(fd), 2);
	calls_reply(calls.kept);
	assert_int_equal(client_received(fd), 2);
	assert_int_equal(client_received(fd), -1);
	assert_int_equal(calls.n_cancelled, 0);
	(void)close(fd);
}

static void without_memory_for_a_reply_the_connection_ends(void **state)
{
	int fd = client_pair(server);

	(void)state;
	calls.policy = NO_MEMORY;
	client_send(fd, CALL, sizeof(CALL));
	assert_int_equal(client_received(fd), -1);
	assert_int_equal(server_connections(server), 0);
	(void)close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_call_gets_a_reply),
		TEST(a_oneway_call_gets_no_reply),
		TEST(anything_but_a_call_ends_the_connection),
		TEST(an_endless_message_ends_the_connection),
		TEST(no_further_calls_of_a_client_that_reads_no_replies_are_read),
		TEST(few_replies_wait_unread),
		TEST(a_call_is_cancelled_if_its_client_disconnects),
		TEST(a_client_may_stop_sending_and_wait_for_the_reply),
		TEST(without_memory_for_a_reply_the_connection_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
