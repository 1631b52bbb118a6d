/* SPDX-License-Identifier: BSD-3-Clause */
#include "entry.h"

#include "account.h"
#include "guard.h"
#include "lookup.h"
#include "record.h"

/* Shared by all threads. Everything else that a lookup needs lies on the thread's stack. */
static struct subid_cache caches[2];
static struct nss_host this_host = {
	.nsswitch = "/etc/nsswitch.conf",
	.databases = {
		[SUBID_UID] = { .path = "/etc/subuid", .cache = &caches[SUBID_UID] },
		[SUBID_GID] = { .path = "/etc/subgid", .cache = &caches[SUBID_GID] },
	},
};

NSS_SUBID_EXPORT
enum nss_status _nss_subid_getpwuid_r(uid_t uid, struct passwd *result, char *buffer, size_t buflen,
				      int *errnop)
{
	struct nss_guard guard;
	struct nss_id found;
	int r;

	nss_guard_enter(&guard);
	nss_account_note_root(&this_host.root);
	r = nss_lookup_by_id(&this_host, SUBID_UID, uid, &found);
	if (r == 0)
		r = nss_record_passwd(&found, result, buffer, buflen);
	return nss_guard_leave(&guard, r, errnop);
}

NSS_SUBID_EXPORT
enum nss_status _nss_subid_getpwnam_r(const char *name, struct passwd *result, char *buffer,
				      size_t buflen, int *errnop)
{
	struct nss_guard guard;
	struct nss_id found;
	int r;

	nss_guard_enter(&guard);
	nss_account_note_root(&this_host.root);
	r = nss_lookup_by_name(&this_host, SUBID_UID, name, &found);
	if (r == 0)
		r = nss_record_passwd(&found, result, buffer, buflen);
	return nss_guard_leave(&guard, r, errnop);
}

NSS_SUBID_EXPORT
enum nss_status _nss_subid_getgrgid_r(gid_t gid, struct group *result, char *buffer, size_t buflen,
				      int *errnop)
{
	struct nss_guard guard;
	struct nss_id found;
	int r;

	nss_guard_enter(&guard);
	r = nss_lookup_by_id(&this_host, SUBID_GID, gid, &found);
	if (r == 0)
		r = nss_record_group(&found, result, buffer, buflen);
	return nss_guard_leave(&guard, r, errnop);
}

NSS_SUBID_EXPORT
enum nss_status _nss_subid_getgrnam_r(const char *name, struct group *result, char *buffer,
				      size_t buflen, int *errnop)
{
	struct nss_guard guard;
	struct nss_id found;
	int r;

	nss_guard_enter(&guard);
	r = nss_lookup_by_name(&this_host, SUBID_GID, name, &found);
	if (r == 0)
		r = nss_record_group(&found, result, buffer, buflen);
	return nss_guard_leave(&guard, r, errnop);
}

NSS_SUBID_EXPORT
enum nss_status _nss_subid_getspnam_r(const char *name, struct spwd *result, char *buffer,
				      size_t buflen, int *errnop)
{
	struct nss_guard guard;
	struct nss_id found;
	int r;

	nss_guard_enter(&guard);
	r = nss_lookup_by_name(&this_host, SUBID_UID, name, &found);
	if (r == 0)
		r = nss_record_shadow(&found, result, buffer, buflen);
	return nss_guard_leave(&guard, r, errnop);
}
