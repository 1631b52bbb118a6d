/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <shadow.h>

/*
 * The five functions that glibc calls. This contract holds for each of them.
 *
 * Look up the record of one subordinate ID, by number or by name. nss-subid(8) describes
 * the record. There are no functions that enumerate records.
 *
 * buffer, buflen (bytes): memory of the caller, of any alignment, in which every string of
 * the record lies. It may be NULL if buflen is 0.
 * result: written on success only.
 * Returns
 *   NSS_STATUS_SUCCESS;
 *   NSS_STATUS_NOTFOUND if there is no such record, this process may not see the files, or
 *     nsswitch.conf names another source of subordinate IDs;
 *   NSS_STATUS_TRYAGAIN with ERANGE in *errnop if the buffer is too small; with EMFILE,
 *     ENFILE or ENOMEM if descriptors or memory run out; with EAGAIN if a file keeps
 *     changing while it is read, or an account service says so;
 *   NSS_STATUS_UNAVAIL with another errno if a file cannot be read or an account service
 *     failed.
 * errno, *errnop: unchanged on SUCCESS and NOTFOUND. Otherwise *errnop is set, and errno
 * stays unchanged unless errnop points to it.
 * Ownership: no descriptor stays open. After several lookups of a process, the module keeps
 * an index of each file in memory.
 * Safety: MT-Safe, AS-Unsafe, AC-Safe (cancellation waits until the function returns).
 * Source: glibc manual, "NSS Module Function Internals".
 *
 * A macro of glibc declares them, so a definition with a wrong type does not compile.
 */
NSS_DECLARE_MODULE_FUNCTIONS(subid)

#define NSS_SUBID_EXPORT __attribute__((visibility("default")))
