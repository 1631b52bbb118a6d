/* SPDX-License-Identifier: BSD-3-Clause */
#include "guard.h"

#include "status.h"

#include <errno.h>
#include <pthread.h>

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
	/* Last: a thread with asynchronous cancellation may end right here. */
	(void)pthread_setcancelstate(guard->cancel_state, NULL);
	return status;
}
