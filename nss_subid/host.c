/* SPDX-License-Identifier: BSD-3-Clause */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "name.h"
#include "text.h"

/*
 * A service without a descriptor to open its files with fails, but then glibc
 * asks the next ones, and believes them that there is no account. -ENOENT if
 * there is a descriptor to be had now: then most likely they were all heard.
 */
static int absent(void)
{
	int fd = open("/", O_PATH | O_CLOEXEC);

	if (fd < 0)
		return errno == EMFILE || errno == ENFILE || errno == ENOMEM ? -errno : -ENOENT;
	(void)close(fd);
	return -ENOENT;
}

/*
 * What getpwnam_r and getpwuid_r say, as 0, -ENOENT (no account) or a fault.
 * POSIX lets services say "not found" in several ways, and they do.
 */
static int account_result(int r, const struct passwd *found)
{
	switch (r) {
	case 0:
		return found ? 0 : absent();
	case ENOENT:
	case ESRCH:
	case EBADF:
	case EPERM:
		return absent();
	default:
		return -r;
	}
}

static int account_name(const struct subid_host *host, uint32_t uid, char *ret_name, size_t size)
{
	struct passwd pwd, *found = NULL;
	size_t len;
	int r;

	if (host->scratch_len == 0)
		return -ERANGE;

	r = getpwuid_r(uid, &pwd, host->scratch, host->scratch_len, &found);
	r = account_result(r, found);
	if (r < 0)
		return r;

	/* By such a name the owner would not be found again, see account_uid(). */
	len = subid_text_length(pwd.pw_name, size);
	if (len >= size || nss_name_is_ours(SUBID_UID, pwd.pw_name))
		return -ENOENT;

	memcpy(ret_name, pwd.pw_name, len + 1);
	return 0;
}

static int account_uid(const struct subid_host *host, const char *name, uint32_t *ret_uid)
{
	struct passwd pwd, *found = NULL;
	int r;

	/* An owner nested in another's range: glibc would come back to us, each
	 * time with a name that is only a little shorter. */
	if (nss_name_is_ours(SUBID_UID, name))
		return -ENOENT;

	if (host->scratch_len == 0)
		return -ERANGE;

	/* Unlike getpwnam(3) it takes no lock, which our caller may hold. */
	r = getpwnam_r(name, &pwd, host->scratch, host->scratch_len, &found);
	r = account_result(r, found);
	if (r == 0)
		*ret_uid = pwd.pw_uid;
	return r;
}

/* One for all threads; everything else of a lookup lies on the caller's stack. */
static struct subid_cache caches[2];

void nss_host_init(struct subid_host *host, char *buf, size_t len)
{
	*host = (struct subid_host){
		.databases = {
			[SUBID_UID] = { "/etc/subuid", &caches[SUBID_UID], SUBID_UID },
			[SUBID_GID] = { "/etc/subgid", &caches[SUBID_GID], SUBID_GID },
		},
		.nsswitch = "/etc/nsswitch.conf",
		.account_name = account_name,
		.account_uid = account_uid,
		.scratch = buf,
		.scratch_len = len,
	};
}
