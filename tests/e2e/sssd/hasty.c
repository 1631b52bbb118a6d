/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * To be preloaded: a process whose long waits last a hundredth. SSSD's clients
 * give up on an answer after 300 seconds of poll(2), which no test can spend.
 */
#include <dlfcn.h>
#include <poll.h>

int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	int (*real)(struct pollfd *, nfds_t, int);

	*(void **)&real = dlsym(RTLD_NEXT, "poll");
	return real(fds, count, timeout_ms >= 100000 ? timeout_ms / 100 : timeout_ms);
}
