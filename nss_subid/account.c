/* SPDX-License-Identifier: BSD-3-Clause */
#include "account.h"

#include <errno.h>
#include <pwd.h>
#include <stdbool.h>

#include "decimal.h"
#include "record.h"
#include "stamp.h"
#include "text.h"

/*
 * A buffer of this size lies on the stack. A thread may have 16 KiB of stack for everything:
 * this module, the services that glibc calls, and this module again if glibc calls it for the
 * account. getpwuid(3) begins with the same size. An account that needs more counts as absent:
 * by ID, the record then shows the UID; by the account's name, there is no record.
 */
#define ACCOUNT_MAX_BYTES 1024

enum root_state {
	ROOT_UNKNOWN,
	/* A thread is noting it. A child that is forked at this moment never leaves this state. */
	ROOT_BEING_NOTED,
	ROOT_NOTED,
};

void nss_account_note_root(struct nss_root *root)
{
	uint32_t state = ROOT_UNKNOWN;
	struct stat stamp;

	if (atomic_load_explicit(&root->state, memory_order_relaxed) != ROOT_UNKNOWN ||
	    subid_stamp_of_path("/", &stamp) < 0 ||
	    !atomic_compare_exchange_strong(&root->state, &state, ROOT_BEING_NOTED))
		return;
	root->dev = stamp.st_dev;
	root->ino = stamp.st_ino;
	atomic_store_explicit(&root->state, ROOT_NOTED, memory_order_release);
}

static bool is_noted_root(const struct nss_root *root)
{
	struct stat stamp;

	return atomic_load_explicit(&root->state, memory_order_acquire) == ROOT_NOTED &&
	       subid_stamp_of_path("/", &stamp) == 0 && stamp.st_dev == root->dev &&
	       stamp.st_ino == root->ino;
}

/*
 * Convert the result of getpwnam_r or getpwuid_r to 0, -ENOENT (no such account) or another
 * negative errno. Services report "no such account" by several values, which getpwnam(3)
 * lists. ERANGE is an account that needs more than ACCOUNT_MAX_BYTES.
 */
static int account_result(int r, const struct passwd *found)
{
	switch (r) {
	case 0:
		return found && found->pw_name ? 0 : -ENOENT;
	case ENOENT:
	case ESRCH:
	case EBADF:
	case EPERM:
	case ERANGE:
		return -ENOENT;
	default:
		/* Some services set a negative errno. */
		return r > 0 ? -r : -EIO;
	}
}

/* The UID of the account with exactly this name. The loop stands for strcmp(3): see text.h. */
static int find_uid(const char *name, uint32_t *ret_uid)
{
	char buf[ACCOUNT_MAX_BYTES];
	struct passwd pwd, *found = NULL;
	int r;

	/* getpwnam(3) would take a lock that the calling program may hold already. */
	r = getpwnam_r(name, &pwd, buf, sizeof(buf), &found);
	r = account_result(r, found);
	if (r < 0)
		return r;

	for (size_t i = 0; pwd.pw_name[i] == name[i]; i++) {
		if (name[i] == '\0') {
			*ret_uid = pwd.pw_uid;
			return 0;
		}
	}
	return -ENOENT;
}

static int find_name(uint32_t uid, struct subid_owner *ret)
{
	char buf[ACCOUNT_MAX_BYTES];
	struct passwd pwd, *found = NULL;
	int r;

	r = getpwuid_r(uid, &pwd, buf, sizeof(buf), &found);
	r = account_result(r, found);
	if (r < 0)
		return r;
	r = subid_owner_set(ret, pwd.pw_name,
			    subid_text_length(pwd.pw_name, SUBID_OWNER_MAX_BYTES + 1));
	return r < 0 ? -ENOENT : 0;
}

/* May glibc be asked for this name? Not if it is a number or begins like a record's name. */
static bool is_account_name(const struct subid_owner *name)
{
	uint32_t uid;

	return subid_owner_uid(name->text, name->len, &uid) < 0 &&
	       !nss_record_name_is_ours(SUBID_UID, name->text) &&
	       !nss_record_name_is_ours(SUBID_GID, name->text);
}

/* Returns 0 if no line delegates the UID, -ENOENT if one does, or another negative errno. */
static int check_not_delegated(const struct subid_database *subuid, uint32_t uid)
{
	struct subid_owner owner;
	uint64_t position;
	int r;

	r = subid_by_id(subuid, uid, &owner, &position);
	if (r == -ENOENT)
		return 0;
	return r < 0 ? r : -ENOENT;
}

int nss_account_name(const struct nss_root *root, const struct subid_database *subuid, uint32_t uid,
		     struct subid_owner *ret)
{
	uint32_t same_uid;

	if (!is_noted_root(root) || check_not_delegated(subuid, uid) < 0 ||
	    find_name(uid, ret) < 0 || !is_account_name(ret) ||
	    find_uid(ret->text, &same_uid) < 0 || same_uid != uid)
		return -ENOENT;
	return 0;
}

int nss_account_uid(const struct nss_root *root, const struct subid_database *subuid,
		    const struct subid_owner *name, struct subid_owner *ret)
{
	char digits[SUBID_DECIMAL_32_MAX_BYTES];
	uint32_t uid;
	size_t len;
	int r;

	if (!is_account_name(name) || !is_noted_root(root))
		return -ENOENT;
	r = find_uid(name->text, &uid);
	if (r == 0)
		r = check_not_delegated(subuid, uid);
	if (r < 0)
		return r;

	len = subid_decimal_digits(uid);
	subid_decimal_write(uid, len, digits);
	return subid_owner_set(ret, digits, len);
}
