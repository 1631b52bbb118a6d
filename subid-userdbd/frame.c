/* SPDX-License-Identifier: BSD-3-Clause */
#include "frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The numbers of a frame, in the order of its header. */
struct header {
	int32_t code;
	uint32_t kind, id, gid;
	uint64_t position;
	uint32_t n_uid_values, n_values, texts_size, reserved;
};

_Static_assert(sizeof(struct header) == FRAME_HEADER_BYTES, "no padding goes through the socket");
_Static_assert(sizeof(struct subid_range) == 2 * sizeof(uint32_t), "a range is two values");

static size_t values_size(uint32_t n)
{
	return n * sizeof(uint32_t);
}

char *frame_encode(const struct frame *frame, size_t *ret_size)
{
	const struct header header = {
		.code = frame->code,
		.kind = frame->kind,
		.id = frame->id,
		.gid = frame->gid,
		.position = frame->position,
		.n_uid_values = frame->n_uid_values,
		.n_values = frame->n_values,
		.texts_size = frame->texts_size,
	};
	size_t size = sizeof(header) + values_size(frame->n_values) + frame->texts_size;
	char *bytes = (char *)malloc(size);

	if (!bytes)
		return NULL;
	memcpy(bytes, &header, sizeof(header));
	if (frame->n_values > 0)
		memcpy(bytes + sizeof(header), frame->values, values_size(frame->n_values));
	if (frame->texts_size > 0)
		memcpy(bytes + size - frame->texts_size, frame->texts, frame->texts_size);
	*ret_size = size;
	return bytes;
}

size_t frame_size(const char bytes[FRAME_HEADER_BYTES])
{
	struct header header;

	memcpy(&header, bytes, sizeof(header));
	if (header.n_values > FRAME_VALUES_MAX || header.texts_size > FRAME_TEXTS_MAX_BYTES ||
	    header.n_uid_values > header.n_values || header.kind > SUBID_GID)
		return 0;
	return sizeof(header) + values_size(header.n_values) + header.texts_size;
}

/* Copy bytes. One byte more is allocated, so that a copy of 0 bytes is not NULL. */
static void *copy_of(const char *bytes, size_t size)
{
	void *copy = malloc(size + 1);

	if (!copy)
		return NULL;
	if (size > 0)
		memcpy(copy, bytes, size);
	return copy;
}

int frame_decode(const char *bytes, size_t size, struct frame *ret)
{
	struct header header;
	struct frame frame;

	if (size < sizeof(header) || frame_size(bytes) != size)
		return -EBADMSG;
	memcpy(&header, bytes, sizeof(header));
	/* The last text must end with the last byte. */
	if (header.texts_size > 0 && bytes[size - 1] != '\0')
		return -EBADMSG;

	frame = (struct frame){
		.code = header.code,
		.kind = header.kind,
		.id = header.id,
		.gid = header.gid,
		.position = header.position,
		.n_uid_values = header.n_uid_values,
		.n_values = header.n_values,
		.texts_size = header.texts_size,
		.values = (uint32_t *)copy_of(bytes + sizeof(header), values_size(header.n_values)),
		.texts = (char *)copy_of(bytes + size - header.texts_size, header.texts_size),
	};
	if (!frame.values || !frame.texts) {
		frame_free(&frame);
		return -ENOMEM;
	}
	*ret = frame;
	return 0;
}

/* Are the values ranges, each of which ends below 2^32? */
static bool are_ranges(const struct subid_range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ranges[i].count == 0 || ranges[i].count - 1 > UINT32_MAX - ranges[i].start)
			return false;
	return true;
}

int frame_ranges(const struct frame *frame, enum subid_kind kind, const struct subid_range **ret,
		 size_t *ret_n)
{
	uint32_t begin = kind == SUBID_UID ? 0 : frame->n_uid_values;
	uint32_t end = kind == SUBID_UID ? frame->n_uid_values : frame->n_values;
	const struct subid_range *ranges = (const struct subid_range *)(frame->values + begin);

	if ((end - begin) % 2 != 0 || !are_ranges(ranges, (end - begin) / 2))
		return -EBADMSG;
	*ret = ranges;
	*ret_n = (end - begin) / 2;
	return 0;
}

const char *frame_next_text(const struct frame *frame, const char *text)
{
	const char *next = text ? text + strlen(text) + 1 : frame->texts;

	return next && next < frame->texts + frame->texts_size ? next : NULL;
}

int frame_add_text(struct frame *frame, const char *text)
{
	size_t size = strlen(text) + 1;
	char *texts;

	if (size > FRAME_TEXTS_MAX_BYTES - frame->texts_size)
		return -E2BIG;
	texts = (char *)realloc(frame->texts, frame->texts_size + size);
	if (!texts)
		return -ENOMEM;
	memcpy(texts + frame->texts_size, text, size);
	frame->texts = texts;
	frame->texts_size += (uint32_t)size;
	return 0;
}

/* The memory is doubled when the number of values is a power of two. */
int frame_add_value(struct frame *frame, uint32_t value)
{
	uint32_t n = frame->n_values, *values = frame->values;

	if (n == FRAME_VALUES_MAX)
		return -E2BIG;
	if ((n & (n - 1)) == 0)
		values = (uint32_t *)reallocarray(values, n > 0 ? 2 * (size_t)n : 1,
						  sizeof(*values));
	if (!values)
		return -ENOMEM;
	values[n] = value;
	frame->values = values;
	frame->n_values = n + 1;
	return 0;
}

/* Read exactly @size bytes. Returns 0 or a negative errno. */
static int read_bytes(int fd, char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = read(fd, bytes, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EPIPE;
		bytes += n;
		size -= (size_t)n;
	}
	return 0;
}

int frame_read(int fd, struct frame *ret)
{
	char header[FRAME_HEADER_BYTES];
	char *bytes;
	size_t size;
	int r;

	r = read_bytes(fd, header, sizeof(header));
	if (r < 0)
		return r;
	size = frame_size(header);
	if (size == 0)
		return -EBADMSG;
	bytes = (char *)malloc(size);
	if (!bytes)
		return -ENOMEM;
	memcpy(bytes, header, sizeof(header));
	r = read_bytes(fd, bytes + sizeof(header), size - sizeof(header));
	if (r == 0)
		r = frame_decode(bytes, size, ret);
	free(bytes);
	return r;
}

int frame_write(int fd, const struct frame *frame)
{
	size_t size, done = 0;
	char *bytes = frame_encode(frame, &size);
	int r = 0;

	if (!bytes)
		return -ENOMEM;
	while (r == 0 && done < size) {
		ssize_t n = send(fd, bytes + done, size - done, MSG_NOSIGNAL);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			r = -errno;
	}
	free(bytes);
	return r;
}

void frame_free(struct frame *frame)
{
	free(frame->values);
	free(frame->texts);
	frame->values = NULL;
	frame->texts = NULL;
}
