/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <nss.h>
#include <stdbool.h>
#include <time.h>

/*
 * Lookups by the entry points, which are called as glibc does, on files of the test's own, and
 * their outcomes.
 */
enum entry {
	PWUID,
	PWNAM,
	GRGID,
	GRNAM,
	SPNAM,
};

struct request {
	enum entry entry;
	unsigned int id;
	const char *name;
};

struct outcome {
	enum nss_status status;
	int fault;	  /* *errnop, if the status is TRYAGAIN or UNAVAIL */
	char record[128]; /* "name uid gid", "name gid" or "name"; "": no record */
};

/* outcome_setup: for cmocka_run_group_tests(), with scratch_teardown(). */
int outcome_setup(void **state);

/*
 * outcome_set_up: before each lookup. The files of the module are "subuid", "subgid" and
 * "nsswitch.conf", which seem to have changed OLD or RECENT seconds ago. There are the accounts
 * alice, with UID 1000, and dave, with UID 1001.
 */
#define OLD 60
#define RECENT 0
void outcome_set_up(time_t age);

/*
 * outcome_of: the outcome of a lookup. It also checks what a lookup must leave as it was: errno,
 * *@errnop unless there is a fault, the record unless one is found, and no descriptor is left open.
 */
struct outcome outcome_of(const struct request *request, bool errnop_is_errno);

/* outcome_check, outcome_check_record: check an outcome. A record of "" is NOTFOUND. */
void outcome_check(const char *reason, const struct outcome *got, enum nss_status status, int fault,
		   const char *record);
void outcome_check_record(const char *reason, const struct outcome *got, const char *record);
