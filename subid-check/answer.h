/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <sys/types.h>

#include "identity.h"
#include "style.h"

/*
 * answer_print: an ID, its record, where it comes from, and who runs as it.
 *
 * @pid: the only process to tell its inside ID of, or 0 for those that run as it.
 */
void answer_print(const struct survey *survey, const struct identity *identity, pid_t pid,
		  const struct style *style);
