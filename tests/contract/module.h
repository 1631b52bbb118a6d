/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <shadow.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The module as it is installed, loaded with dlopen(3), and what may be asked of it. */

#define BUFFER_BYTES 2048
#define CANARY ((char)0xa5)
#define ERRNO_BEFORE 4711

union record {
	struct passwd pwd;
	struct group grp;
	struct spwd spwd;
};

enum kind { USER, GROUP, SPWD };

/* One way to ask. */
struct question {
	const char *title;
	enum kind kind;
	const char *name; /* NULL: ask by ID */
	uint32_t id;
};

/*
 * record_bytes: what the record of the sample needs of the buffer, by enum kind. These are the
 * user 100033, the group 500033 and the shadow record of the former.
 */
extern const size_t record_bytes[];

/* module_load: returns false after a message. */
bool module_load(const char *path);

/* module_ask: the status; a record is in @ret, and its texts in @buf. */
enum nss_status module_ask(const struct question *q, union record *ret, char *buf, size_t len,
			   int *errnop);

/*
 * module_ask_checked: ask with a buffer of @len bytes at @offset from a boundary of 64. Checks that
 * nothing else is written to, errno and *errnop, and that a record is the one of the sample.
 */
enum nss_status module_ask_checked(const struct question *q, size_t offset, size_t len);
