/* SPDX-License-Identifier: BSD-3-Clause */
/* subid-userdbd: subordinate IDs as users and groups of systemd's user database. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "name.h"
#include "options.h"
#include "privileges.h"
#include "service.h"
#include "source.h"
#include "stamp.h"
#include "worker.h"

#define NSSWITCH "/etc/nsswitch.conf"
#define USEC_PER_SEC UINT64_C(1000000)

/* Everything that lives as long as the process. */
struct daemon {
	struct options options;
	sd_event *event;
	struct server *server;
	struct service service;
	struct local local;
	int fault;				 /* of nsswitch.conf, or 0 */
	char source[SUBID_SOURCE_MAX_BYTES + 1]; /* if there is no fault; "" means the files */
	struct stat nsswitch;			 /* the stamp of nsswitch.conf when it was read */
	sd_event_source *idle;
};

/* A cache must be static: see cache.h. */
static struct subid_cache caches[2];
static const struct subid_database databases[2] = {
	[SUBID_UID] = { .path = "/etc/subuid", .cache = &caches[SUBID_UID] },
	[SUBID_GID] = { .path = "/etc/subgid", .cache = &caches[SUBID_GID] },
};

static bool has_plugin(const struct daemon *daemon)
{
	return daemon->fault == 0 && daemon->source[0] != '\0';
}

/* Report a fault to the journal, with a priority of syslog(3). Returns @r. */
static int complain(const char *what, int r)
{
	(void)fprintf(stderr, "<3>%s: %s\n", what, strerror(-r));
	return r;
}

/* --- the workers --------------------------------------------------------------------- */

/* Run as a worker. The kernel kills it when the service ends, even if it hangs. */
static int run_worker(const char *role)
{
	static struct nss_host host;
	int r;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return -errno;
	if (strcmp(role, OPTIONS_ROLE_SCANNER) == 0)
		return worker_run_scanner(WORKER_FD);
	if (strcmp(role, OPTIONS_ROLE_WORKER) != 0)
		return -EINVAL;
	r = privileges_drop();
	if (r < 0)
		return r;
	host.databases[SUBID_UID] = databases[SUBID_UID];
	host.databases[SUBID_GID] = databases[SUBID_GID];
	return worker_run(WORKER_FD, &host);
}

/*
 * A worker does not get the variables by which systemd talks to the service, like NOTIFY_SOCKET.
 * SYSTEMD_BYPASS_USERDB tells nss-systemd, here and in children of a plugin, not to ask this
 * service, which would answer that there is no such record.
 */
static char **worker_environment(void)
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", locale[] = "LC_ALL=C.UTF-8",
		    bypass[] = "SYSTEMD_BYPASS_USERDB=" SERVICE_NAME;
	static char *environment[] = { path, locale, bypass, NULL };

	return environment;
}

static int new_pool(struct daemon *daemon, char **argv, unsigned int n_workers, struct pool **ret)
{
	const struct pool_config config = {
		.event = daemon->event,
		.argv = argv,
		.environment = worker_environment(),
		.n_workers = n_workers,
		.deadline_usec = daemon->options.deadline_seconds * USEC_PER_SEC,
	};

	return pool_new(&config, ret);
}

static int new_pools(struct daemon *daemon)
{
	static char path[] = "/proc/self/exe", worker[] = "--role=" OPTIONS_ROLE_WORKER,
		    scanner[] = "--role=" OPTIONS_ROLE_SCANNER;
	static char *worker_argv[] = { path, worker, NULL };
	static char *scanner_argv[] = { path, scanner, NULL };
	int r;

	r = new_pool(daemon, worker_argv, daemon->options.workers, &daemon->service.workers);
	if (r == 0 && has_plugin(daemon))
		r = new_pool(daemon, scanner_argv, 1, &daemon->service.scanner);
	return r;
}

/* --- the source ---------------------------------------------------------------------- */

/*
 * A source with a slash in its name would be a path of a library that libsubid loads. With such a
 * source, or if nsswitch.conf cannot be read, the service runs and answers every lookup with a
 * fault, until nsswitch.conf is changed.
 */
static void read_source(struct daemon *daemon)
{
	if (subid_stamp_of_path(NSSWITCH, &daemon->nsswitch) < 0)
		memset(&daemon->nsswitch, 0, sizeof(daemon->nsswitch));
	daemon->fault = subid_source_read(NSSWITCH, daemon->source);
	if (daemon->fault < 0) {
		(void)complain(NSSWITCH, daemon->fault);
	} else if (strchr(daemon->source, '/')) {
		daemon->fault = -EINVAL;
		(void)complain(NSSWITCH ": the source of `subid:` is a path", daemon->fault);
	}
}

static bool source_has_changed(const struct daemon *daemon)
{
	struct stat now;

	if (subid_stamp_of_path(NSSWITCH, &now) < 0)
		memset(&now, 0, sizeof(now));
	return !subid_stamp_equal(&now, &daemon->nsswitch);
}

/* The directory that systemd has made for us (StateDirectory=), or -1. */
static int open_state(void)
{
	const char *path = getenv("STATE_DIRECTORY");
	int fd;

	if (!path)
		return -1;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		(void)complain(path, -errno);
	return fd;
}

static int new_directory(struct daemon *daemon)
{
	const struct directory_config config = {
		.event = daemon->event,
		.pool = daemon->service.workers,
		.scanner = daemon->service.scanner,
		.groups = daemon->options.groups,
		.n_groups = daemon->options.n_groups,
		.state_fd = open_state(),
		.deadline_usec = daemon->options.deadline_seconds * USEC_PER_SEC,
	};

	return directory_new(&config, &daemon->service.directory);
}

/* Begin to serve the source, and give up the capabilities that it does not need. */
static int new_source(struct daemon *daemon)
{
	int r;

	if (has_plugin(daemon)) {
		r = privileges_lay_down();
		return r < 0 ? complain("capabilities", r) : new_directory(daemon);
	}
	r = privileges_drop();
	if (r < 0)
		return complain("capabilities", r);
	if (daemon->fault < 0)
		return 0;
	local_init(&daemon->local, daemon->event, daemon->service.workers,
		   daemon->options.deadline_seconds * USEC_PER_SEC, &databases[SUBID_UID],
		   &databases[SUBID_GID]);
	daemon->service.local = &daemon->local;
	return 0;
}

/* --- the service --------------------------------------------------------------------- */

/*
 * The service ends when nobody has asked for long, and before it answers a client from a
 * source that nsswitch.conf no longer names. systemd starts it again for the next client,
 * whose connection waits in the listening socket meanwhile.
 */
static int on_idle(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct daemon *daemon = (struct daemon *)userdata;
	uint64_t idle_usec = daemon->options.idle_seconds * USEC_PER_SEC;
	uint64_t end_usec = server_active_usec(daemon->server) + idle_usec;

	if (server_connections(daemon->server) > 0)
		end_usec = usec + idle_usec;
	else if (usec >= end_usec)
		return sd_event_exit(daemon->event, 0);
	(void)sd_event_source_set_time(source, end_usec);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int watch_idleness(struct daemon *daemon)
{
	if (daemon->options.idle_seconds == 0)
		return 0;
	return sd_event_add_time_relative(daemon->event, &daemon->idle, CLOCK_MONOTONIC,
					  daemon->options.idle_seconds * USEC_PER_SEC, 0, on_idle,
					  daemon);
}

static bool may_accept(void *userdata)
{
	return !source_has_changed((const struct daemon *)userdata);
}

static void on_closed(void *userdata)
{
	struct daemon *daemon = (struct daemon *)userdata;

	(void)sd_event_exit(daemon->event, 0);
}

static int listen_to_systemd(struct daemon *daemon)
{
	int n = sd_listen_fds(1);
	int r = 0;

	if (n <= 0)
		return complain("no socket from systemd", n < 0 ? n : -EDESTADDRREQ);
	for (int fd = SD_LISTEN_FDS_START; r == 0 && fd < SD_LISTEN_FDS_START + n; fd++) {
		if (sd_is_socket_unix(fd, SOCK_STREAM, 1, NULL, 0) <= 0)
			return complain("the socket from systemd", -ESOCKTNOSUPPORT);
		if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
			return complain("the socket from systemd", -errno);
		r = server_listen(daemon->server, fd);
	}
	return r < 0 ? complain("the socket from systemd", r) : 0;
}

static int new_event(struct daemon *daemon)
{
	sigset_t signals;
	int r;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
		return -EINVAL;
	r = sd_event_new(&daemon->event);
	if (r >= 0)
		r = sd_event_add_signal(daemon->event, NULL, SIGTERM, NULL, NULL);
	if (r >= 0)
		r = sd_event_add_signal(daemon->event, NULL, SIGINT, NULL, NULL);
	if (r >= 0)
		r = sd_event_set_watchdog(daemon->event, 1);
	if (r >= 0)
		r = watch_idleness(daemon);
	return r < 0 ? r : 0;
}

static void handle(void *userdata, struct connection *connection, struct request *request)
{
	struct daemon *daemon = (struct daemon *)userdata;

	service_handle(&daemon->service, connection, request);
}

static int new_server(struct daemon *daemon)
{
	const struct server_config config = {
		.event = daemon->event,
		.connections_max = SERVER_CONNECTIONS_MAX,
		.connections_of_user_max = SERVER_CONNECTIONS_OF_USER_MAX,
		.silence_max_usec = SERVER_SILENCE_MAX_USEC,
		.handle = handle,
		.may_accept = may_accept,
		.closed = on_closed,
		.userdata = daemon,
	};

	return server_new(&config, &daemon->server);
}

static int start(struct daemon *daemon)
{
	int r;

	read_source(daemon);
	r = new_event(daemon);
	if (r == 0)
		r = new_server(daemon);
	if (r == 0)
		r = new_pools(daemon);
	if (r != 0)
		return complain("cannot start", r);
	r = new_source(daemon);
	return r < 0 ? r : listen_to_systemd(daemon);
}

static void stop(struct daemon *daemon)
{
	/* The server and the directory come before the pools: they cancel questions in these. */
	server_free(daemon->server);
	directory_free(daemon->service.directory);
	pool_free(daemon->service.workers);
	pool_free(daemon->service.scanner);
	(void)sd_event_source_disable_unref(daemon->idle);
	(void)sd_event_unref(daemon->event);
}

static const char *describe_source(const struct daemon *daemon)
{
	if (daemon->fault < 0)
		return "none, see the journal";
	return has_plugin(daemon) ? daemon->source : "files";
}

static int run(struct daemon *daemon)
{
	int r = start(daemon);

	if (r == 0) {
		(void)sd_notifyf(0, "READY=1\nSTATUS=Source: %s", describe_source(daemon));
		r = sd_event_loop(daemon->event);
		(void)sd_notify(0, "STOPPING=1");
	}
	stop(daemon);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static struct daemon daemon;
	int r;

	options_read(argc, argv, &daemon.options);
	if (!daemon.options.role)
		return run(&daemon);
	r = run_worker(daemon.options.role);
	if (r < 0)
		(void)complain(daemon.options.role, r);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
