/* SPDX-License-Identifier: BSD-3-Clause */
#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
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

int root_find(const struct root *root, const char *path, struct root_file *ret)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	struct root_file file = { .fd = -1 };

	if (root_is_live(root)) {
		if (stat(path, &file.stat) < 0)
			return -errno;
		file.path = path;
		*ret = file;
		return 0;
	}

	file.fd = (int)syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
	if (file.fd < 0)
		return -errno;
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
	struct root_file file;
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

	if (fstat(fd, &opened) < 0)
		r = -errno;
	else if (!S_ISREG(opened.st_mode))
		r = -EINVAL;
	else if (!(*ret = fdopen(fd, "r")))
		r = -errno;
	if (r < 0)
		(void)close(fd);
	return r;
}
