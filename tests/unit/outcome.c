/* SPDX-License-Identifier: BSD-3-Clause */
#include "outcome.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "check.h"
#include "entry.h"
#include "inject.h"
#include "scratch.h"

#define UNTOUCHED 0x5a
#define ERRNO_BEFORE ECHILD /* errno and *errnop before a lookup */

int outcome_setup(void **state)
{
	/* A file that not everybody may read is not indexed, so every lookup reads it. */
	(void)umask(077);
	return scratch_setup(state);
}

void outcome_set_up(time_t age)
{
	(void)inject_reset(NULL);
	inject_clock(age);
	inject_path("/etc/subuid", "subuid");
	inject_path("/etc/subgid", "subgid");
	inject_path("/etc/nsswitch.conf", "nsswitch.conf");
	inject_account("alice", 1000);
	inject_account("dave", 1001);
}

static enum nss_status call(const struct request *request, void *record, int *errnop)
{
	static char buf[1024];

	switch (request->entry) {
	case PWUID:
		return _nss_subid_getpwuid_r(request->id, (struct passwd *)record, buf, sizeof(buf),
					     errnop);
	case PWNAM:
		return _nss_subid_getpwnam_r(request->name, (struct passwd *)record, buf,
					     sizeof(buf), errnop);
	case GRGID:
		return _nss_subid_getgrgid_r(request->id, (struct group *)record, buf, sizeof(buf),
					     errnop);
	case GRNAM:
		return _nss_subid_getgrnam_r(request->name, (struct group *)record, buf,
					     sizeof(buf), errnop);
	default:
		return _nss_subid_getspnam_r(request->name, (struct spwd *)record, buf, sizeof(buf),
					     errnop);
	}
}

struct outcome outcome_of(const struct request *request, bool errnop_is_errno)
{
	union {
		struct passwd pwd;
		struct group grp;
		struct spwd spwd;
		unsigned char bytes[sizeof(struct passwd) + sizeof(struct spwd)];
	} record, before;
	int separate_errnop = ERRNO_BEFORE;
	struct outcome outcome = { .fault = 0 };
	bool faulty;

	memset(&record, UNTOUCHED, sizeof(record));
	memcpy(&before, &record, sizeof(before));
	errno = ERRNO_BEFORE;
	outcome.status = call(request, &record, errnop_is_errno ? &errno : &separate_errnop);
	if (!errnop_is_errno)
		assert_int_equal(errno, ERRNO_BEFORE);
	outcome.fault = errnop_is_errno ? errno : separate_errnop;

	faulty = outcome.status == NSS_STATUS_TRYAGAIN || outcome.status == NSS_STATUS_UNAVAIL;
	if (!faulty) {
		assert_int_equal(outcome.fault, ERRNO_BEFORE);
		outcome.fault = 0;
	}
	if (outcome.status != NSS_STATUS_SUCCESS)
		assert_memory_equal(&record, &before, sizeof(record));
	else if (request->entry == PWUID || request->entry == PWNAM)
		(void)snprintf(outcome.record, sizeof(outcome.record), "%s %u %u",
			       record.pwd.pw_name, (unsigned int)record.pwd.pw_uid,
			       (unsigned int)record.pwd.pw_gid);
	else if (request->entry == SPNAM)
		(void)snprintf(outcome.record, sizeof(outcome.record), "%s", record.spwd.sp_namp);
	else
		(void)snprintf(outcome.record, sizeof(outcome.record), "%s %u", record.grp.gr_name,
			       (unsigned int)record.grp.gr_gid);

	assert_int_equal(inject_open_files(), 0);
	return outcome;
}

void outcome_check(const char *reason, const struct outcome *got, enum nss_status status, int fault,
		   const char *record)
{
	check_int(reason, got->status, status);
	check_int(reason, got->fault, fault);
	check_text(reason, got->record, record);
}

void outcome_check_record(const char *reason, const struct outcome *got, const char *record)
{
	outcome_check(reason, got, *record ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND, 0, record);
}
