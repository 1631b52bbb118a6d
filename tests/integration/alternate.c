/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * alternate rename|rewrite|truncate FILE A B: FILE has the contents of A and of
 * B in turn, as fast as this can write, until killed or a minute has passed.
 * rename replaces the file as most editors do, rewrite changes its bytes in
 * place with one write(2), truncate empties it first, as a shell's ">" does.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

struct content {
	char bytes[65536];
	size_t len;
};

static int load(struct content *content, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, content->bytes, sizeof(content->bytes));
	close(fd);
	content->len = n > 0 ? (size_t)n : 0;
	return n > 0 ? 0 : -1;
}

static int store(const char *path, int flags, const struct content *content)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0644);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, content->bytes, content->len);
	close(fd);
	return n == (ssize_t)content->len ? 0 : -1;
}

int main(int argc, char **argv)
{
	static struct content contents[2];
	char temporary[4096];
	const char *how, *path;

	if (argc != 5 || load(&contents[0], argv[3]) < 0 || load(&contents[1], argv[4]) < 0)
		return 2;
	how = argv[1];
	path = argv[2];
	snprintf(temporary, sizeof(temporary), "%s.new", path);

	alarm(60);
	for (unsigned int turn = 0;; turn++) {
		const struct content *next = &contents[turn % 2];
		int r;

		if (strcmp(how, "rename") == 0) {
			r = store(temporary, O_CREAT | O_TRUNC, next);
			if (r == 0)
				r = rename(temporary, path);
		} else {
			r = store(path, strcmp(how, "truncate") == 0 ? O_TRUNC : 0, next);
		}
		if (r < 0) {
			perror(path);
			return 1;
		}
	}
}
