/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/*
 * waiting_child: make a child process that calls @enter and then waits for its end.
 *
 * Returns its PID when @enter has returned, or -1 if that returned false. The child ends with
 * waiting_end(), and also with a test that fails.
 */
pid_t waiting_child(bool (*enter)(void *userdata), void *userdata);

/* waiting_end: kill such a child, and wait until it is gone. */
void waiting_end(pid_t child);
