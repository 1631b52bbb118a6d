/* SPDX-License-Identifier: BSD-3-Clause */
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "crew.h"
#include "memory.h"
#include "progress.h"

/* Levels with a buffer of their own. The buffers take 2 MiB a worker. */
#define BUFFERED_LEVELS 64
#define BUFFER_BYTES 32768
#define PATH_BYTES 16384
/* Some file systems have names that are longer than NAME_MAX bytes once they are in UTF-8. */
#define NAME_BYTES 1024

/* On a terminal, the number of files is shown at each tick, but not before PATIENCE_TICKS. */
#define TICK_NANOSECONDS 200000000
#define PATIENCE_TICKS 5

#define STATX_WANTED (STATX_BASIC_STATS | STATX_MNT_ID)

struct level {
	int fd;
	size_t path_len;
	struct place place;
	char *buffer;
	size_t at, len;
	off_t resume; /* the position behind the entry that was returned last */
	bool unread;  /* report_unread() has told the visitor */
};

/* The state that the workers share. */
struct shared {
	const struct tree_request *request;
	const struct tree_visitor *visitor;
	struct statx top; /* DIR itself */
	struct crew crew;
	atomic_uint_fast64_t files, mounts;
};

struct worker {
	struct shared *shared;
	void *context;
	pthread_t thread;
	struct level *levels;
	size_t n, room;
	char *buffers[BUFFERED_LEVELS + 1]; /* by level; deep levels share the last one */
	char path[PATH_BYTES];
	uint64_t files; /* visited, but not yet added to the shared count */
};

/* --- paths ------------------------------------------------------------------------ */

char *tree_path(const struct tree_entry *entry)
{
	size_t len = entry->directory_len;
	bool slash = len > 0 && entry->directory[len - 1] == '/';

	if (strcmp(entry->name, ".") == 0)
		return memory_text(entry->directory, len);
	return memory_print("%.*s%s%s", (int)len, entry->directory, slash ? "" : "/", entry->name);
}

/*
 * Append a name to the worker's path, of which @len bytes stay. If there is no room for it,
 * append `/...` instead, but only once. Returns the length of the path.
 */
static size_t extend(struct worker *worker, size_t len, const char *name)
{
	size_t name_len = strlen(name), slash = len > 0 && worker->path[len - 1] != '/';

	if (len + slash + name_len + sizeof("/...") > PATH_BYTES) {
		if (len >= 4 && memcmp(&worker->path[len - 4], "/...", 4) == 0)
			return len;
		memcpy(worker->path + len, "/...", 5);
		return len + 4;
	}
	if (slash)
		worker->path[len++] = '/';
	memcpy(worker->path + len, name, name_len + 1);
	return len + name_len;
}

/* --- levels ----------------------------------------------------------------------- */

static struct level *top(struct worker *worker)
{
	return &worker->levels[worker->n - 1];
}

/* Enter a directory, whose descriptor is handed over; worker->path has its path. */
static void push(struct worker *worker, int fd, size_t path_len, struct place place)
{
	size_t slot = worker->n < BUFFERED_LEVELS ? worker->n : BUFFERED_LEVELS;

	worker->levels = (struct level *)memory_room(worker->levels, worker->n, &worker->room,
						     sizeof(struct level));
	if (!worker->buffers[slot])
		worker->buffers[slot] = (char *)memory_check(malloc(BUFFER_BYTES));
	worker->levels[worker->n++] = (struct level){
		.fd = fd,
		.path_len = path_len,
		.place = place,
		.buffer = worker->buffers[slot],
	};
}

/* Tells the visitor, once, that the current directory cannot be read, at least in part. */
static void report_unread(struct worker *worker, int r)
{
	struct level *level = top(worker);
	const struct tree_entry self = {
		.name = ".",
		.directory = worker->path,
		.directory_len = level->path_len,
	};

	if (!level->unread)
		worker->shared->visitor->unread(&self, r, worker->context);
	level->unread = true;
}

/* Remove the level at the top. */
static void leave(struct worker *worker)
{
	struct level *level;

	(void)close(top(worker)->fd);
	if (--worker->n <= BUFFERED_LEVELS)
		return;
	/* The shared buffer has a deeper level's entries now: read the rest of this one again. */
	level = top(worker);
	if (level->at < level->len) {
		level->at = level->len = 0;
		(void)lseek(level->fd, level->resume, SEEK_SET);
	}
}

/*
 * Make the directory of the level at the top the current one again. Leave a level whose directory
 * cannot be entered, and try the one above it.
 */
static void come_back(struct worker *worker)
{
	for (; worker->n > 0; leave(worker)) {
		const struct level *level = top(worker);

		worker->path[level->path_len] = '\0';
		if (fchdir(level->fd) == 0)
			return;
		report_unread(worker, -errno);
	}
}

/* Returns the next entry except . and .., or NULL at the end; @ret_error: 0 or -errno. */
static const struct dirent64 *next_entry(struct level *level, int *ret_error)
{
	*ret_error = 0;
	for (;;) {
		const struct dirent64 *entry;

		if (level->at >= level->len) {
			ssize_t len = getdents64(level->fd, level->buffer, BUFFER_BYTES);

			if (len <= 0) {
				*ret_error = len < 0 ? -errno : 0;
				return NULL;
			}
			level->at = 0;
			level->len = (size_t)len;
		}
		entry = (const struct dirent64 *)(const void *)(level->buffer + level->at);
		level->at += entry->d_reclen;
		level->resume = entry->d_off;
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			return entry;
	}
}

/* --- directories ------------------------------------------------------------------ */

static bool same_file(const struct statx *a, const struct statx *b)
{
	return a->stx_ino == b->stx_ino && a->stx_dev_major == b->stx_dev_major &&
	       a->stx_dev_minor == b->stx_dev_minor;
}

/* A subvolume of btrfs has a device of its own, but is no mount point: compare the mounts. */
static bool same_mount(const struct statx *a, const struct statx *b)
{
	if (a->stx_mask & b->stx_mask & STATX_MNT_ID)
		return a->stx_mnt_id == b->stx_mnt_id;
	return a->stx_dev_major == b->stx_dev_major && a->stx_dev_minor == b->stx_dev_minor;
}

/*
 * Open the directory that @stat describes, and make it the current directory. This fails with
 * -ENOENT if another directory has its name by now. @stat: updated on success. Returns a
 * descriptor or a negative errno.
 */
static int open_directory(const char *name, struct statx *stat)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
	/* Only a directory's owner and root may use O_NOATIME. */
	int fd = openat(AT_FDCWD, name, flags | O_NOATIME);
	struct statx opened;
	int r = 0;

	if (fd < 0 && errno == EPERM)
		fd = openat(AT_FDCWD, name, flags);
	if (fd < 0)
		return -errno;
	if (statx(fd, "", AT_EMPTY_PATH, STATX_WANTED, &opened) < 0 || fchdir(fd) < 0)
		r = -errno;
	else if (!same_file(stat, &opened))
		r = -ENOENT;
	if (r < 0) {
		(void)close(fd);
		return r;
	}
	*stat = opened;
	return fd;
}

/* Visits a directory, and enters it or hands it to another worker. */
static void enter(struct worker *worker, struct tree_entry *entry, struct statx *stat)
{
	struct shared *shared = worker->shared;
	const struct tree_visitor *visitor = shared->visitor;
	size_t len;
	int fd;

	if (!shared->request->mounts && !same_mount(stat, &shared->top)) {
		atomic_fetch_add(&shared->mounts, 1);
		return;
	}
	fd = open_directory(entry->name, stat);
	if (fd < 0) {
		if (fd != -ENOENT && fd != -ENOTDIR && fd != -ELOOP) {
			visitor->visit(entry, worker->context);
			visitor->unread(entry, fd, worker->context);
		}
		/* open_directory() may have changed the current directory before it failed. */
		come_back(worker);
		return;
	}
	len = extend(worker, top(worker)->path_len, entry->name);
	entry->name = ".";
	entry->directory_len = len;
	visitor->visit(entry, worker->context);
	if (crew_offer(&shared->crew, fd, worker->path, entry->place))
		come_back(worker);
	else
		push(worker, fd, len, entry->place);
}

static void look_at(struct worker *worker, const char *name)
{
	struct level *level = top(worker);
	struct statx stat;
	struct tree_entry entry = {
		.name = name,
		.stat = &stat,
		.place = level->place,
		.directory = worker->path,
		.directory_len = level->path_len,
	};

	if (statx(level->fd, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_WANTED, &stat) <
	    0) {
		/* The file may have been deleted meanwhile. */
		if (errno != ENOENT)
			report_unread(worker, -errno);
		return;
	}
	if (++worker->files == 1024) {
		atomic_fetch_add(&worker->shared->files, worker->files);
		worker->files = 0;
	}
	if (S_ISDIR(stat.stx_mode))
		enter(worker, &entry, &stat);
	else
		worker->shared->visitor->visit(&entry, worker->context);
}

/* Walks everything below the levels that are on the stack. */
static void walk(struct worker *worker)
{
	while (worker->n > 0) {
		char name[NAME_BYTES];
		int r;
		const struct dirent64 *entry = next_entry(top(worker), &r);

		if (entry) {
			/* Copy the name: a deeper level may use the same buffer. */
			(void)snprintf(name, sizeof(name), "%s", entry->d_name);
			look_at(worker, name);
			continue;
		}
		if (r < 0 && r != -ENOENT)
			report_unread(worker, r);
		leave(worker);
		come_back(worker);
	}
}

/* --- threads ---------------------------------------------------------------------- */

static void *work(void *argument)
{
	struct worker *worker = (struct worker *)argument;
	struct shared *shared = worker->shared;
	struct crew_task task;

	/*
	 * Each thread has a current directory of its own, in which a file's name is enough to reach
	 * it. If this is forbidden, only one worker runs, and uses the program's current directory.
	 */
	if (unshare(CLONE_FS) < 0 && worker->context != shared->visitor->contexts[0]) {
		crew_leave(&shared->crew);
		return NULL;
	}
	while (crew_take(&shared->crew, &task)) {
		(void)snprintf(worker->path, sizeof(worker->path), "%s", task.path);
		free(task.path);
		push(worker, task.fd, strlen(worker->path), task.place);
		come_back(worker);
		walk(worker);
	}
	atomic_fetch_add(&shared->files, worker->files);
	for (size_t i = 0; i <= BUFFERED_LEVELS; i++)
		free(worker->buffers[i]);
	free(worker->levels);
	return NULL;
}

static size_t count_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? (size_t)CPU_COUNT(&set) : 1;
}

/* A level costs a descriptor, and the usual soft limit is 1,024 of them. */
static void allow_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static void wait_for_workers(struct shared *shared)
{
	size_t ticks = 0;

	while (!crew_wait(&shared->crew, TICK_NANOSECONDS))
		if (++ticks >= PATIENCE_TICKS)
			progress_count("files", atomic_load(&shared->files));
	progress_clear();
}

/* Start the workers of the crew, and wait for them. If none starts, free the task of begin(). */
static int run(struct shared *shared)
{
	size_t wanted = shared->crew.workers, n = 0;
	struct worker *workers = (struct worker *)memory_check(calloc(wanted, sizeof(*workers)));
	struct crew_task left;
	int r = 0;

	for (; n < wanted; n++) {
		workers[n].shared = shared;
		workers[n].context = shared->visitor->contexts[n];
		r = pthread_create(&workers[n].thread, NULL, work, &workers[n]);
		if (r != 0)
			break;
	}
	for (size_t i = n; i < wanted; i++)
		crew_leave(&shared->crew);
	if (n > 0) {
		wait_for_workers(shared);
	} else if (crew_take(&shared->crew, &left)) {
		(void)close(left.fd);
		free(left.path);
	}
	for (size_t i = 0; i < n; i++)
		(void)pthread_join(workers[i].thread, NULL);
	free(workers);
	return n > 0 ? 0 : -r;
}

/* Visit DIR itself, and make it the first task of the crew. @fd: handed over on success. */
static int begin(struct shared *shared, int fd)
{
	const struct tree_request *request = shared->request;
	struct tree_entry entry = {
		.name = ".",
		.stat = &shared->top,
		.place = request->place,
		.directory = request->path,
		.directory_len = strlen(request->path),
	};

	if (statx(fd, "", AT_EMPTY_PATH, STATX_WANTED, &shared->top) < 0 || fchdir(fd) < 0)
		return -errno;
	shared->visitor->visit(&entry, shared->visitor->contexts[0]);
	shared->files = 1;
	crew_begin(&shared->crew, count_processors() < TREE_WORKERS_MAX ? 1 : TREE_WORKERS_MAX, fd,
		   request->path, entry.place);
	return 0;
}

int tree_walk(const struct tree_request *request, const struct tree_visitor *visitor,
	      struct tree_count *ret)
{
	struct shared shared = {
		.request = request,
		.visitor = visitor,
	};
	int before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = fcntl(request->fd, F_DUPFD_CLOEXEC, 0);
	int r = before < 0 || fd < 0 ? -errno : begin(&shared, fd);

	allow_descriptors();
	if (r == 0)
		r = run(&shared);
	else if (fd >= 0)
		(void)close(fd);
	if (before >= 0) {
		if (fchdir(before) < 0 && r == 0)
			r = -errno;
		(void)close(before);
	}
	if (r == 0)
		*ret = (struct tree_count){ shared.files, shared.mounts };
	return r;
}
