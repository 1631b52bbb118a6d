/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <nss.h>

/*
 * nss_status_from: the only place where an int becomes an enum nss_status. A
 * stray value aborts the host ("Illegal status in __nss_next").
 *
 * @r: 0 or a negative errno; anything else counts as a fault of ours (EINVAL).
 * @ret_errno: set for TRYAGAIN and UNAVAIL only, to a positive errno.
 * Returns SUCCESS; NOTFOUND (-ENOENT); TRYAGAIN (-ERANGE, which means the
 * caller's buffer and nothing else, and temporary shortages); UNAVAIL (other).
 * Safety: MT-Safe, AS-Safe, AC-Safe. errno: untouched.
 * Source: glibc manual, "NSS Modules Interface".
 */
enum nss_status nss_status_from(int r, int *ret_errno);
