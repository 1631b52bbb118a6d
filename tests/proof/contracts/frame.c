/* SPDX-License-Identifier: BSD-3-Clause */
/* The frames of the service: sizes, texts and pieces of any length. */
#include "frame.h"

#include "contracts/line.c"

/*@ predicate all_delegated(struct subid_range *ranges, integer n) =
      \forall integer i; 0 <= i < n ==> delegated(ranges[i]);
*/

#include "subid-userdbd/frame.c"

/*@ requires n <= FRAME_VALUES_MAX;
    assigns \nothing;
    ensures \result == 4 * n; */
static size_t values_size(uint32_t n);

/*@ requires \valid_read(ranges + (0 .. n - 1));
    assigns \nothing;
    ensures \result <==> all_delegated(ranges, n); */
static bool are_ranges(const struct subid_range *ranges, size_t n);

/*@ requires \valid_read(frame) && frame->texts_size <= FRAME_TEXTS_MAX_BYTES;
    requires frame->texts == \null ==> frame->texts_size == 0;
    requires \valid_read(frame->texts + (0 .. frame->texts_size - 1));
    requires frame->texts_size > 0 ==> frame->texts[frame->texts_size - 1] == 0;
    requires text == \null || \base_addr(text) == \base_addr(frame->texts) &&
	     frame->texts <= text < frame->texts + frame->texts_size;
    assigns \result \from *frame, text, frame->texts[0 .. frame->texts_size - 1];
    ensures (char *)\result == \null || \base_addr((char *)\result) == \base_addr(frame->texts) &&
	    (char *)frame->texts <= (char *)\result < (char *)frame->texts + frame->texts_size;
*/
const char *frame_next_text(const struct frame *frame, const char *text);

/*@ requires \valid(bytes + (0 .. size - 1)) && \separated(bytes + (0 .. size - 1), &errno);
    assigns bytes[0 .. size - 1], errno;
    ensures -4095 <= \result <= 0; */
static int read_bytes(int fd, char *bytes, size_t size);

/*@ requires \valid_read(frame) && \valid(ret_size) && \separated(frame, ret_size);
    assigns \result, *ret_size \from *frame;
    ensures (char *)\result == \null || \valid((char *)\result + (0 .. *ret_size - 1)); */
char *frame_encode(const struct frame *frame, size_t *ret_size);

/*@ requires \valid_read(frame) && \separated(frame, &errno);
    assigns errno;
    ensures -4095 <= \result <= 0; */
int frame_write(int fd, const struct frame *frame);
