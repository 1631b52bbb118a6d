/* SPDX-License-Identifier: BSD-3-Clause */
/* The module without its index: every lookup reads the files. It is built twice, the second
 * time with unskipped.c in the place of skip.c, so that it also parses every line. */
#include <nss.h>

#include "guard.h"
#include "lookup.h"
#include "record.h"

#define ENTRY_OF(service, function) _nss_##service##_##function
#define ENTRY_IN(service, function) ENTRY_OF(service, function)
#define ENTRY(function) ENTRY_IN(SERVICE, function)

static struct nss_host host = {
	.nsswitch = "/etc/nsswitch.conf",
	.databases = {
		[SUBID_UID] = { .path = "/etc/subuid" },
		[SUBID_GID] = { .path = "/etc/subgid" },
	},
};

enum nss_status ENTRY(getpwuid_r)(uid_t uid, struct passwd *result, char *buffer, size_t buflen,
				  int *errnop);
enum nss_status ENTRY(getgrgid_r)(gid_t gid, struct group *result, char *buffer, size_t buflen,
				  int *errnop);

enum nss_status ENTRY(getpwuid_r)(uid_t uid, struct passwd *result, char *buffer, size_t buflen,
				  int *errnop)
{
	struct nss_guard guard;
	struct nss_id found;
	int r;

	nss_guard_enter(&guard);
	nss_account_note_root(&host.root);
	r = nss_lookup_by_id(&host, SUBID_UID, uid, &found);
	if (r == 0)
		r = nss_record_passwd(&found, result, buffer, buflen);
	return nss_guard_leave(&guard, r, errnop);
}

enum nss_status ENTRY(getgrgid_r)(gid_t gid, struct group *result, char *buffer, size_t buflen,
				  int *errnop)
{
	struct nss_guard guard;
	struct nss_id found;
	int r;

	nss_guard_enter(&guard);
	r = nss_lookup_by_id(&host, SUBID_GID, gid, &found);
	if (r == 0)
		r = nss_record_group(&found, result, buffer, buflen);
	return nss_guard_leave(&guard, r, errnop);
}
