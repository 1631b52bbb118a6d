/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "style.h"
#include "survey.h"

/* files_print: a table of whose files there are; nothing where none were looked at. */
__attribute__((nonnull)) void files_print(const struct survey *survey, const struct style *style);

/* files_size: bytes as people write them, such as "1.5 MiB". Ownership: free(3). */
__attribute__((warn_unused_result)) char *files_size(uint64_t bytes);
