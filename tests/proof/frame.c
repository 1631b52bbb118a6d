/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A frame from a worker that runs somebody else's plugin. It may have any bytes, and the socket
 * may fail or deliver pieces.
 */
#include "frame.h"

#include <errno.h>
#include <unistd.h>

#include "proof.h"

/* A smaller rest comes in pieces of any size. */
#define PIECES 12

#define FRAME_BYTES_MAX (FRAME_HEADER_BYTES + 4 * FRAME_VALUES_MAX + FRAME_TEXTS_MAX_BYTES)

/* The header as in subid-userdbd/frame.c. The sizes are chosen one by one, the rest is any. */
struct header {
	uint32_t numbers[6], n_uid_values, n_values, texts_size, reserved;
};

static struct header announced;

static ssize_t transfer_fault(void)
{
	errno = Frama_C_interval(1, 4095);
	return -1;
}

/* The header comes whole or not at all, the rest in pieces. */
ssize_t read(int fd, void *buf, size_t size)
{
	struct header header;

	(void)fd;
	if (proof_choose())
		return transfer_fault();
	if (size != sizeof(header)) {
		proof_any(buf, size);
		return (ssize_t)(size < PIECES ? (size_t)Frama_C_interval_split(0, (int)size)
					       : size);
	}
	proof_any(&header, sizeof(header));
	header.n_uid_values = announced.n_uid_values;
	header.n_values = announced.n_values;
	header.texts_size = announced.texts_size;
	*(struct header *)buf = header;
	return sizeof(header);
}

/* All that is done with an answer. */
static void look_into(const struct frame *frame)
{
	const struct subid_range *ranges;
	const char *text = NULL;
	size_t n;

	if (frame_ranges(frame, proof_choose() ? SUBID_UID : SUBID_GID, &ranges, &n) == 0) {
		//@ assert ranges: n <= FRAME_VALUES_MAX / 2;
	}
	do
		text = frame_next_text(frame, text);
	while (text);
}

int main(void)
{
	struct frame frame;
	size_t size;
	int r;

	announced.n_uid_values = (uint32_t)Frama_C_interval_split(0, 3);
	announced.n_values = (uint32_t)Frama_C_interval_split(0, 2);
	announced.texts_size = (uint32_t)Frama_C_interval_split(0, 3);
	if (announced.n_uid_values == 3)
		announced.n_values = Frama_C_unsigned_int_interval(3, UINT32_MAX);
	if (announced.n_values >= 3)
		announced.texts_size =
			Frama_C_unsigned_int_interval(FRAME_TEXTS_MAX_BYTES + 1, UINT32_MAX);
	if (frame_read(3, &frame) == 0) {
		//@ assert decoded: frame.n_values <= FRAME_VALUES_MAX;
		look_into(&frame);
		frame_free(&frame);
	}
	/* A frame that is shorter than its header says; and an empty frame. */
	proof_any(&announced, sizeof(announced));
	size = frame_size((const char *)&announced);
	//@ assert size: size == 0 || FRAME_HEADER_BYTES <= size <= FRAME_BYTES_MAX;
	r = frame_decode((const char *)&announced, sizeof(announced) - 1, &frame);
	//@ assert wrong_size: r < 0;
	frame = (struct frame){ .texts = NULL };
	look_into(&frame);
	return 0;
}
