/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "archive.h"

/* /etc/subuid and /etc/subgid, which the module and libsubid read. */
extern const char *const etc_paths[2];

/* etc_store: give both files this content, directly or behind a symbolic link; or remove them. */
void etc_store(const struct content *content, enum stored stored);
