/* SPDX-License-Identifier: BSD-3-Clause */
/* Makes the files of an archive, which archive.h describes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive.h"

__attribute__((noreturn)) static void bail_out(const char *path, const char *what)
{
	printf("Bail out! %s: %s\n", path, what);
	exit(1);
}

/* Refuses a name that leads out of the directory. */
static void check_name(const char *name)
{
	if (name[0] == '/' || strcmp(name, "..") == 0 || strncmp(name, "../", 3) == 0 ||
	    strstr(name, "/../"))
		bail_out(name, "not below the directory");
}

static void make_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0777) < 0 && errno != EEXIST)
			bail_out(path, strerror(errno));
		*slash = '/';
	}
}

static void make_file(char *path, const struct content *content)
{
	FILE *file;

	make_parents(path);
	/* Two files of one name are a mistake in the archive. */
	file = fopen(path, "wxe");
	if (!file)
		bail_out(path, strerror(errno));
	if (content->len > 0)
		(void)fwrite(content->bytes, 1, content->len, file);
	if (ferror(file) || fclose(file) != 0)
		bail_out(path, "cannot be written");
}

int main(int argc, char **argv)
{
	struct archive archive;
	char path[4096];

	if (argc != 3) {
		fprintf(stderr, "usage: unpack ARCHIVE DIRECTORY\n");
		return 2;
	}
	archive_open(&archive, argv[1]);
	while (archive_next(&archive)) {
		check_name(archive.name);
		if (archive.stored != STORED_FILE)
			bail_out(archive.name, "neither a link nor an absent file can be unpacked");
		if (snprintf(path, sizeof(path), "%s/%s", argv[2], archive.name) >=
		    (int)sizeof(path))
			bail_out(argv[2], strerror(ENAMETOOLONG));
		make_file(path, &archive.content);
	}
	archive_close(&archive);
	return 0;
}
