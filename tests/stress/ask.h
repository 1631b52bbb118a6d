/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>

#include "world.h"

/*
 * A lookup through glibc, which asks /etc/passwd and then the module; or through the module
 * alone, which is linked into this program or loaded by it.
 */

/* ask_prepare: prepare for lookups. Returns false if there is no module, and prints why. */
bool ask_prepare(void);

/* ask_host: one question to whomever this program is for. */
void ask_host(const struct question *question, struct answer *ret);

/* ask_module: the module alone. */
void ask_module(const struct question *question, struct answer *ret);

/* ask_reload: close the module and load it again. Returns false if it went away. */
bool ask_reload(void);

/* ask_can_reload: is there anything to load? */
bool ask_can_reload(void);
