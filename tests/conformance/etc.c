/* SPDX-License-Identifier: BSD-3-Clause */
#include "etc.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "report.h"

const char *const etc_paths[2] = { "/etc/subuid", "/etc/subgid" };
static const char *const targets[] = { "/etc/subuid.target", "/etc/subgid.target" };

void etc_store(const struct content *content, enum stored stored)
{
	for (size_t i = 0; i < 2; i++) {
		const char *path = stored == STORED_SYMLINK ? targets[i] : etc_paths[i];
		int fd;

		if (unlink(etc_paths[i]) < 0 && errno != ENOENT)
			report_bail_out(etc_paths[i]);
		if (stored == STORED_ABSENT)
			continue;
		if (stored == STORED_SYMLINK && symlink(path, etc_paths[i]) < 0)
			report_bail_out(path);
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
		if (fd < 0 || write(fd, content->bytes, content->len) != (ssize_t)content->len ||
		    close(fd) < 0)
			report_bail_out(path);
	}
}
