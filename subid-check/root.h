/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

/* The host to look at: the one that runs us, or the one below a directory. */
struct root {
	const char *directory; /* as given, or "" */
	int fd;		       /* of the directory, or -1 */
};

/* Enough for "/proc/self/fd/" and a descriptor. */
#define ROOT_PATH_BYTES 32

/* A file of it, by a path that this process can open. */
struct root_file {
	int fd; /* O_PATH; -1: the path is the host's own */
	char proc[ROOT_PATH_BYTES];
	const char *path;
	struct stat stat;
};

/*
 * root_set: @directory, or NULL for the host itself.
 * Returns 0 or a negative errno. Ownership: end with root_close().
 */
int root_set(struct root *root, const char *directory);
void root_close(struct root *root);

/*
 * root_find: a file, by its absolute path on that host.
 *
 * Below a directory, symbolic links lead where they would lead that host, and
 * never out of the directory.
 * @ret: set on success, its path too, valid until root_release().
 * Returns 0, -ENOENT, or another negative errno.
 */
int root_find(const struct root *root, const char *path, struct root_file *ret);
void root_release(struct root_file *file);

/*
 * root_fopen: a regular file, for reading. It does not wait for a FIFO.
 * Returns 0, -ENOENT, -EINVAL if it is not a regular file, or another negative
 * errno. Ownership: fclose(3).
 */
int root_fopen(const struct root *root, const char *path, FILE **ret);

/* root_is_live: is it the host that runs us, with its processes and services? */
bool root_is_live(const struct root *root);
