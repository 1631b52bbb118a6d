/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database.h"
#include "place.h"
#include "root.h"

struct survey;

/* The files of one owner's IDs in one stretch of the owner's ranges. */
struct holdings_use {
	struct stretch ids; /* from the lowest to the highest ID that has files */
	const struct owner *owner;
	/* The bytes are allocated ones. A file with several names counts once for each. */
	uint64_t files, bytes;
};

/* Files of IDs that are neither delegated nor an account's. */
struct holdings_stray {
	struct stretch ids; /* one ID; or a block of IDs, if too many IDs have files */
	uint64_t files, bytes;
	/* Those of the files that place_trusts() rejects, and their bytes. */
	uint64_t orphans, orphan_bytes;
	uint64_t named; /* ACL entries that name the ID */
	uint32_t kept;	/* marks of these IDs, whether kept or refused as too many */
};

/* A mark is an attribute of a file that is dangerous if the file lies in the wrong place. */
enum holdings_mark_kind {
	HOLDINGS_SETUID,
	HOLDINGS_SETGID,
	HOLDINGS_CAPABLE,
	HOLDINGS_ACL,	     /* of a stray ID */
	HOLDINGS_ACL_SHARED, /* of a delegated one: a user may share a file on purpose */
	HOLDINGS_UNREAD,     /* a directory, or the attributes of a file */
	HOLDINGS_MARK_KINDS,
};

struct holdings_mark {
	enum holdings_mark_kind what;
	enum subid_kind kind;
	uint32_t id;
	bool rootid;		/* HOLDINGS_CAPABLE: the ID is the root of a user namespace */
	struct whose_answer of; /* whose the ID is */
	struct place place;	/* where the file lies */
	bool attributes;	/* HOLDINGS_UNREAD: a file's attributes, not a directory */
	int error;		/* HOLDINGS_UNREAD: the reason, an errno */
	char *path;
};

/* The files below some directories, by the owners of their IDs. */
struct holdings {
	const char **directories; /* as the user wrote them; owned by the request */
	size_t n_directories;
	bool entered_mounts; /* what is mounted below them was walked, too */
	struct whose_map map;
	struct holdings_use *uses[2]; /* by enum subid_kind, ascending */
	size_t n_uses[2];
	struct holdings_stray *strays[2]; /* ascending */
	size_t n_strays[2];
	struct holdings_mark *marks; /* by `what`, ID and path */
	size_t n_marks;
	uint64_t more[HOLDINGS_MARK_KINDS]; /* how many more marks there are, which are not kept */
	uint64_t n, mounts;		    /* files, and mount points that were not entered */
};

/* The directories to look at. */
struct holdings_request {
	const char **directories;
	size_t n, room;
	bool mounts; /* enter what is mounted below them, too */
};

/*
 * holdings_read: walk the directories, whose symbolic links are not followed.
 *
 * Memory is bounded. Each worker of the walk keeps at most 1,000 marks of a kind, and 16 of a stray
 * ID or of one segment of the delegated IDs. After 262,144 stray IDs, it counts further ones in
 * blocks.
 * @survey: after database_join(). It must outlive @ret.
 * Returns 0 or a negative errno. @ret_failed is then set to the directory that
 * failed. Ownership: end with holdings_free(), whatever is returned.
 */
__attribute__((nonnull, warn_unused_result)) int
holdings_read(const struct root *root, const struct holdings_request *request,
	      const struct survey *survey, struct holdings *ret, const char **ret_failed);
__attribute__((nonnull)) void holdings_free(struct holdings *holdings);

/* holdings_size: write a number of bytes as a text such as "1.5 MiB". Ownership: free(3). */
__attribute__((warn_unused_result)) char *holdings_size(uint64_t bytes);
