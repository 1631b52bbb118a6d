/* SPDX-License-Identifier: BSD-3-Clause */
#include "inbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM_BYTES 1024

/* Make room: move the bytes that remain over those of the messages that have been taken out. */
static void move_to_front(struct inbox *inbox)
{
	if (inbox->start == 0)
		return;
	memmove(inbox->bytes, inbox->bytes + inbox->start, inbox->end - inbox->start);
	inbox->scanned -= inbox->start;
	inbox->end -= inbox->start;
	inbox->start = 0;
}

static int grow(struct inbox *inbox)
{
	size_t room = inbox->room > 0 ? inbox->room * 2 : FIRST_ROOM_BYTES;
	char *bytes;

	if (room > INBOX_MESSAGE_MAX_BYTES)
		return -EMSGSIZE;
	bytes = (char *)realloc(inbox->bytes, room);
	if (!bytes)
		return -ENOMEM;
	inbox->bytes = bytes;
	inbox->room = room;
	return 0;
}

int inbox_room(struct inbox *inbox, char **ret_where, size_t *ret_size)
{
	int r = 0;

	if (inbox->end == inbox->room)
		move_to_front(inbox);
	if (inbox->end == inbox->room)
		r = grow(inbox);
	if (r < 0)
		return r;

	*ret_where = inbox->bytes + inbox->end;
	*ret_size = inbox->room - inbox->end;
	return 0;
}

void inbox_add(struct inbox *inbox, size_t size)
{
	inbox->end += size;
}

int inbox_next(struct inbox *inbox, const char **ret_text, size_t *ret_len)
{
	const char *text, *nul = NULL;

	if (inbox->scanned < inbox->end)
		nul = (const char *)memchr(inbox->bytes + inbox->scanned, '\0',
					   inbox->end - inbox->scanned);
	if (!nul) {
		inbox->scanned = inbox->end;
		if (inbox->start == inbox->end)
			inbox_free(inbox);
		return -EAGAIN;
	}

	text = inbox->bytes + inbox->start;
	*ret_text = text;
	*ret_len = (size_t)(nul - text);
	inbox->start += *ret_len + 1;
	inbox->scanned = inbox->start;
	return 0;
}

void inbox_free(struct inbox *inbox)
{
	free(inbox->bytes);
	*inbox = (struct inbox){ .bytes = NULL };
}
