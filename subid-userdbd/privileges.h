/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

/*
 * The service is started with CAP_SYS_PTRACE, which shows the user namespaces of others'
 * processes. It is the scanner's; nobody else uses it.
 */

/* privileges_drop: have no capability, now and after execve(2). Returns 0 or a negative errno. */
__attribute__((warn_unused_result)) int privileges_drop(void);

/* privileges_lay_down: use none, but hand CAP_SYS_PTRACE to a program that is started. */
__attribute__((warn_unused_result)) int privileges_lay_down(void);
