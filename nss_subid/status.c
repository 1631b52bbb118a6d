/* SPDX-License-Identifier: BSD-3-Clause */
#include "status.h"

#include <errno.h>

enum nss_status nss_status_from(int r, int *ret_errno)
{
	switch (r) {
	case 0:
		return NSS_STATUS_SUCCESS;
	case -ENOENT:
		return NSS_STATUS_NOTFOUND;
	case -ERANGE:
	case -EMFILE:
	case -ENFILE:
	case -ENOMEM:
	case -EAGAIN:
		*ret_errno = -r;
		return NSS_STATUS_TRYAGAIN;
	default:
		*ret_errno = r < 0 && r >= -4095 ? -r : EINVAL;
		return NSS_STATUS_UNAVAIL;
	}
}
