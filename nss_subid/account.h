/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#include "owner.h"
#include "subid.h"

/*
 * A line may write its owner as a UID, and people want to read a name. That is a matter of
 * spelling alone: who owns an ID, at which position, and with which group depends on the
 * files, and never on whether account services can be reached. (Otherwise the user who
 * starts a set-user-ID program would choose the group it sees, with `ulimit -n`.)
 *
 * An account counts only if getpwnam(3) of its name returns exactly that name and UID:
 * with a service that ignores case, `alice` would be two owners. Not resolved are names
 * that begin like a record's and UIDs that are delegated themselves, or glibc would come
 * back to us.
 *
 * Safety of all functions here: MT-Safe, AS-Unsafe, AC-Unsafe. errno: clobbered.
 */

/* The root directory of the process's first user lookup. All zero at first. */
struct nss_root {
	_Atomic(uint32_t) state;
	dev_t dev;
	ino_t ino;
};

/*
 * nss_account_note_root: remember the root directory, if none is remembered yet.
 *
 * To be called in each lookup of the `passwd` database. When one reaches us, glibc has
 * loaded every service before us on that line; when one of another database does, it may
 * not have. After chroot(2) into a tree that somebody else made, glibc would load the rest
 * from the tree, so there no account is asked for.
 */
__attribute__((nonnull)) void nss_account_note_root(struct nss_root *root);

/*
 * nss_account_name: the name of the account with a UID, as an owner.
 *
 * @root: as nss_account_note_root() left it.
 * @subuid: the database of delegated UIDs.
 * @ret: unspecified on failure.
 * Returns 0, or -ENOENT if there is no such account to be had, for whatever reason.
 */
SUBID_CHECKED int nss_account_name(const struct nss_root *root, const struct subid_database *subuid,
				   uint32_t uid, struct subid_owner *ret);

/*
 * nss_account_uid: the UID of the account with a name, as an owner.
 *
 * @root, @subuid: as above. @ret: set on success only.
 * Returns 0; -ENOENT if there is no such account; or another negative errno if the account
 * services or @subuid cannot be asked.
 */
SUBID_CHECKED int nss_account_uid(const struct nss_root *root, const struct subid_database *subuid,
				  const struct subid_owner *name, struct subid_owner *ret);
