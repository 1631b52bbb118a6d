/* SPDX-License-Identifier: BSD-3-Clause */
#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

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

/* Before Linux 5.6, and where a sandbox forbids what it does not know: without
 * links, then. O_PATH opens the link itself, which is no regular file. */
static int open_without_links(int root, const char *path)
{
	int fd = root, r = 0;

	while (r == 0 && *(path += strspn(path, "/")) != '\0') {
		size_t len = strcspn(path, "/");
		char name[NAME_MAX + 1];
		int next;

		if (len > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(name, path, len);
		name[len] = '\0';
		next = openat(fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		r = next < 0 ? -errno : 0;
		if (fd != root)
			(void)close(fd);
		fd = next;
		path += len;
	}
	return r < 0 ? r : fd;
}

static int open_below(int root, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));

	if (fd >= 0)
		return fd;
	return errno == ENOSYS || errno == EPERM ? open_without_links(root, path) : -errno;
}

int root_find(const struct root *root, const char *path, struct root_file *ret)
{
	struct root_file file = { .fd = -1 };

	if (root_is_live(root)) {
		if (stat(path, &file.stat) < 0)
			return -errno;
		file.path = path;
		*ret = file;
		return 0;
	}

	file.fd = open_below(root->fd, path);
	if (file.fd < 0)
		return file.fd;
	if (fstat(file.fd, &file.stat) < 0) {
		int r = -errno;

		(void)close(file.fd);
		return r;
	}
	*ret = file;
	(void)snprintf(ret->proc, sizeof(ret->proc), "/proc/self/fd/%d", file.fd);
	ret->path = ret->proc;
	return 0;
}

void root_release(struct root_file *file)
{
	if (file->fd >= 0)
		(void)close(file->fd);
	file->fd = -1;
}

int root_fopen(const struct root *root, const char *path, FILE **ret)
{
	struct root_file file = { .fd = -1, .path = "" };
	struct stat opened;
	int fd, r;

	r = root_find(root, path, &file);
	if (r < 0)
		return r;
	fd = open(file.path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	r = fd < 0 ? -errno : 0;
	root_release(&file);
	if (r < 0)
		return r;

	if (fstat(fd, &opened) == 0 && !S_ISREG(opened.st_mode)) {
		(void)close(fd);
		return -EINVAL;
	}
	*ret = fdopen(fd, "r");
	if (*ret)
		return 0;
	r = -errno;
	(void)close(fd);
	return r;
}
