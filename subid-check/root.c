/* SPDX-License-Identifier: BSD-3-Clause */
#include "root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"

/* A writer that never pauses must not delay the program for ever. */
#define READ_TRIES 16
#define LIST_MAX 4096

/*
 * While anybody renames anything on the host, openat2(2) with RESOLVE_IN_ROOT cannot rule
 * out that a ".." left the directory, and fails with EAGAIN. The first tries follow each other at
 * once, later ones after a millisecond each: two seconds in all.
 */
#define OPEN_TRIES 2064
#define OPEN_TRIES_AT_ONCE 64

int root_set(struct root *root, const char *directory)
{
	*root = (struct root){ .directory = directory ? directory : "", .fd = -1 };
	if (!directory)
		return 0;
	root->fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root->fd < 0 ? -errno : 0;
}

void root_close(struct root *root)
{
	if (root->fd >= 0)
		(void)close(root->fd);
	root->fd = -1;
}

bool root_is_live(const struct root *root)
{
	return root->fd < 0;
}

/* --- opening ---------------------------------------------------------------------- */

/* Opens one name of a path, which has @len bytes. A link is opened itself. */
static int open_name(int directory, const char *path, size_t len)
{
	char name[NAME_MAX + 1];
	int fd;

	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, path, len);
	name[len] = '\0';
	/* It could lead out of the root. */
	if (strcmp(name, "..") == 0)
		return -ENOTSUP;
	fd = openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/*
 * Opens a path without following any link. This serves kernels before Linux 5.6 and
 * sandboxes that forbid unknown system calls. O_PATH opens a link itself, which is no
 * regular file and no directory, so a path through a link ends with an error.
 */
static int open_without_links(int root, const char *path)
{
	int fd;

	/* The kernel opens no longer one at once, and tree.c relies on that. */
	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;

	fd = open_name(root, ".", 1);
	while (fd >= 0 && *(path += strspn(path, "/")) != '\0') {
		size_t len = strcspn(path, "/");
		int next = open_name(fd, path, len);

		(void)close(fd);
		fd = next;
		path += len;
	}
	return fd;
}

static int open_in_root(int root, const char *path)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	int fd = -1;

	for (int i = 0; i < OPEN_TRIES; i++) {
		fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
		if (i >= OPEN_TRIES_AT_ONCE)
			(void)nanosleep(&pause, NULL);
	}
	if (fd >= 0)
		return fd;
	return errno == ENOSYS || errno == EPERM ? open_without_links(root, path) : -errno;
}

/* Returns an O_PATH descriptor: nothing is opened yet, and no driver or FIFO notices. */
static int open_path(const struct root *root, const char *path)
{
	int fd;

	if (!root_is_live(root))
		return open_in_root(root->fd, path);
	fd = open(path, O_PATH | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/*
 * Opens the file that an O_PATH descriptor refers to. That file exists, so ENOENT means that
 * /proc is not mounted.
 */
static int reopen(int fd, int flags)
{
	char path[32];
	int opened;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	opened = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | flags);
	if (opened < 0)
		return errno == ENOENT || errno == ENOTDIR ? -ENOSYS : -errno;
	return opened;
}

int root_stat(const struct root *root, const char *path, struct stat *ret)
{
	int fd = open_path(root, path), r;
	struct stat stat;

	if (fd < 0)
		return fd;
	r = fstat(fd, &stat) < 0 ? -errno : 0;
	(void)close(fd);
	if (r == 0)
		*ret = stat;
	return r;
}

bool root_is_plain(const struct root *root, const char *path)
{
	struct stat literal, meant;
	int fd, r;

	if (root_is_live(root))
		return true;
	fd = open_without_links(root->fd, path);
	if (fd < 0)
		return false;
	r = fstat(fd, &literal);
	(void)close(fd);
	return r == 0 && root_stat(root, path, &meant) == 0 && literal.st_dev == meant.st_dev &&
	       literal.st_ino == meant.st_ino;
}

/* --- reading ---------------------------------------------------------------------- */

static bool is_same_version(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Returns how many bytes there are, or a negative errno. */
static ssize_t read_all(int fd, char *text, size_t room)
{
	size_t len = 0;

	while (len < room) {
		ssize_t n = pread(fd, text + len, room - len, (off_t)len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/* Returns 0, -ESTALE if the file changed meanwhile, or another negative errno. */
static int read_version(int fd, size_t most, struct root_file *ret)
{
	struct stat after;
	ssize_t len;
	char *text;

	if (fstat(fd, &ret->stat) < 0)
		return -errno;
	if (!S_ISREG(ret->stat.st_mode))
		return -EINVAL;
	if (ret->stat.st_size < 0 || (uintmax_t)ret->stat.st_size > most)
		return -EFBIG;
	text = (char *)memory_check(malloc((size_t)ret->stat.st_size + 1));
	len = read_all(fd, text, (size_t)ret->stat.st_size);
	if (len >= 0 && (fstat(fd, &after) < 0 || len != ret->stat.st_size ||
			 !is_same_version(&ret->stat, &after)))
		len = -ESTALE;
	if (len < 0) {
		free(text);
		return (int)len;
	}
	text[len] = '\0';
	ret->text = text;
	ret->len = (size_t)len;
	return 0;
}

static int read_path(const struct root *root, const char *path, size_t most, struct root_file *ret)
{
	int pinned = open_path(root, path), fd, r;
	struct stat stat;

	if (pinned < 0)
		return pinned;
	if (fstat(pinned, &stat) < 0)
		fd = -errno;
	else
		fd = S_ISREG(stat.st_mode) ? reopen(pinned, 0) : -EINVAL;
	(void)close(pinned);
	if (fd < 0)
		return fd;
	r = read_version(fd, most, ret);
	(void)close(fd);
	return r;
}

int root_read(const struct root *root, const char *path, size_t most, struct root_file *ret)
{
	struct root_file file = { .text = NULL };
	int r = -ESTALE;

	for (int i = 0; i < READ_TRIES && r == -ESTALE; i++)
		r = read_path(root, path, most, &file);
	if (r == 0)
		*ret = file;
	return r == -ESTALE ? -EAGAIN : r;
}

void root_file_free(struct root_file *file)
{
	free(file->text);
	*file = (struct root_file){ .text = NULL };
}

/* --- directories ------------------------------------------------------------------ */

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int list(DIR *directory, char ***ret_names)
{
	const struct dirent *entry;
	char **names = NULL;
	size_t n = 0, room = 0;
	int r = 0;

	while (r == 0 && (errno = 0, entry = readdir(directory))) {
		if (entry->d_name[0] == '.')
			continue;
		if (n == LIST_MAX) {
			r = -EFBIG;
			break;
		}
		names = (char **)memory_room(names, n, &room, sizeof(*names));
		names[n++] = memory_text(entry->d_name, strlen(entry->d_name));
	}
	if (r == 0 && errno != 0)
		r = -errno;
	if (r < 0) {
		while (n > 0)
			free(names[--n]);
		free(names);
		return r;
	}
	if (n > 0)
		qsort(names, n, sizeof(*names), compare_texts);
	*ret_names = names;
	return (int)n;
}

int root_open_directory(const struct root *root, const char *path)
{
	int pinned, fd;

	if (root_is_live(root)) {
		fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
		return fd < 0 ? -errno : fd;
	}
	pinned = open_path(root, path);
	if (pinned < 0)
		return pinned;
	fd = reopen(pinned, O_DIRECTORY);
	(void)close(pinned);
	return fd;
}

int root_list(const struct root *root, const char *path, char ***ret_names)
{
	int pinned = open_path(root, path), fd, r;
	DIR *directory;

	if (pinned < 0)
		return pinned;
	fd = reopen(pinned, O_DIRECTORY);
	(void)close(pinned);
	if (fd < 0)
		return fd;
	directory = fdopendir(fd);
	if (!directory) {
		r = -errno;
		(void)close(fd);
		return r;
	}
	r = list(directory, ret_names);
	(void)closedir(directory);
	return r;
}

/* --- lines ------------------------------------------------------------------------ */

void root_lines_begin(struct root_lines *lines, const char *text, size_t len)
{
	*lines = (struct root_lines){ .next = text, .left = len };
}

const char *root_lines_next(struct root_lines *lines, size_t *ret_len)
{
	const char *line = lines->next, *end;
	size_t len;

	if (lines->left == 0)
		return NULL;
	end = (const char *)memchr(line, '\n', lines->left);
	lines->terminated = end != NULL;
	len = end ? (size_t)(end - line) : lines->left;
	lines->next = line + len + lines->terminated;
	lines->left -= len + lines->terminated;
	lines->number++;
	*ret_len = len;
	return line;
}
