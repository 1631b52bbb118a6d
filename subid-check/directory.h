/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "database.h"
#include "root.h"

/*
 * IDs that a directory service may give to its users and groups. SSSD and winbind compute such
 * an ID from the identifier of a user in a Windows domain, and no file lists these users. A
 * container that runs as such an ID may own the files of that user on NFS (CVE-2024-56433).
 */
struct directory_area {
	struct stretch ids;
	char *whose;	  /* such as "SSSD's domain example.com" */
	const char *file; /* the last file with a setting of these IDs; static, or in `paths` */
	uint32_t line;	  /* of that file, or 0 if the IDs are a default */
};

struct directories {
	struct directory_area *items;
	size_t n, room;
	char **paths; /* owned here: `file` of the items and `unread` point to them */
	size_t n_paths, paths_room;
	const char *unread; /* a file that this process may not read, or NULL */
};

/*
 * directories_read: read /etc/sssd/sssd.conf with /etc/sssd/conf.d, and /etc/samba/smb.conf.
 * Returns 0, also if there are no such files, or a negative errno.
 * Ownership: end with directories_free(), whatever is returned.
 */
__attribute__((nonnull, warn_unused_result)) int directories_read(const struct root *root,
								  struct directories *ret);
__attribute__((nonnull)) void directories_free(struct directories *directories);

/* One file of SSSD's configuration, or of Samba's. */
struct directory_text {
	const char *path; /* kept */
	const char *text;
	size_t len;
};

/* directories_parse_sssd: add the areas of these files. A later file overrides an earlier one. */
__attribute__((nonnull)) void directories_parse_sssd(const struct directory_text *texts, size_t n,
						     struct directories *directories);

/* directories_parse_samba: add the areas of smb.conf. */
__attribute__((nonnull)) void directories_parse_samba(const struct directory_text *text,
						      struct directories *directories);
