/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "place.h"

/*
 * A walk over all files below a directory, in one pass and with bounded memory.
 *
 * Each file is looked up by its last name alone, relative to its open directory, and without
 * following a link. So a user who renames files during the walk, or puts links in their place,
 * can hide these files, but cannot lead the walk out of the tree. A file that moves to a directory
 * that has already been walked is missed.
 *
 * A worker keeps one descriptor for each level that it is below the top:
 *
 *     level 0   DIR              fd  buffer of directory entries
 *     level 1   DIR/home         fd  buffer
 *     level 2   DIR/home/alice   fd  buffer     <- the worker's current directory
 *
 * Levels deeper than BUFFERED_LEVELS (tree.c) share a buffer, and their entries are read again when
 * the walk comes back: each further level costs a descriptor, but no buffer. A worker that has
 * nothing to do takes over a directory that another one is about to enter.
 */

/* How many threads walk. The visitor has a context for each of them. */
#define TREE_WORKERS_MAX 2

/* A file that the walk comes to. */
struct tree_entry {
	const char *name; /* relative to the thread's current directory; "." for DIR itself */
	const struct statx *stat;
	struct place place;    /* where it lies; the visitor of a directory changes it to
				* the place of the files in this directory */
	const char *directory; /* for tree_path() */
	size_t directory_len;
};

struct tree_visitor {
	/*
	 * Called once for each file. The thread's current directory is the one that the file
	 * lies in or, for a directory that can be entered, this directory itself. `name` is
	 * relative to it.
	 */
	void (*visit)(struct tree_entry *entry, void *context);
	/* Called for a directory that cannot be read. @r: a negative errno. */
	void (*unread)(const struct tree_entry *entry, int r, void *context);
	void *contexts[TREE_WORKERS_MAX];
};

struct tree_request {
	const char *path; /* the path of DIR, for tree_path() */
	int fd;		  /* of DIR, open for reading; it stays the caller's */
	bool mounts;	  /* enter what is mounted in the tree, too */
	struct place place;
};

/* The counts of a walk. */
struct tree_count {
	uint64_t files;	 /* of any kind, directories too */
	uint64_t mounts; /* mount points that it did not enter */
};

/*
 * tree_walk: visit a directory and all files below it.
 *
 * Where standard error is a terminal, a line there counts the files.
 * @ret: set on success.
 * Returns 0, or a negative errno if the walk cannot begin or no thread can be made. A directory
 * that cannot be read is reported to the visitor.
 */
__attribute__((nonnull, warn_unused_result)) int tree_walk(const struct tree_request *request,
							   const struct tree_visitor *visitor,
							   struct tree_count *ret);

/*
 * tree_path: make the path of a file, which begins with the request's path. It may have any bytes.
 * In a path of many thousand bytes, `/...` stands for the names that are left out. Ownership:
 * free(3).
 */
__attribute__((nonnull, warn_unused_result)) char *tree_path(const struct tree_entry *entry);
