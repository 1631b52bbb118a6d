/* SPDX-License-Identifier: BSD-3-Clause */
/* The way from a call to its reply, with each source; and that no memory is lost on it. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "leaks.h"
#include "loop.h"
#include "result.h"
#include "scratch.h"
#include "service.h"
#include "workers.h"

#define USER "{\"method\":\"io.systemd.UserDatabase.GetUserRecord\",\"parameters\":{"
#define GROUP "{\"method\":\"io.systemd.UserDatabase.GetGroupRecord\",\"parameters\":{"
#define OURS "\"service\":\"org.nss-subid.UserDatabase\"}}"
#define UID(id) USER "\"uid\":" #id "," OURS
#define GID(id) GROUP "\"gid\":" #id "," OURS
#define NAMED(name) USER "\"userName\":\"" name "\"," OURS

static struct pool *pool;
static struct directory *directory;
static struct local local;
static struct service service;
static struct server *server;

static void handle(void *userdata, struct connection *connection, struct request *request)
{
	service_handle((struct service *)userdata, connection, request);
}

static bool may_accept(void *userdata)
{
	(void)userdata;
	return true;
}

static void closed(void *userdata)
{
	(void)userdata;
}

/* Of the workers. */
static char *const *program = workers_argv;

static int new_pool(void)
{
	const struct pool_config config = {
		.event = loop_event,
		.argv = program,
		.environment = workers_environment,
		.n_workers = 1,
		.deadline_usec = PATIENCE,
	};

	return pool_new(&config, &pool);
}

/* Where the directory keeps its candidates, or NULL. */
static const char *kept_in;

static int new_directory(void)
{
	static const char *const groups[] = { "staff" };
	const struct directory_config config = {
		.event = loop_event,
		.pool = pool,
		.groups = groups,
		.n_groups = COUNT_OF(groups),
		.state_fd = kept_in ? open(kept_in, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1,
		.deadline_usec = PATIENCE,
	};

	return directory_new(&config, &directory);
}

static int new_server(void)
{
	const struct server_config config = {
		.event = loop_event,
		.connections_max = 8,
		.connections_of_user_max = 8,
		.silence_max_usec = PATIENCE,
		.handle = handle,
		.may_accept = may_accept,
		.closed = closed,
		.userdata = &service,
	};

	return server_new(&config, &server);
}

static void begin(void)
{
	static const struct subid_database subuid = { .path = "subuid" };
	static const struct subid_database subgid = { .path = "subgid" };

	loop_begin();
	assert_int_equal(new_pool(), 0);
	assert_int_equal(new_directory(), 0);
	local_init(&local, loop_event, pool, PATIENCE, &subuid, &subgid);
	service = (struct service){ .workers = pool };
	assert_int_equal(new_server(), 0);
	client_listen(server);
}

static void end(void)
{
	server_free(server);
	directory_free(directory);
	pool_free(pool);
	loop_end();
}

/* --- a client --------------------------------------------------------------------------------- */

static void be_client(const char *call, int out)
{
	static char reply[16384];
	size_t len = strlen(call) + 1;
	int fd = client_connect(0);
	ssize_t n;

	if (fd < 0 || send(fd, call, len, MSG_NOSIGNAL) != (ssize_t)len)
		_exit(1);
	for (len = 0; (n = recv(fd, reply + len, sizeof(reply) - len, 0)) > 0;) {
		len += (size_t)n;
		if (reply[len - 1] == '\0')
			_exit(write(out, reply, len) == (ssize_t)len ? 0 : 1);
	}
	_exit(1);
}

/* In a process of its own, because the service answers its own process differently. */
static const char *ask(const char *call)
{
	static char reply[16384];
	struct pollfd out = { .events = POLLIN };
	int ends[2], status = 1;
	pid_t child;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	if (child == 0)
		be_client(call, ends[1]);
	assert_true(child > 0);
	assert_int_equal(close(ends[1]), 0);
	for (out.fd = ends[0]; poll(&out, 1, 0) == 0;)
		loop_look();
	memset(reply, 0, sizeof(reply));
	(void)!read(ends[0], reply, sizeof(reply) - 1);
	assert_int_equal(close(ends[0]), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status != 0)
		fail_msg("no reply to %s", call);
	return reply;
}

static void check_replies(const char *const rows[][2], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *reply = ask(rows[i][0]);

		if (!strstr(reply, rows[i][1]))
			fail_msg("%s: got %s, want %s", rows[i][0], reply, rows[i][1]);
	}
}

/* --- replies --------------------------------------------------------------------------------- */

static void without_a_source_a_lookup_fails(void **state)
{
	static const char *const rows[][2] = {
		{ UID(100005), "\"" ERROR_NOT_AVAILABLE "\"" },
		{ USER OURS, "\"" ERROR_NO_ENUMERATION "\"" },
		{ GROUP OURS, "\"" ERROR_NO_ENUMERATION "\"" },
		{ "{\"method\":\"io.systemd.UserDatabase.GetMemberships\",\"parameters\":{" OURS,
		  "\"" ERROR_NO_RECORD "\"" },
		{ "{\"method\":\"org.varlink.service.GetInfo\"}", "\"io.systemd.UserDatabase\"" },
		{ "{\"method\":\"org.varlink.service.GetInterfaceDescription\",\"parameters\":{"
		  "\"interface\":\"io.systemd.UserDatabase\"}}",
		  "interface io.systemd.UserDatabase" },
		{ "{\"method\":\"org.varlink.service.GetInterfaceDescription\",\"parameters\":{"
		  "\"interface\":\"x\"}}",
		  "\"" ERROR_INTERFACE "\"" },
		{ "{\"method\":\"org.varlink.service.Nothing\"}", "\"" ERROR_METHOD "\"" },
	};

	(void)state;
	begin();
	check_replies(rows, COUNT_OF(rows));
	end();
}

static void records_come_from_the_files(void **state)
{
	static const char *const rows[][2] = {
		{ UID(100005), "\"subuid-alice-100005\"" },
		{ UID(100005), "\"Subordinate UID 5 of alice\"" },
		{ GID(200009), "\"subgid-alice-200009\"" },
		{ UID(100010), "\"" ERROR_NO_RECORD "\"" },
		{ UID(200000), "\"" ERROR_NO_RECORD "\"" },
		{ NAMED("subuid-alice-100000"), "\"uid\":100000" },
		/* A worker is asked whether bob is the UID of alice; its answer is of another ID.
		 */
		{ NAMED("subuid-bob-100000"), "\"" ERROR_NOT_AVAILABLE "\"" },
		{ NAMED("alice"), "\"" ERROR_NO_RECORD "\"" },
		{ USER "\"userName\":\"subuid-alice-100000\",\"uid\":100000," OURS,
		  "\"uid\":100000" },
		{ USER "\"userName\":\"subuid-alice-100000\",\"uid\":100001," OURS,
		  "\"" ERROR_CONFLICTING "\"" },
		{ USER "\"userName\":\"alice\",\"uid\":100001," OURS, "\"" ERROR_CONFLICTING "\"" },
		{ USER "\"userName\":\"alice\",\"uid\":99999," OURS, "\"" ERROR_NO_RECORD "\"" },
		{ USER "\"uid\":100005,\"uidMin\":100006," OURS, "\"" ERROR_NON_MATCHING "\"" },
		{ USER "\"uid\":100005,\"uidMin\":100005," OURS, "\"uid\":100005" },
		/* The owner is a number, whose account a worker knows. */
		{ UID(300000), "\"subuid-account-300000\"" },
		/* Not UTF-8. */
		{ UID(400000), "\"" ERROR_NO_RECORD "\"" },
	};

	(void)state;
	scratch_write("subuid", "alice:100000:10\n1000:300000:10\nal\xff:400000:10\n");
	scratch_write("subgid", "alice:200000:10\n");
	begin();
	service.local = &local;
	check_replies(rows, COUNT_OF(rows));
	end();
}

static void records_come_from_a_plugin(void **state)
{
	static const char *const rows[][2] = {
		{ NAMED("subuid-alice-100005"), "\"uid\":100005" },
		{ UID(100005), "\"subuid-alice-100005\"" },
		{ UID(300005), "\"subuid-told-300005\"" },
		{ UID(999), "\"" ERROR_NOT_AVAILABLE "\"" },
		{ NAMED("subuid-nobody-100005"), "\"" ERROR_NO_RECORD "\"" },
		{ NAMED("subuid-unwell-5"), "\"" ERROR_NOT_AVAILABLE "\"" },
	};

	(void)state;
	begin();
	service.directory = directory;
	check_replies(rows, COUNT_OF(rows));
	end();
}

/* A question from a process of a worker, such as its plugin, is answered with "no record". */
static void the_service_does_not_answer_itself(void **state)
{
	static const char call[] = UID(100005);
	char reply[1024] = "";
	int fd;

	(void)state;
	begin();
	service.local = &local;
	fd = client_pair(server);
	client_send(fd, call, sizeof(call));
	while (recv(fd, reply, sizeof(reply) - 1, 0) < 0)
		loop_look();
	assert_non_null(strstr(reply, "\"" ERROR_NO_RECORD "\""));
	assert_int_equal(close(fd), 0);
	end();
}

/* --- faults ---------------------------------------------------------------------------------- */

static unsigned int allocations_left = UINT_MAX;
static bool starved;

/* In place of calloc(3), for the service too. */
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size)
{
	if (allocations_left == 0) {
		starved = true;
		return NULL;
	}
	allocations_left -= allocations_left < UINT_MAX;
	return __real_calloc(n, size);
}

/* Let each of its allocations fail in turn, until there is none left that has not failed. */
static void begin_without_memory(const char *what, int (*new)(void))
{
	int r;

	for (unsigned int n = 0;; n++) {
		starved = false;
		allocations_left = n;
		r = new ();
		allocations_left = UINT_MAX;
		if (!starved)
			break;
		check_int(what, r, -ENOMEM);
	}
	check_int(what, r, 0);
}

/* systemd starts a service again that ends, but not one that runs without half of its parts. */
static void without_memory_the_service_does_not_begin(void **state)
{
	(void)state;
	loop_begin();
	scratch_write("owners", "alice\nbob\n");
	kept_in = ".";
	begin_without_memory("the pool", new_pool);
	begin_without_memory("the directory", new_directory);
	begin_without_memory("the server", new_server);
	kept_in = NULL;
	end();
	assert_int_equal(unlink("owners"), 0);
}

/* No time can be waited for in a loop that has ended. */
static void a_lookup_that_can_have_no_deadline_fails(void **state)
{
	const struct query_key key = { .id = 100005 };
	struct result result = { .n = 0 };
	struct query *query = NULL;

	(void)state;
	begin();
	assert_true(sd_event_exit(loop_event, 0) >= 0);
	assert_int_equal(sd_event_loop(loop_event), 0);
	directory_query(directory, &key, result_note, &result, &query);
	assert_int_equal(result.r, -ESTALE);
	assert_false(result.has_record);
	assert_null(query);
	end();
}

/* --- memory ---------------------------------------------------------------------------------- */

/* The client goes, without having read, while a reply waits for it. */
static void go_without_reading(void)
{
	static const char call[] = "{\"method\":\"org.varlink.service.GetInterfaceDescription\","
				   "\"parameters\":{\"interface\":\"io.systemd.UserDatabase\"}}";
	int fds[2], bytes = 0;
	socklen_t size = sizeof(bytes);

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds),
			 0);
	server_connect(server, fds[1]);
	/* The kernel doubles it. What a client does not read takes no more memory than this. */
	assert_int_equal(getsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &bytes, &size), 0);
	assert_int_equal(bytes, 2 * 16384);
	for (int i = 0; i < 100; i++)
		client_send(fds[0], call, sizeof(call));
	loop_settle();
	assert_int_equal(close(fds[0]), 0);
	loop_settle();
}

/* The client goes while a worker is asked, which hangs. */
static void go_before_the_answer(void)
{
	static const char call[] = NAMED("subuid-hang-100");
	struct stat stamp;
	pid_t child;

	(void)unlink("asked");
	child = fork();
	if (child == 0) {
		int fd = client_connect(0);

		if (fd < 0 || send(fd, call, sizeof(call), MSG_NOSIGNAL) != sizeof(call))
			_exit(1);
		(void)pause();
	}
	assert_true(child > 0);
	while (stat("asked", &stamp) < 0)
		loop_look();
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	loop_settle();
}

static void ask_everything(void)
{
	begin();
	service.local = &local;
	(void)ask(UID(100005));
	(void)ask(UID(99999));
	(void)ask(NAMED("subuid-alice-100005"));
	(void)ask("{\"method\":\"org.varlink.service.GetInfo\"}");
	go_without_reading();
	service.directory = directory;
	(void)ask(UID(100005));
	(void)ask(NAMED("subuid-alice-100005"));
	go_before_the_answer();
	end();
}

static void ask_without_workers(void)
{
	static char nowhere[] = "/nowhere";
	static char *const missing[] = { nowhere, NULL };

	program = missing;
	begin();
	program = workers_argv;
	service.directory = directory;
	for (int i = 0; i < 3; i++)
		assert_non_null(strstr(ask(NAMED("subuid-alice-100005")), ERROR_NOT_AVAILABLE));
	end();
}

static void an_answer_loses_no_memory(void **state)
{
	(void)state;
	check_loses_no_memory(ask_everything);
	check_loses_no_memory(ask_without_workers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_source_a_lookup_fails),
		cmocka_unit_test(records_come_from_the_files),
		cmocka_unit_test(records_come_from_a_plugin),
		cmocka_unit_test(the_service_does_not_answer_itself),
		cmocka_unit_test(without_memory_the_service_does_not_begin),
		cmocka_unit_test(a_lookup_that_can_have_no_deadline_fails),
		cmocka_unit_test(an_answer_loses_no_memory),
	};

	if (!workers_prepare())
		return 1;
	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
