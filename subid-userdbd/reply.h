/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * A message to a client: one JSON object. The contract of each function with the attributes
 * REPLY_MADE, and of reply_error():
 *
 * Returns the text, NUL-terminated (the NUL is part of the message), or NULL if memory is
 * short. @ret_size: set on success only, in bytes with the NUL.
 * Ownership: free(3).
 */
#define REPLY_MADE __attribute__((nonnull, malloc, warn_unused_result))

/*
 * reply_user, reply_group: a record. Like the records that systemd-machined has for the users of
 * its containers, it says that the user is a container's and cannot log in.
 *
 * @pwd, @grp: as nss_record_passwd() and nss_record_group() write them, with texts that
 * reply_is_utf8() accepts.
 */
REPLY_MADE char *reply_user(const struct passwd *pwd, size_t *ret_size);
REPLY_MADE char *reply_group(const struct group *grp, size_t *ret_size);

/* reply_is_utf8: is the text UTF-8, which a JSON string must be? */
__attribute__((nonnull, warn_unused_result)) bool reply_is_utf8(const char *text);

/* reply_info, reply_description: the replies to the methods of org.varlink.service. */
REPLY_MADE char *reply_info(size_t *ret_size);
REPLY_MADE char *reply_description(const char *description, size_t *ret_size);

/* reply_error: @key and @value are its parameter, or NULL. */
__attribute__((nonnull(1, 4), malloc, warn_unused_result)) char *
reply_error(const char *error, const char *key, const char *value, size_t *ret_size);
