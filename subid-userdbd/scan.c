/* SPDX-License-Identifier: BSD-3-Clause */
#include "scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* How many namespaces are examined, and how deep they are nested (the kernel allows 32). */
#define NAMESPACES_MAX 16384
#define NESTING_MAX 32

/* The namespaces that have been seen: a hash table of their inode numbers, 0 if empty. */
#define SLOTS 32768

_Static_assert(SLOTS > NAMESPACES_MAX, "a slot is always empty");

struct scan {
	ino_t seen[SLOTS];
	size_t n;
	ino_t own; /* our own namespace */
};

static ino_t *find_slot(struct scan *scan, ino_t inode)
{
	size_t slot = (size_t)inode % SLOTS;

	while (scan->seen[slot] != 0 && scan->seen[slot] != inode)
		slot = (slot + 1) % SLOTS;
	return &scan->seen[slot];
}

/* Returns 1 if the namespace is new, 0 if it has been seen, or -E2BIG if there are too many. */
static int add_seen(struct scan *scan, ino_t inode)
{
	ino_t *slot = find_slot(scan, inode);

	if (*slot == inode)
		return 0;
	if (scan->n == NAMESPACES_MAX)
		return -E2BIG;
	*slot = inode;
	scan->n++;
	return 1;
}

static int add_owner(struct frame *answer, uint32_t uid)
{
	for (uint32_t i = 0; i < answer->n_values; i++)
		if (answer->values[i] == uid)
			return 0;
	return frame_add_value(answer, uid);
}

/*
 * Replace @fd by the namespace around it, or by a negative value if there is none. Returns 1 if
 * that is new and the walk goes on, 0 if it ends here, or a negative errno.
 */
static int step_out(int *fd, struct scan *scan, struct frame *answer)
{
	int parent = ioctl(*fd, NS_GET_PARENT), r = 0;
	struct stat stamp;
	uid_t uid;

	if (parent >= 0 && fstat(parent, &stamp) == 0) {
		if (stamp.st_ino != scan->own)
			r = add_seen(scan, stamp.st_ino);
		else if (ioctl(*fd, NS_GET_OWNER_UID, &uid) == 0)
			r = add_owner(answer, uid);
	}
	(void)close(*fd);
	*fd = parent;
	return r;
}

/* Walk from a namespace outwards, to this process's own. @fd is closed. */
static int look_at(int fd, struct scan *scan, struct frame *answer)
{
	struct stat stamp;
	int r = fstat(fd, &stamp) == 0 ? add_seen(scan, stamp.st_ino) : 0;

	for (int i = 0; fd >= 0 && r > 0 && i < NESTING_MAX; i++)
		r = step_out(&fd, scan, answer);
	if (fd >= 0)
		(void)close(fd);
	return r < 0 ? r : 0;
}

static int look_at_process(int proc, const char *pid, struct scan *scan, struct frame *answer)
{
	char path[sizeof("4294967295/ns/user")];
	struct stat stamp;
	int fd;

	if (snprintf(path, sizeof(path), "%s/ns/user", pid) >= (int)sizeof(path))
		return 0;
	/* Most processes are in a namespace that has been seen: stat(2) is all they cost. */
	if (fstatat(proc, path, &stamp, 0) < 0 || *find_slot(scan, stamp.st_ino) == stamp.st_ino)
		return 0;
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? 0 : look_at(fd, scan, answer);
}

/* Note this process's own namespace as seen. */
static int add_own(int proc, struct scan *scan)
{
	struct stat stamp;
	int r;

	if (fstatat(proc, "self/ns/user", &stamp, 0) < 0)
		return -errno;
	scan->own = stamp.st_ino;
	r = add_seen(scan, stamp.st_ino);
	return r < 0 ? r : 0;
}

static int scan_all(DIR *directory, struct scan *scan, struct frame *answer)
{
	const struct dirent *entry;
	int r;

	r = add_own(dirfd(directory), scan);
	while (r == 0 && (entry = readdir(directory)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			r = look_at_process(dirfd(directory), entry->d_name, scan, answer);
	return r == -E2BIG ? 0 : r;
}

int scan_user_namespaces(const char *proc, struct frame *answer)
{
	struct scan *scan = (struct scan *)calloc(1, sizeof(*scan));
	DIR *directory;
	int r;

	if (!scan)
		return -ENOMEM;
	directory = opendir(proc);
	r = directory ? scan_all(directory, scan, answer) : -errno;
	if (directory)
		(void)closedir(directory);
	free(scan);
	return r;
}
