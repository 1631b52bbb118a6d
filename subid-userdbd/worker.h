/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "frame.h"
#include "lookup.h"

/*
 * A process for the work of the service that may take long, hang or crash. It answers one
 * question after the other, and ends when the service ends.
 */

/* Where a worker finds its socket. */
#define WORKER_FD 3

/*
 * worker_run: answer every question but FRAME_SCAN. This calls libsubid, and asks for accounts.
 *
 * @fd: the socket to the service.
 * @host: this host's files. Its `nsswitch` is NULL, because the service has read nsswitch.conf
 * and asks only about the source that it names.
 * Returns 0 when the service has closed its end, or a negative errno.
 */
__attribute__((nonnull, warn_unused_result)) int worker_run(int fd, struct nss_host *host);

/*
 * worker_run_scanner: answer about user namespaces, and nothing else. This process has
 * CAP_SYS_PTRACE, and loads nobody's code.
 */
__attribute__((warn_unused_result)) int worker_run_scanner(int fd);
