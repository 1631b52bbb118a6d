/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#include "owner.h"
#include "subid.h"

/*
 * A line may give its owner as a UID, but people want to read a name. The functions below
 * translate one into the other. The translation changes the spelling of a record's name and
 * nothing else: the owner, the position and the group of an ID depend on the files alone,
 * never on whether account services can be reached. (Otherwise the user who starts a
 * set-user-ID program could choose the group that the program sees: a program inherits its limits,
 * and with a low `ulimit -n` it cannot reach the services.)
 *
 * An account is used only if getpwnam(3) of its name returns exactly that name and UID:
 * a service that ignores case would otherwise give one owner several names. A name that is a
 * number is not translated, because a number in a record's name is a UID. Nor is a name that
 * begins like a record's, or a UID that is itself delegated: glibc would call this module again.
 *
 * Safety of all functions here: MT-Safe, AS-Unsafe, AC-Unsafe. errno: clobbered.
 */

/* The root directory of the process's first user lookup. Initialise it to all zero. */
struct nss_root {
	_Atomic(uint32_t) state;
	dev_t dev;
	ino_t ino;
};

/*
 * nss_account_note_root: remember the root directory, if none is remembered yet.
 *
 * Call this in every lookup of the `passwd` database. When such a lookup reaches this module,
 * glibc has loaded every service that stands before `subid` on the `passwd` line. A lookup of
 * another database does not guarantee that. If a service is not loaded yet when the process calls
 * chroot(2), glibc later loads it from the new root directory, which somebody else may have made.
 * The functions below therefore ask for accounts only in the remembered root directory.
 *
 * If the root directory cannot be examined, the next call tries again.
 */
__attribute__((nonnull)) void nss_account_note_root(struct nss_root *root);

/*
 * nss_account_name: the name of the account with a UID, as an owner.
 *
 * @root: as nss_account_note_root() left it.
 * @subuid: the database of delegated UIDs.
 * @ret: unspecified on failure.
 * Returns 0, or -ENOENT if there is no such account or any call failed: a record shows the
 * UID then.
 */
SUBID_CHECKED int nss_account_name(const struct nss_root *root, const struct subid_database *subuid,
				   uint32_t uid, struct subid_owner *ret);

/*
 * nss_account_uid: the UID of the account with a name, as an owner.
 *
 * @root, @subuid: as above. @ret: set on success only.
 * Returns 0; -ENOENT if there is no such account, or its UID is delegated; or another negative
 * errno if an account service failed or @subuid cannot be read.
 */
SUBID_CHECKED int nss_account_uid(const struct nss_root *root, const struct subid_database *subuid,
				  const struct subid_owner *name, struct subid_owner *ret);
