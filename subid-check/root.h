/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/*
 * The files of the host that is checked: the host on which the program runs, or a tree below a
 * directory, which may be hostile. In such a tree, an absolute symbolic link begins at the
 * directory, and no link leads out of it. Only regular files are read, and only up to a size.
 */
struct root {
	const char *directory; /* as given, or "" */
	int fd;		       /* of the directory, or -1 */
};

/* Larger files, and files with more lines, are refused. Real ones are far smaller. */
#define ROOT_FILE_MAX_BYTES (32U << 20)
#define ROOT_CONFIG_MAX_BYTES (1U << 20)
#define ROOT_LINES_MAX 1000000U

/* The whole contents of a file, with a NUL behind them. */
struct root_file {
	char *text;
	size_t len;
	struct stat stat;
};

/* A walk over the lines of a text. */
struct root_lines {
	const char *next;
	size_t left;
	uint32_t number; /* of the current line, from 1 */
	bool terminated; /* the current line ends with a newline */
};

/*
 * root_set: choose the host to check.
 * @directory: the directory of its tree; kept. NULL: the host on which the program runs.
 * Returns 0 or a negative errno. Ownership: end with root_close().
 */
__attribute__((nonnull(1), warn_unused_result)) int root_set(struct root *root,
							     const char *directory);
__attribute__((nonnull)) void root_close(struct root *root);

/* root_is_live: is it the host on which the program runs, with processes and services? */
__attribute__((nonnull, pure)) bool root_is_live(const struct root *root);

/*
 * root_read: read a whole regular file. The bytes are those of one version of the file.
 *
 * @path: absolute, on that host. @most: bytes.
 * @ret: set on success only.
 * Returns 0; -ENOENT; -EINVAL if it is not a regular file; -EFBIG if it is larger than
 * @most; -EAGAIN if it keeps changing; or another negative errno.
 * Ownership: end with root_file_free().
 */
__attribute__((nonnull, warn_unused_result)) int
root_read(const struct root *root, const char *path, size_t most, struct root_file *ret);
__attribute__((nonnull)) void root_file_free(struct root_file *file);

/*
 * root_stat: call stat(2) for a path. The file may be of any type, and is not opened.
 * @ret: set on success only. Returns 0, -ENOENT, or another negative errno.
 */
__attribute__((nonnull, warn_unused_result)) int root_stat(const struct root *root,
							   const char *path, struct stat *ret);

/*
 * root_list: list the names in a directory, in byte order, without those that begin with a dot.
 *
 * @ret_names: set on success. Ownership: end each name and the array with free(3).
 * Returns how many there are; -ENOENT; -EFBIG if there are more than 4096; or another
 * negative errno.
 */
__attribute__((nonnull, warn_unused_result)) int root_list(const struct root *root,
							   const char *path, char ***ret_names);

/*
 * root_open_directory: open a directory for reading. If the host is live, @path itself must not
 * be a symbolic link.
 * Returns a descriptor, -ENOENT, -ENOTDIR, or another negative errno. Ownership: close(2).
 */
__attribute__((nonnull, warn_unused_result)) int root_open_directory(const struct root *root,
								     const char *path);

/*
 * root_is_plain: can a command for a shell name the file? On the host on which the program runs it
 * always can. Elsewhere it names DIRECTORY/@path, and there must be no link on the way.
 */
__attribute__((nonnull, warn_unused_result)) bool root_is_plain(const struct root *root,
								const char *path);

/* root_lines_begin: walk the lines of a text of @len bytes. */
__attribute__((nonnull)) void root_lines_begin(struct root_lines *lines, const char *text,
					       size_t len);

/*
 * root_lines_next: the next line, without its newline.
 * @ret_len: set if there is a line. Returns the line, not NUL-terminated, or NULL at the end.
 */
__attribute__((nonnull)) const char *root_lines_next(struct root_lines *lines, size_t *ret_len);
