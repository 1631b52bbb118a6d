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
 * Each file is opened by its last name alone, below a directory that is
 * already open, and without following a link. So a user who renames files or replaces
 * them by links during the walk can hide these files, but cannot lead the walk out of
 * the tree. Files that move to a directory that has been walked are missed.
 *
 * A worker keeps one descriptor for each level that it is below the top:
 *
 *     level 0   DIR              fd  buffer of directory entries
 *     level 1   DIR/home         fd  buffer
 *     level 2   DIR/home/alice   fd  buffer     <- the worker's current directory
 *
 * Very deep levels (BUFFERED_LEVELS in tree.c) share one buffer and read their entries again
 * when the walk comes back, so that a very deep tree costs no more than descriptors.
 * A worker that has nothing to do gets a directory that another one was about to
 * enter.
 */

/* How many threads walk. The visitor has a context for each of them. */
#define TREE_WORKERS_MAX 2

/* A file that the walk comes to. */
struct tree_entry {
	const char *name; /* relative to the thread's current directory; "." for DIR itself */
	const struct statx *stat;
	struct place place;    /* of the directory it lies in; for a directory the visitor
				* sets that of the files in it */
	const char *directory; /* for tree_path() */
	size_t directory_len;
};

struct tree_visitor {
	/*
	 * Called once for each file. The thread's current directory is the one that the file
	 * lies in or, for a directory, this directory itself. `name` is relative to it.
	 */
	void (*visit)(struct tree_entry *entry, void *context);
	/* Called for a directory that cannot be read. @r: a negative errno. */
	void (*unread)(const struct tree_entry *entry, int r, void *context);
	void *contexts[TREE_WORKERS_MAX];
};

struct tree_request {
	const char *path; /* what to call DIR */
	int fd;		  /* of DIR, readable; it stays the caller's */
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
 * Returns 0, or a negative errno if no thread can be made. A directory that cannot be read is
 * reported to the visitor.
 */
__attribute__((nonnull, warn_unused_result)) int tree_walk(const struct tree_request *request,
							   const struct tree_visitor *visitor,
							   struct tree_count *ret);

/*
 * tree_path: the path of a file, beginning as the request's. Any bytes; of a path of
 * many thousand bytes the middle is left out. Ownership: free(3).
 */
__attribute__((nonnull, warn_unused_result)) char *tree_path(const struct tree_entry *entry);
