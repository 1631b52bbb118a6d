/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include "findings.h"
#include "model.h"

#define HOST(...) (&(const struct model){ __VA_ARGS__ })

/*
 * finds: the host has one finding of that code.
 *
 * @where: its severity, file and line, such as "error /etc/subuid:2".
 * @reason, @fix: parts of what it says.
 */
void finds(const struct model *model, const char *code, const char *where, const char *reason,
	   const char *fix);

/* finds_none: it has none. @reason: why it might be thought to have one. */
void finds_none(const char *reason, const struct model *model, const char *code);
