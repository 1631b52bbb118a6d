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
 * already open, and without following a link. So a user who renames files or puts
 * links in their place during the walk changes what is seen of these files, and
 * never leads the walk out of the tree. Files that move to where the walk has been
 * are missed.
 *
 * A worker keeps one descriptor for each level that it is below the top:
 *
 *     level 0   DIR              fd  buffer of directory entries
 *     level 1   DIR/home         fd  buffer
 *     level 2   DIR/home/alice   fd  buffer     <- the worker's current directory
 *
 * From TREE_BUFFERED_LEVELS on, levels share one buffer and read their entries again
 * when the walk comes back, so that a very deep tree costs no more than descriptors.
 * A worker that has nothing to do gets a directory that another one was about to
 * enter.
 */

/* Threads that walk; each has a context of the visitor's own. */
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
	 * For each file once. The thread's current directory is the one the file lies
	 * in, or, of a directory, that one; @name names it either way.
	 */
	void (*visit)(struct tree_entry *entry, void *context);
	/* For a directory that cannot be read, with a negative errno. */
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
 * tree_walk: all files below a directory, and itself.
 *
 * Where standard error is a terminal, a line there counts the files.
 * @ret: set on success.
 * Returns 0, or a negative errno if no thread can be made. What cannot be read is
 * no error, but told to the visitor.
 */
__attribute__((nonnull, warn_unused_result)) int tree_walk(const struct tree_request *request,
							   const struct tree_visitor *visitor,
							   struct tree_count *ret);

/*
 * tree_path: the path of a file, beginning as the request's. Any bytes; of a path of
 * many thousand bytes the middle is left out. Ownership: free(3).
 */
__attribute__((nonnull, warn_unused_result)) char *tree_path(const struct tree_entry *entry);
