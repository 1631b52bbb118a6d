/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>

#include "subid.h"

/*
 * nss_host_init: this host, as the shim asks it. The only place that names its
 * files, and the only one that asks glibc for accounts.
 *
 * @buf, @len: the caller's buffer, lent to the account lookups: an account too
 * large for it is then the caller's ERANGE, and nothing is allocated. The
 * record is packed over it afterwards.
 * Safety: MT-Safe. errno: untouched.
 */
void nss_host_init(struct subid_host *host, char *buf, size_t len);
