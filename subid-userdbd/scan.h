/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "frame.h"

/*
 * scan_user_namespaces: whose are the user namespaces that processes are in?
 *
 * A process that runs with somebody's subordinate IDs is in a user namespace of that
 * account, or in one inside it. Counted are those that lie directly in our own: they are
 * owned by accounts. One inside those is owned by a subordinate ID, and anybody can make
 * thousands.
 *
 * Needs CAP_SYS_PTRACE to see the processes of others; what cannot be seen is skipped.
 * @proc: where procfs is.
 * @answer: the UIDs are added to its values, each once.
 * Returns 0, also where there were more than could be added; or a negative errno.
 */
__attribute__((nonnull, warn_unused_result)) int scan_user_namespaces(const char *proc,
								      struct frame *answer);
