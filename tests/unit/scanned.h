/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdint.h>

#include "files.h"

/*
 * Scans of the file "subuid", which lies among those of scratch.h. A scan leaves no descriptor
 * open. An output that it does not set is 77.
 */
int scanned_by_id(uint32_t id, uint64_t *ret_position);
int scanned_by_owner(const char *name, uint32_t id, uint64_t *ret_position);
int scanned_by_position(const char *name, uint64_t position, uint32_t *ret_id);

/* The owner that scanned_by_id() found. It is filled with other bytes before each scan. */
extern struct subid_owner scanned_owner;

/*
 * scanned_write: write a file with one of alice's ranges at each end. Comments of @padding bytes
 * are between them.
 */
void scanned_write(size_t padding);
