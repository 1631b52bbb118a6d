/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>

/* interface_name: the name of the interface with this number, from 0; NULL after the last. */
const char *interface_name(size_t number);

/*
 * interface_description: an interface in Varlink's own language.
 *
 * Returns the text, or NULL if there is no such interface.
 */
__attribute__((nonnull, warn_unused_result)) const char *interface_description(const char *name);
