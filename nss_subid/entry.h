/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <shadow.h>

/*
 * What glibc calls. For each of the five:
 *
 * Answers for one subordinate ID, by number or by name, with the record that
 * nss-subid(8) describes. Nothing is enumerated.
 *
 * buffer, buflen: the caller's, any alignment, NULL with 0 allowed; every string of
 * the record lies in it.
 * result: written on success only.
 * Returns NSS_STATUS_SUCCESS; NSS_STATUS_NOTFOUND if there is no such record, this
 * process may not see the files, or nsswitch.conf names another source of subordinate
 * IDs; NSS_STATUS_TRYAGAIN with ERANGE in *errnop if the buffer is too small, and with
 * EMFILE, ENFILE, ENOMEM or EAGAIN if the host is short of them; NSS_STATUS_UNAVAIL with
 * another errno if the files cannot be read.
 * errno, *errnop: unchanged on SUCCESS and NOTFOUND; otherwise *errnop is set, and errno
 * only where errnop points to it.
 * Ownership: nothing is left open. A process that asks often keeps an index of each file.
 * Safety: MT-Safe, AS-Unsafe, AC-Safe (cancellation waits for the end).
 * Source: glibc manual, "NSS Module Function Internals".
 *
 * Declared by glibc itself, so that a wrong type does not compile.
 */
NSS_DECLARE_MODULE_FUNCTIONS(subid)

#define NSS_SUBID_EXPORT __attribute__((visibility("default")))
