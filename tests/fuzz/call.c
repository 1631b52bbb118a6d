/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The input is what a client sends to subid-userdbd. The first byte is the size of a read, less
 * one; the stream follows. The stream is also decoded as a frame that a worker sends.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "fuzz.h"
#include "inbox.h"
#include "reply.h"
#include "request.h"

const char fuzz_target[] = "call";
const char fuzz_corpus[] = "call";

static void check_error(const struct request *request)
{
	size_t size = 0;
	char *text = reply_error(request->error, request->error_key, request->error_value, &size);

	if (!text || strlen(text) + 1 != size)
		fuzz_fail("an error reply of %zu bytes is no text", size);
	free(text);
}

static void check_call(const char *text, size_t len)
{
	static const char *const names[] = { "subuid-alice-100000", "Subordinate UID 0 of alice" };
	char *copy = fuzz_copy(text, len + 1);
	struct request request;
	int r = request_parse(copy, len, &request);

	/* A request keeps its own copies of texts. */
	free(copy);
	if (r == 0 && request.error)
		check_error(&request);
	else if (r == 0 && (request.id > 0 && !request.has_id))
		fuzz_fail("a request has an ID, but has_id is not set");
	else if (r == 0 && request_matches(&request, 100000, names, 2) &&
		 (request.min > 100000 || request.max < 100000))
		fuzz_fail("a request matches an ID that is out of its bounds");
	if (r == 0)
		request_free(&request);
	else if (r != -EBADMSG)
		fuzz_fail("request_parse() returned %d", r);
}

/* Checks that each message ends at a NUL of the stream. Returns false if one is not delivered. */
static bool check_messages(struct inbox *inbox, const char **next, const char *end)
{
	const char *text;
	size_t len;

	while (inbox_next(inbox, &text, &len) == 0) {
		if (len >= (size_t)(end - *next) || memcmp(text, *next, len) != 0 ||
		    (*next)[len] != '\0' || text[len] != '\0' || strlen(*next) != len)
			fuzz_fail("a message differs from the stream");
		check_call(text, len);
		*next += len + 1;
	}
	return !memchr(*next, '\0', (size_t)(end - *next));
}

static void check_stream(const char *bytes, size_t size, size_t piece)
{
	struct inbox inbox = { .bytes = NULL };
	const char *next = bytes;

	for (size_t done = 0; done < size;) {
		char *where;
		size_t len;

		if (inbox_room(&inbox, &where, &len) < 0) {
			if (done - (size_t)(next - bytes) < INBOX_MESSAGE_MAX_BYTES)
				fuzz_fail("a message that is not too long is refused");
			break;
		}
		len = len < piece ? len : piece;
		len = len < size - done ? len : size - done;
		memcpy(where, bytes + done, len);
		inbox_add(&inbox, len);
		done += len;
		if (!check_messages(&inbox, &next, bytes + done))
			fuzz_fail("a message is missing");
	}
	inbox_free(&inbox);
}

static void check_frame(const char *bytes, size_t size)
{
	const struct subid_range *ranges;
	struct frame frame;
	const char *text = NULL;
	size_t n, again_size, texts = 0;
	char *again;

	if (frame_decode(bytes, size, &frame) < 0)
		return;
	while ((text = frame_next_text(&frame, text)))
		texts += strlen(text) + 1;
	if (texts != frame.texts_size)
		fuzz_fail("the texts have %zu bytes, not %zu", texts, (size_t)frame.texts_size);
	for (int kind = SUBID_UID; kind <= SUBID_GID; kind++)
		if (frame_ranges(&frame, (enum subid_kind)kind, &ranges, &n) == 0)
			for (size_t i = 0; i < n; i++)
				if (ranges[i].count == 0 ||
				    subid_range_last(&ranges[i]) < ranges[i].start)
					fuzz_fail("a range has no IDs or passes the last one");
	again = frame_encode(&frame, &again_size);
	/* The last number of the header is not used. */
	if (!again || again_size != size ||
	    memcmp(again, bytes, FRAME_HEADER_BYTES - sizeof(uint32_t)) != 0)
		fuzz_fail("encoding is not the inverse of decoding");
	free(again);
	frame_free(&frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes;

	if (size == 0)
		return 0;
	bytes = fuzz_copy(data + 1, size - 1);
	check_stream(bytes, size - 1, (size_t)data[0] + 1);
	check_frame(bytes, size - 1);
	free(bytes);
	return 0;
}
