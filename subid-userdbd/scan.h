/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "frame.h"

/*
 * scan_user_namespaces: find the accounts that own the user namespaces of processes.
 *
 * A process that runs with somebody's subordinate IDs is in a user namespace of that
 * account, or in one inside it. Only namespaces directly inside this process's own are counted:
 * accounts own them. A namespace inside one of these is owned by a subordinate ID, and anybody
 * can make thousands of them.
 *
 * Needs CAP_SYS_PTRACE to see the processes of others; what cannot be seen is skipped.
 * @proc: the path of procfs.
 * @answer: the UIDs are added to its values, each once.
 * Returns 0, also where there were more than could be added; or a negative errno.
 */
__attribute__((nonnull, warn_unused_result)) int scan_user_namespaces(const char *proc,
								      struct frame *answer);
