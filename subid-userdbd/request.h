/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

enum request_method {
	REQUEST_USER,	     /* io.systemd.UserDatabase.GetUserRecord */
	REQUEST_GROUP,	     /* io.systemd.UserDatabase.GetGroupRecord */
	REQUEST_MEMBERSHIPS, /* io.systemd.UserDatabase.GetMemberships */
	REQUEST_INFO,	     /* org.varlink.service.GetInfo */
	REQUEST_DESCRIPTION, /* org.varlink.service.GetInterfaceDescription */
};

/* The errors of replies. */
#define ERROR_NO_RECORD "io.systemd.UserDatabase.NoRecordFound"
#define ERROR_BAD_SERVICE "io.systemd.UserDatabase.BadService"
#define ERROR_NOT_AVAILABLE "io.systemd.UserDatabase.ServiceNotAvailable"
#define ERROR_CONFLICTING "io.systemd.UserDatabase.ConflictingRecordFound"
#define ERROR_NON_MATCHING "io.systemd.UserDatabase.NonMatchingRecordFound"
#define ERROR_NO_ENUMERATION "io.systemd.UserDatabase.EnumerationNotSupported"
#define ERROR_INTERFACE "org.varlink.service.InterfaceNotFound"
#define ERROR_METHOD "org.varlink.service.MethodNotFound"
#define ERROR_NOT_IMPLEMENTED "org.varlink.service.MethodNotImplemented"
#define ERROR_PARAMETER "org.varlink.service.InvalidParameter"

/* A method call. The texts lie in `json`. */
struct request {
	struct json_object *json;

	/* Why it is refused, or NULL: an error and, if it has a parameter, its name and value. */
	const char *error, *error_key, *error_value;

	enum request_method method;
	bool oneway; /* the client wants no reply */
	bool more;   /* the client takes several replies; there is never more than one */

	const char *interface; /* REQUEST_DESCRIPTION: of which */

	/* The keys of a lookup: either, both or neither. */
	bool has_id;
	uint32_t id;
	const char *name; /* or NULL */

	/* Further conditions that the record must meet. */
	uint32_t min, max; /* bounds of its ID, inclusive */
	bool wants_other_disposition;
	struct json_object *fuzzy_names; /* an array of strings, or NULL */
};

/*
 * request_parse: read a message of a client.
 *
 * @text: NUL-terminated; @len: its bytes without the NUL.
 * @ret: set on success only.
 * Returns 0, also for a call that must be refused; -EBADMSG if the message is not a method call
 * (end the connection); or -ENOMEM.
 * Ownership: end with request_free().
 * Source: varlink.org/Method-Call; systemd docs/USER_GROUP_API.md.
 */
__attribute__((nonnull, warn_unused_result)) int request_parse(const char *text, size_t len,
							       struct request *ret);

/*
 * request_matches: does a record with the client's keys also meet the further conditions?
 *
 * @names: the texts of the record that `fuzzyNames` is looked for in. @n_names: how many.
 */
__attribute__((nonnull, warn_unused_result)) bool request_matches(const struct request *request,
								  uint32_t id,
								  const char *const *names,
								  size_t n_names);

__attribute__((nonnull)) void request_free(struct request *request);
