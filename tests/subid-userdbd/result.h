/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "query.h"

/* The end of a query: how often it came, and the record or the fault that it brought. */
struct result {
	int n; /* how often the query has ended */
	int r;
	bool has_record; /* `found` is set */
	struct nss_id found;
};

/* result_note: a query_done_fn whose userdata is a struct result. */
void result_note(void *userdata, int r, const struct nss_id *found);

/* result_wait: run the event loop until the query has ended. Returns @result. */
const struct result *result_wait(struct result *result);

/* result_is: check that the record was found, with these contents. */
void result_is(const struct result *result, const char *owner, uint32_t id, uint64_t position,
	       uint32_t gid);
