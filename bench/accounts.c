/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The accounts of all owners, for next to nothing. libsubid answers only for an
 * owner that has one, and would otherwise be timed together with a database of
 * accounts; so would our owners that are written as numbers.
 *
 * The account of "o00042" has the UID 66000 + 42.
 */
#include <nss.h>
#include <pwd.h>
#include <stdlib.h>

#define DIGITS 5
#define FIRST_UID 66000
#define OWNERS 65000

NSS_DECLARE_MODULE_FUNCTIONS(accounts)

static enum nss_status account(unsigned int number, struct passwd *result, char *buffer,
			       size_t buflen)
{
	static char x[] = "x", empty[] = "", root[] = "/";

	if (number >= OWNERS || buflen < 1 + DIGITS + 1)
		return NSS_STATUS_NOTFOUND;

	*result = (struct passwd){
		.pw_name = buffer,
		.pw_passwd = x,
		.pw_uid = FIRST_UID + number,
		.pw_gid = FIRST_UID + number,
		.pw_gecos = empty,
		.pw_dir = root,
		.pw_shell = empty,
	};
	buffer[0] = 'o';
	for (int i = DIGITS; i > 0; i--, number /= 10)
		buffer[i] = (char)('0' + number % 10);
	buffer[1 + DIGITS] = '\0';
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_accounts_getpwuid_r(uid_t uid, struct passwd *result, char *buffer,
					 size_t buflen, int *errnop)
{
	(void)errnop;
	return account(uid - FIRST_UID, result, buffer, buflen);
}

enum nss_status _nss_accounts_getpwnam_r(const char *name, struct passwd *result, char *buffer,
					 size_t buflen, int *errnop)
{
	(void)errnop;
	if (name[0] != 'o')
		return NSS_STATUS_NOTFOUND;
	return account((unsigned int)strtoul(name + 1, NULL, 10), result, buffer, buflen);
}
