/* SPDX-License-Identifier: BSD-3-Clause */
#include "waiting.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

pid_t waiting_child(bool (*enter)(void *userdata), void *userdata)
{
	char done = 0;
	int ends[2];
	pid_t child;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		/* A change of credentials clears the signal, so it is set behind enter(). */
		if (enter(userdata) && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 &&
		    write(ends[1], "x", 1) == 1)
			(void)pause();
		_exit(1);
	}
	assert_true(child > 0);
	assert_int_equal(close(ends[1]), 0);
	if (read(ends[0], &done, 1) != 1) {
		assert_int_equal(waitpid(child, NULL, 0), child);
		child = -1;
	}
	assert_int_equal(close(ends[0]), 0);
	return child;
}

void waiting_end(pid_t child)
{
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
}
