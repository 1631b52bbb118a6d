/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum module_answer {
	MODULE_NOT_ASKED,
	MODULE_ANSWERED,
	MODULE_SILENT, /* has no record of the ID */
};

/* The module, as this host's programs get it. */
struct module {
	char *error; /* why it cannot be loaded, or NULL */
	enum module_answer answer;
	uint32_t asked; /* the UID */
};

/*
 * module_try: load the module and have it name a UID.
 *
 * @uid: that it must have a record of, or 0 to ask nothing.
 * Ownership: end with module_free(); the module stays loaded.
 */
void module_try(uint32_t uid, struct module *ret);
void module_free(struct module *module);
