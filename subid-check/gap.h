/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>

#include "accounts.h"
#include "database.h"

/* A walk over the IDs that nobody has, to say which an owner could get instead. */
struct gap {
	const struct database *database;
	const struct accounts *accounts;
	uint32_t next;	/* below this all are taken or given away */
	size_t covered; /* the stretch at or behind it */
};

void gap_begin(struct gap *gap, const struct database *database, const struct accounts *accounts);

/*
 * gap_take: the next free range of that size, from 100000 on, as useradd(8)
 * begins, and below what systemd has for foreign images.
 *
 * Each is given away once. All calls together walk the database once.
 * Returns false, and sets nothing, if there is none.
 */
bool gap_take(struct gap *gap, uint32_t count, struct stretch *ret);
