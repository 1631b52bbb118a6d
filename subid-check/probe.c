/* SPDX-License-Identifier: BSD-3-Clause */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"
#include "progress.h"
#include "record.h"

#define STRIDE_MAX 65536
#define NAME_MAX_BYTES 255
#define REPORT_EVERY 64
#define FOUND_MAX 1000 /* more would only cost time */

/* --- which IDs -------------------------------------------------------------------- */

void probe_walk_begin(struct probe_walk *walk, const struct database *database)
{
	*walk = (struct probe_walk){ .database = database, .stride = STRIDE_MAX };
}

/* Did an earlier, coarser pass return this ID? */
static bool is_repeated(const struct probe_walk *walk)
{
	return walk->stride < STRIDE_MAX && walk->next % ((uint64_t)walk->stride * 2) == 0;
}

bool probe_walk_next(struct probe_walk *walk, uint32_t *ret)
{
	while (walk->stride > 0) {
		const struct stretch *ids = &walk->database->covered[walk->stretch];
		uint64_t at = walk->next;

		if (walk->stretch == walk->database->n_covered) {
			walk->stride /= 2;
			walk->stretch = 0;
			walk->next = 0;
		} else if (at > ids->last - ids->first) {
			walk->stretch++;
			walk->next = 0;
		} else {
			bool repeated = is_repeated(walk);

			walk->next += walk->stride;
			if (repeated)
				continue;
			*ret = ids->first + (uint32_t)at;
			return true;
		}
	}
	return false;
}

static uint64_t count_ids(const struct database *database)
{
	uint64_t n = 0;

	for (size_t i = 0; i < database->n_covered; i++)
		n += (uint64_t)database->covered[i].last - database->covered[i].first + 1;
	return n;
}

/* --- the child -------------------------------------------------------------------- */

/* A message of the child: an account that it found, or how far it is. */
struct message {
	uint64_t asked;
	uint32_t id;
	uint8_t kind;
	uint8_t name_len; /* 0: no account */
	char name[NAME_MAX_BYTES + 1];
};

/* A message is shorter than PIPE_BUF, so it arrives in one piece. */
static void tell(int fd, const struct message *message)
{
	if (write(fd, message, sizeof(*message)) != (ssize_t)sizeof(*message))
		_exit(CHECK_STATUS_BLIND);
}

static const char *name_of(enum subid_kind kind, uint32_t id)
{
	if (kind == SUBID_UID) {
		const struct passwd *pwd = getpwuid(id);

		return pwd ? pwd->pw_name : NULL;
	}
	const struct group *grp = getgrgid(id);

	return grp ? grp->gr_name : NULL;
}

static void look_up(int fd, enum subid_kind kind, struct message *message)
{
	const char *name = name_of(kind, message->id);
	size_t len = name ? strlen(name) : 0;

	message->asked++;
	message->kind = (uint8_t)kind;
	message->name_len = 0;
	if (len > 0 && len <= NAME_MAX_BYTES && !nss_record_name_is_ours(kind, name)) {
		message->name_len = (uint8_t)len;
		memcpy(message->name, name, len + 1);
	}
	if (message->name_len > 0 || message->asked % REPORT_EVERY == 0)
		tell(fd, message);
}

/*
 * If the program is killed, a child that waits for a service must die as well. After
 * unshare(CLONE_NEWPID) the child is in another PID namespace than its parent. Then getppid(2)
 * returns 0 and does not tell whether the parent died before prctl(2).
 */
static void die_with(pid_t parent)
{
	pid_t now;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	now = getppid();
	if (now != parent && now != 0)
		_exit(CHECK_STATUS_BLIND);
}

/* Asks for UIDs and GIDs by turns. */
static _Noreturn void run_child(int fd, const struct database databases[2])
{
	struct message message = { .asked = 0 };
	struct probe_walk walks[2];
	bool more = true;

	(void)signal(SIGPIPE, SIG_DFL);
	for (size_t kind = 0; kind < 2; kind++)
		probe_walk_begin(&walks[kind], &databases[kind]);
	while (more) {
		more = false;
		for (int kind = SUBID_UID; kind <= SUBID_GID; kind++) {
			if (!probe_walk_next(&walks[kind], &message.id))
				continue;
			more = true;
			look_up(fd, (enum subid_kind)kind, &message);
		}
	}
	message.name_len = 0;
	tell(fd, &message);
	_exit(CHECK_STATUS_CLEAN);
}

/* --- the parent ------------------------------------------------------------------- */

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void take(const struct message *message, struct accounts accounts[2], struct probe *probe)
{
	struct accounts *known = &accounts[message->kind];

	probe->asked = message->asked;
	/* Ignore an account that is in the files, or that was found before. */
	if (message->name_len == 0 || probe->found == FOUND_MAX ||
	    accounts_by_id(known, message->id))
		return;
	accounts_add(known, message->name, message->id);
	probe->found++;
	accounts_sort(known);
}

static void listen_to(int fd, int64_t deadline, struct accounts accounts[2], struct probe *probe)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	for (;;) {
		int64_t left = deadline - now_ms();
		struct message message;
		int n;

		progress_show("asking the account services", probe->asked, probe->wanted);
		if (left <= 0)
			return;
		n = poll(&poll_fd, 1, left < 1000 ? (int)left : 1000);
		if (n == 0 || (n < 0 && errno == EINTR))
			continue;
		if (n < 0 || read(fd, &message, sizeof(message)) != (ssize_t)sizeof(message))
			return;
		message.kind = message.kind != SUBID_UID;
		message.name[NAME_MAX_BYTES] = '\0';
		take(&message, accounts, probe);
	}
}

int probe_services(const struct database databases[2], unsigned int seconds,
		   struct accounts accounts[2], struct probe *ret)
{
	struct probe probe = { .made = true };
	int64_t deadline = now_ms() + (int64_t)seconds * 1000;
	pid_t parent = getpid(), child;
	int fds[2];

	probe.wanted = count_ids(&databases[SUBID_UID]) + count_ids(&databases[SUBID_GID]);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	child = fork();
	if (child == 0) {
		(void)close(fds[0]);
		die_with(parent);
		run_child(fds[1], databases);
	}
	(void)close(fds[1]);
	if (child > 0) {
		listen_to(fds[0], deadline, accounts, &probe);
		(void)kill(child, SIGKILL);
		(void)waitpid(child, NULL, 0);
	}
	(void)close(fds[0]);
	progress_clear();
	if (child < 0)
		return -EAGAIN;
	*ret = probe;
	return 0;
}
