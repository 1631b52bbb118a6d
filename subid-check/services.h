/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "root.h"
#include "source.h"

/* The programs of the host that answer for subordinate IDs, and those that ask. */

/* The socket of subid-userdbd(8), by the name of its service in systemd's user database. */
#define SERVICES_USERDBD_SOCKET "/run/systemd/userdb/org.nss-subid.UserDatabase"

enum module_answer {
	MODULE_NOT_TRIED,
	MODULE_ANSWERED,
	MODULE_SILENT, /* it has no record of the ID */
};

/* The module that the programs of this host load. */
struct module {
	char *error; /* why it cannot be loaded, or NULL */
	enum module_answer answer;
	uint32_t uid; /* the UID that it was asked for, or 0 */
};

enum userdbd {
	USERDBD_ABSENT,
	USERDBD_SILENT, /* it has a socket, but does not answer in time */
	USERDBD_ANSWERS,
};

struct services {
	/* Set by services_try(), for a running host: */
	struct module module;
	char source[SUBID_SOURCE_MAX_BYTES + 1]; /* the word behind `subid:`; "": the files */
	enum userdbd userdbd;
	bool nscd; /* nscd has a socket, so it is running */
	/* Set by services_read(), for any host: */
	const char *mta;     /* a mail server that is installed, or NULL */
	char *broken_shadow; /* a file of PAM that has pam_unix with broken_shadow, or NULL */
	uint32_t broken_shadow_line;
};

/*
 * services_read: read what any host has: its mail server and PAM's configuration.
 * Returns 0 or a negative errno. Ownership: end with services_free().
 */
__attribute__((nonnull, warn_unused_result)) int services_read(const struct root *root,
							       struct services *services);

/*
 * services_try: examine what only a running host has.
 *
 * This loads the module, asks it for the record of a UID, and asks subid-userdbd if `subid:`
 * names a source other than the files. The module stays loaded.
 * @uid: an ID that the module must have a record of, or 0 for none.
 * Returns 0, or a negative errno if nsswitch.conf cannot be read.
 */
__attribute__((nonnull, warn_unused_result)) int services_try(uint32_t uid,
							      struct services *services);
__attribute__((nonnull)) void services_free(struct services *services);

/*
 * services_has_broken_shadow: does a line of PAM's configuration load pam_unix with the
 * option broken_shadow? @line: NUL-terminated.
 */
__attribute__((nonnull, pure)) bool services_has_broken_shadow(const char *line);
