/* SPDX-License-Identifier: BSD-3-Clause */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A larger file is not ours. To read one of 4 GiB keeps systemd waiting for half a minute. */
#define FILE_MAX_BYTES ((off_t)CANDIDATES_MAX * (SUBID_OWNER_MAX_BYTES + 1))

static const char file_name[] = "owners", new_name[] = "owners.new";

/*
 * Open the file, which must be a regular one of a possible size. open(2) does not block, and
 * follows no symbolic link. Returns a descriptor or a negative errno.
 */
static int open_file(int directory)
{
	int fd = openat(directory, file_name,
			O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat stamp;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &stamp) == 0 && S_ISREG(stamp.st_mode) && stamp.st_size <= FILE_MAX_BYTES)
		return fd;
	(void)close(fd);
	return -EINVAL;
}

/*
 * Read a line without its newline. A line that is too long or has a NUL is no owner, and becomes an
 * empty line. Returns false at the end, or if the last line has no newline.
 */
static bool read_line(FILE *file, char *line, size_t size)
{
	bool is_text = true;
	size_t len = 0;
	int c;

	for (c = getc(file); c != '\n' && c != EOF; c = getc(file)) {
		is_text = is_text && c != '\0' && len < size - 1;
		if (is_text)
			line[len++] = (char)c;
	}
	line[is_text ? len : 0] = '\0';
	return c != EOF;
}

int state_load(int directory, struct candidates *candidates)
{
	char line[SUBID_OWNER_MAX_BYTES + 1];
	int fd = open_file(directory), r = 0;
	FILE *file;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	file = fdopen(fd, "re");
	if (!file) {
		(void)close(fd);
		return -ENOMEM;
	}
	for (int i = 0; r == 0 && i < CANDIDATES_MAX && read_line(file, line, sizeof(line)); i++) {
		r = candidates_add(candidates, line);
		if (r == 0)
			(void)candidates_use(candidates, line);
	}
	(void)fclose(file);
	return r;
}

static int write_lines(FILE *file, const struct candidates *candidates)
{
	const char *owner = NULL;

	while ((owner = candidates_next_used(candidates, owner)))
		if (fprintf(file, "%s\n", owner) < 0)
			return -errno;
	return fflush(file) == 0 ? 0 : -errno;
}

int state_save(int directory, const struct candidates *candidates)
{
	FILE *file;
	int fd, r;

	if (unlinkat(directory, new_name, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(directory, new_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		    S_IRUSR | S_IWUSR);
	if (fd < 0)
		return -errno;
	file = fdopen(fd, "we");
	if (!file) {
		(void)close(fd);
		return -ENOMEM;
	}
	r = write_lines(file, candidates);
	if (fclose(file) != 0 && r == 0)
		r = -errno;
	if (r == 0 && renameat(directory, new_name, directory, file_name) < 0)
		r = -errno;
	return r;
}
