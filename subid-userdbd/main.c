/* SPDX-License-Identifier: BSD-3-Clause */
/* subid-userdbd: subordinate IDs as users and groups of systemd's user database. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "decimal.h"
#include "name.h"
#include "privileges.h"
#include "service.h"
#include "source.h"
#include "stamp.h"
#include "worker.h"

#define NSSWITCH "/etc/nsswitch.conf"
#define GROUPS_MAX 64

#define DEFAULT_DEADLINE_SECONDS 5
#define DEFAULT_WORKERS 4
#define DEFAULT_IDLE_SECONDS 900
#define USEC_PER_SEC UINT64_C(1000000)

/* Of a worker's command line; for nobody else. */
#define ROLE_WORKER "worker"
#define ROLE_SCANNER "scanner"

struct options {
	uint32_t deadline_seconds, workers, idle_seconds;
	const char *groups[GROUPS_MAX];
	size_t n_groups;
	const char *role; /* or NULL for the service itself */
};

/* Everything that lives as long as the process. */
struct daemon {
	struct options options;
	sd_event *event;
	struct server *server;
	struct service service;
	struct local local;
	char source[SUBID_SOURCE_MAX_BYTES + 1]; /* "" means the files */
	struct stat nsswitch;			 /* of which version */
	sd_event_source *idle;
};

/* Static, because a cache is. */
static struct subid_cache caches[2];
static const struct subid_database databases[2] = {
	[SUBID_UID] = { .path = "/etc/subuid", .cache = &caches[SUBID_UID] },
	[SUBID_GID] = { .path = "/etc/subgid", .cache = &caches[SUBID_GID] },
};

/* --- the command line ---------------------------------------------------------------- */

enum {
	OPTION_GROUP = 256,
	OPTION_DEADLINE,
	OPTION_IDLE,
	OPTION_WORKERS,
	OPTION_ROLE,
};

static const struct option long_options[] = {
	{ "candidates-of-group", required_argument, NULL, OPTION_GROUP },
	{ "deadline", required_argument, NULL, OPTION_DEADLINE },
	{ "help", no_argument, NULL, 'h' },
	{ "idle-exit", required_argument, NULL, OPTION_IDLE },
	{ "role", required_argument, NULL, OPTION_ROLE },
	{ "version", no_argument, NULL, 'V' },
	{ "workers", required_argument, NULL, OPTION_WORKERS },
	{ NULL, 0, NULL, 0 },
};

static void usage(FILE *stream)
{
	(void)fputs(
		"usage: subid-userdbd [OPTION...]\n"
		"Users and groups of subordinate IDs, for systemd's user database. It is started\n"
		"by subid-userdbd.socket.\n\n"
		"      --candidates-of-group GROUP  its members may own subordinate IDs\n"
		"                                   (repeatable)\n"
		"      --deadline SECONDS           for a question to the source (5)\n"
		"      --idle-exit SECONDS          end when nobody asks for so long (900);\n"
		"                                   0: never\n"
		"      --workers N                  questions to the source at a time (4)\n"
		"  -h, --help                       this text\n"
		"  -V, --version                    the version\n\n"
		"subid-userdbd(8) says more.\n",
		stream);
}

static uint32_t read_number(const char *option, const char *text, uint32_t min, uint32_t max)
{
	uint32_t number;

	if (subid_decimal_parse(text, strlen(text), &number) < 0 || number < min || number > max) {
		(void)fprintf(stderr, "subid-userdbd: --%s takes a number from %u to %u\n", option,
			      min, max);
		exit(EXIT_FAILURE);
	}
	return number;
}

static void add_group(struct options *options, const char *group)
{
	if (options->n_groups == GROUPS_MAX) {
		(void)fprintf(stderr, "subid-userdbd: more than %d groups\n", GROUPS_MAX);
		exit(EXIT_FAILURE);
	}
	options->groups[options->n_groups++] = group;
}

static void read_option(struct options *options, int option)
{
	switch (option) {
	case OPTION_GROUP:
		add_group(options, optarg);
		break;
	case OPTION_DEADLINE:
		options->deadline_seconds = read_number("deadline", optarg, 1, 300);
		break;
	case OPTION_IDLE:
		options->idle_seconds = read_number("idle-exit", optarg, 0, 31536000);
		break;
	case OPTION_WORKERS:
		options->workers = read_number("workers", optarg, 1, 64);
		break;
	case OPTION_ROLE:
		options->role = optarg;
		break;
	case 'h':
		usage(stdout);
		exit(EXIT_SUCCESS);
	case 'V':
		(void)puts("subid-userdbd " PACKAGE_VERSION);
		exit(EXIT_SUCCESS);
	default:
		usage(stderr);
		exit(EXIT_FAILURE);
	}
}

static void read_options(struct options *options, int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "hV", long_options, NULL)) >= 0)
		read_option(options, option);
	if (optind < argc) {
		usage(stderr);
		exit(EXIT_FAILURE);
	}
}

/* To the journal, with a priority of syslog(3). */
static int complain(const char *what, int r)
{
	(void)fprintf(stderr, "<3>%s: %s\n", what, strerror(-r));
	return r;
}

/* --- the workers --------------------------------------------------------------------- */

/* It ends with the service, also if it hangs. */
static int run_worker(const char *role)
{
	static struct nss_host host;
	int r;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return -errno;
	if (strcmp(role, ROLE_SCANNER) == 0)
		return worker_run_scanner(WORKER_FD);
	if (strcmp(role, ROLE_WORKER) != 0)
		return -EINVAL;
	r = privileges_drop();
	if (r < 0)
		return r;
	host.databases[SUBID_UID] = databases[SUBID_UID];
	host.databases[SUBID_GID] = databases[SUBID_GID];
	return worker_run(WORKER_FD, &host);
}

/*
 * Nothing of systemd's protocols with the service. That nss-systemd is to leave this service
 * out saves it a question that would be answered with no; children of a plugin have it too.
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
	static char path[] = "/proc/self/exe", worker[] = "--role=" ROLE_WORKER,
		    scanner[] = "--role=" ROLE_SCANNER;
	static char *worker_argv[] = { path, worker, NULL };
	static char *scanner_argv[] = { path, scanner, NULL };
	int r;

	r = new_pool(daemon, worker_argv, daemon->options.workers, &daemon->service.workers);
	if (r == 0 && daemon->source[0] != '\0')
		r = new_pool(daemon, scanner_argv, 1, &daemon->service.scanner);
	return r;
}

/* --- the source ---------------------------------------------------------------------- */

/* A name with a slash in it would be a path for libsubid to load. */
static int read_source(struct daemon *daemon)
{
	int r;

	if (subid_stamp_of_path(NSSWITCH, &daemon->nsswitch) < 0)
		memset(&daemon->nsswitch, 0, sizeof(daemon->nsswitch));
	r = subid_source_read(NSSWITCH, daemon->source);
	if (r < 0)
		return complain(NSSWITCH, r);
	if (strchr(daemon->source, '/'))
		return complain(NSSWITCH ": the source of `subid:` is a path", -EINVAL);
	return 0;
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

/* What is not needed for the source that there is, is not kept. */
static int new_source(struct daemon *daemon)
{
	int r;

	if (daemon->source[0] != '\0') {
		r = privileges_lay_down();
		return r < 0 ? complain("capabilities", r) : new_directory(daemon);
	}
	r = privileges_drop();
	if (r < 0)
		return complain("capabilities", r);
	local_init(&daemon->local, daemon->event, daemon->service.workers,
		   daemon->options.deadline_seconds * USEC_PER_SEC, &databases[SUBID_UID],
		   &databases[SUBID_GID]);
	daemon->service.local = &daemon->local;
	return 0;
}

/* --- the service --------------------------------------------------------------------- */

/*
 * Once a second: has nsswitch.conf been changed, or has nobody asked for long? Then end,
 * between two clients. systemd starts us again for the next one; its connection waits in
 * the listening socket meanwhile.
 */
static int on_idle(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct daemon *daemon = (struct daemon *)userdata;
	uint64_t idle_usec = daemon->options.idle_seconds * USEC_PER_SEC;
	bool is_idle = server_connections(daemon->server) == 0;

	if (is_idle && idle_usec > 0 && usec - server_active_usec(daemon->server) >= idle_usec)
		return sd_event_exit(daemon->event, 0);
	if (is_idle && source_has_changed(daemon))
		return sd_event_exit(daemon->event, 0);
	(void)sd_event_source_set_time_relative(source, USEC_PER_SEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
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
		r = sd_event_add_time_relative(daemon->event, &daemon->idle, CLOCK_MONOTONIC,
					       USEC_PER_SEC, 0, on_idle, daemon);
	return r < 0 ? r : 0;
}

static int new_server(struct daemon *daemon)
{
	const struct server_config config = {
		.event = daemon->event,
		.connections_max = SERVER_CONNECTIONS_MAX,
		.connections_of_user_max = SERVER_CONNECTIONS_OF_USER_MAX,
		.silence_max_usec = SERVER_SILENCE_MAX_USEC,
		.handle = service_handle,
		.userdata = &daemon->service,
	};

	return server_new(&config, &daemon->server);
}

static int start(struct daemon *daemon)
{
	int r;

	r = read_source(daemon);
	if (r < 0)
		return r;
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
	/* Before the pools: what waits for them is cancelled. */
	server_free(daemon->server);
	directory_free(daemon->service.directory);
	pool_free(daemon->service.workers);
	pool_free(daemon->service.scanner);
	(void)sd_event_source_disable_unref(daemon->idle);
	(void)sd_event_unref(daemon->event);
}

static int run(struct daemon *daemon)
{
	int r = start(daemon);

	if (r == 0) {
		(void)sd_notifyf(0, "READY=1\nSTATUS=Source: %s",
				 daemon->source[0] != '\0' ? daemon->source : "files");
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

	daemon.options = (struct options){
		.deadline_seconds = DEFAULT_DEADLINE_SECONDS,
		.workers = DEFAULT_WORKERS,
		.idle_seconds = DEFAULT_IDLE_SECONDS,
	};
	read_options(&daemon.options, argc, argv);
	if (!daemon.options.role)
		return run(&daemon);
	r = run_worker(daemon.options.role);
	if (r < 0)
		(void)complain(daemon.options.role, r);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
