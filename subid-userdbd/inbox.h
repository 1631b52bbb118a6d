/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>

/*
 * The longest message, with its NUL. The message of a lookup has about 200 bytes. With the longest
 * name it has 1,200, or 3,300 if no character of the name is ASCII and each is escaped. A parsed
 * message takes up to thirty times its size, and is kept until it is answered.
 */
#define INBOX_MESSAGE_MAX_BYTES 4096

/*
 * The bytes that a peer has sent, cut into messages. Varlink ends each message with a NUL;
 * a read may hold a part of one, or several.
 *
 *     start        scanned      end
 *       v             v          v
 *       {"method":"org.varlink.se.................
 *                                 ^ inbox_room()
 *
 * An inbox that is all zero is empty. Memory is allocated when bytes arrive, and freed when the
 * last message has been taken out.
 */
struct inbox {
	char *bytes;
	size_t room;	/* bytes allocated */
	size_t start;	/* of the next message */
	size_t scanned; /* no NUL lies before this offset */
	size_t end;	/* of what the peer has sent */
};

/*
 * inbox_room: where to read the next bytes into.
 *
 * @ret_where: set on success only; valid until the next call for this inbox.
 * @ret_size: how many bytes there is room for, at least 1.
 * Returns 0; -EMSGSIZE if the message that has begun is too long; or -ENOMEM.
 */
__attribute__((nonnull, warn_unused_result)) int inbox_room(struct inbox *inbox, char **ret_where,
							    size_t *ret_size);

/* inbox_add: @size bytes have been read to where inbox_room() said. */
__attribute__((nonnull)) void inbox_add(struct inbox *inbox, size_t size);

/*
 * inbox_next: take the next message out.
 *
 * @ret_text: set on success only, to the message with its NUL; valid until the next call
 * for this inbox.
 * @ret_len: its length without the NUL.
 * Returns 0, or -EAGAIN if no message is complete.
 */
__attribute__((nonnull, warn_unused_result)) int inbox_next(struct inbox *inbox,
							    const char **ret_text, size_t *ret_len);

/* inbox_free: forget everything. The inbox is empty then. */
__attribute__((nonnull)) void inbox_free(struct inbox *inbox);
