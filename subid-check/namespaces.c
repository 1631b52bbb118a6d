/* SPDX-License-Identifier: BSD-3-Clause */
#include "namespaces.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container.h"
#include "memory.h"
#include "usage.h"

static int compare(const void *a, const void *b)
{
	const struct userns *left = (const struct userns *)a;
	const struct userns *right = (const struct userns *)b;

	return (left->inode > right->inode) - (left->inode < right->inode);
}

static void free_namespace(struct userns *userns)
{
	free(userns->command);
	free(userns->where);
	free(userns->maps);
}

/* Returns 0 if the process has ended or is hidden, or -errno if this program lacks resources. */
static int fault_of(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM || error == EIO ? -error : 0;
}

/* Returns 0 or a negative errno. */
static int read_map(struct namespaces *all, struct userns *userns, enum subid_kind kind)
{
	uint32_t inside, outside, count;
	char path[64], line[128];
	int r = 0;
	FILE *map;

	(void)snprintf(path, sizeof(path), "/proc/%jd/%s", (intmax_t)userns->pid,
		       kind == SUBID_UID ? "uid_map" : "gid_map");
	map = fopen(path, "re");
	if (!map)
		return fault_of(errno);
	while (fgets(line, sizeof(line), map)) {
		/* NOLINTNEXTLINE(cert-err34-c): the kernel wrote it */
		if (sscanf(line, "%" SCNu32 " %" SCNu32 " %" SCNu32, &inside, &outside, &count) !=
			    3 ||
		    count == 0 || outside > UINT32_MAX - (count - 1))
			continue;
		if (all->n_maps >= NAMESPACES_MAPS_MAX) {
			all->more = true;
			break;
		}
		all->n_maps++;
		userns->maps = (struct namespace_map *)memory_room(
			userns->maps, userns->n_maps, &userns->room, sizeof(struct namespace_map));
		userns->maps[userns->n_maps++] =
			(struct namespace_map){ kind, inside, { outside, outside + (count - 1) } };
	}
	if (ferror(map))
		r = fault_of(errno);
	(void)fclose(map);
	return r;
}

static void describe(struct userns *userns)
{
	struct container container;

	userns->command = usage_command(userns->pid);
	userns->where = container_of(userns->pid, &container) == 0 ? container_label(&container)
								   : memory_text("-", 1);
}

static bool is_known(const struct namespaces *all, uint64_t inode)
{
	for (size_t i = all->n; i > 0; i--)
		if (all->items[i - 1].inode == inode)
			return true;
	return false;
}

/* A process may end while it is being read, and another one may get its PID. */
static bool is_still_in(const char *path, uint64_t inode)
{
	struct stat now;

	return stat(path, &now) == 0 && now.st_ino == inode;
}

/* Returns 0 or a negative errno. To skip a process, gone or in a known namespace, is no error. */
static int add_process(struct namespaces *all, pid_t pid, uint64_t ours)
{
	struct userns userns = { .pid = pid };
	uid_t creator = 0;
	struct stat stamp;
	char path[64];
	int fd, r = 0;

	(void)snprintf(path, sizeof(path), "/proc/%jd/ns/user", (intmax_t)pid);
	if (stat(path, &stamp) < 0)
		return fault_of(errno);
	if (stamp.st_ino == ours || is_known(all, stamp.st_ino))
		return 0;
	if (all->n >= NAMESPACES_KEPT_MAX) {
		all->more = true;
		return 0;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fault_of(errno);
	if (fstat(fd, &stamp) == 0 && ioctl(fd, NS_GET_OWNER_UID, &creator) == 0) {
		userns.inode = stamp.st_ino;
		userns.creator = creator;
		r = read_map(all, &userns, SUBID_UID);
		if (r == 0)
			r = read_map(all, &userns, SUBID_GID);
		describe(&userns);
	}
	(void)close(fd);
	if (r < 0 || userns.inode == 0 || !is_still_in(path, userns.inode)) {
		free_namespace(&userns);
		return r;
	}
	all->items =
		(struct userns *)memory_room(all->items, all->n, &all->room, sizeof(struct userns));
	all->items[all->n++] = userns;
	return 0;
}

int namespaces_read(struct namespaces *ret)
{
	const struct dirent *entry;
	struct stat ours;
	DIR *proc;
	int r = 0;

	*ret = (struct namespaces){ .n = 0 };
	/* A kernel without user namespaces has none. */
	if (stat("/proc/self/ns/user", &ours) < 0)
		return errno == ENOENT ? 0 : -errno;
	proc = opendir("/proc");
	if (!proc)
		return -errno;
	while (r == 0 && (errno = 0, entry = readdir(proc)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			r = add_process(ret, (pid_t)strtol(entry->d_name, NULL, 10), ours.st_ino);
	if (r == 0)
		r = -errno;
	(void)closedir(proc);
	if (ret->n > 0)
		qsort(ret->items, ret->n, sizeof(*ret->items), compare);
	return r;
}

void namespaces_free(struct namespaces *namespaces)
{
	for (size_t i = 0; i < namespaces->n; i++)
		free_namespace(&namespaces->items[i]);
	free(namespaces->items);
	*namespaces = (struct namespaces){ .n = 0 };
}
