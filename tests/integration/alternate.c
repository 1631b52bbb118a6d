/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * alternate rename|rewrite|truncate FILE: writes one version of a subuid(5) file after the other
 * until it is killed or five minutes have passed. rename replaces the file as most editors do,
 * rewrite changes its bytes in place, truncate empties it first, as a shell's ">" does.
 *
 * A version is a digit, 1 to 9, which stands in the first line and in the last one:
 *
 *	alice:1000000:100 ... alice:99991:100	version 1: UID 100005 is at position 100 + 14
 *	alice:1000000:200 ... alice:99992:100	version 2: UID 100005 is at position 200 + 13
 *
 * So the position says which version each of the two lines was of.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define VERSIONS 9
#define LINES_BETWEEN 600 /* three buffers of the reader: no single read sees the whole file */

struct content {
	char bytes[65536];
	size_t len;
};

static void compose(struct content *content, unsigned int version)
{
	FILE *file = fmemopen(content->bytes, sizeof(content->bytes), "w");

	if (!file)
		return;
	fprintf(file, "alice:1000000:%u00\n", version);
	for (unsigned int i = 0; i < LINES_BETWEEN; i++)
		fprintf(file, "bob:%u:100\n", 3000000 + 100 * i);
	fprintf(file, "alice:9999%u:100\n", version);
	fclose(file);
	content->len = strlen(content->bytes);
}

static int store(const char *path, int flags, const struct content *content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, content->bytes, content->len);
	close(fd);
	return n == (ssize_t)content->len ? 0 : -1;
}

static int replace(const char *path, const struct content *content)
{
	char temporary[4096];

	snprintf(temporary, sizeof(temporary), "%s.new", path);
	if (store(temporary, O_TRUNC, content) < 0)
		return -1;
	return rename(temporary, path);
}

int main(int argc, char **argv)
{
	static struct content contents[VERSIONS];

	if (argc != 3)
		return 2;
	for (unsigned int i = 0; i < VERSIONS; i++)
		compose(&contents[i], i + 1);

	alarm(300);
	for (unsigned int turn = 0;; turn++) {
		const struct content *next = &contents[turn % VERSIONS];
		int r;

		if (strcmp(argv[1], "rename") == 0)
			r = replace(argv[2], next);
		else
			r = store(argv[2], strcmp(argv[1], "truncate") == 0 ? O_TRUNC : 0, next);
		if (r < 0) {
			perror(argv[2]);
			return 1;
		}
		/* Without a pause, the file would change during every scan. */
		usleep(turn % 8 * 100);
	}
}
