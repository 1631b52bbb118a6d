/* SPDX-License-Identifier: BSD-3-Clause */
#include "guard.h"

#include <errno.h>
#include <pthread.h>

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
		/* Linux has no errno above 4095. */
		*ret_errno = r < 0 && r >= -4095 ? -r : EINVAL;
		return NSS_STATUS_UNAVAIL;
	}
}

void nss_guard_enter(struct nss_guard *guard)
{
	guard->saved_errno = errno;
	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &guard->cancel_state);
}

enum nss_status nss_guard_leave(const struct nss_guard *guard, int r, int *errnop)
{
	int fault = 0;
	enum nss_status status = nss_status_from(r, &fault);

	errno = guard->saved_errno;
	if (fault != 0)
		*errnop = fault;
	/* This comes last: a thread with asynchronous cancellation may end in this call. */
	(void)pthread_setcancelstate(guard->cancel_state, NULL);
	return status;
}
