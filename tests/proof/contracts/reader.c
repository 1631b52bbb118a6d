/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reader's buffer: each function keeps its invariant from every state that has it, whatever
 * the system calls return. All bytes in front of `end` have been read from the file.
 */
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "line.h"
#include "stamp.h"

#include "contracts/text.c"

/*
 * What may change when bytes move in the buffer, when it is filled, and with a pass over the lines.
 * Without its blanks, the range would be one token, in which no macro is replaced.
 */
// clang-format off
#define MOVED(reader) \
	reader->begin, reader->end, reader->from_start, reader->buf[0 .. SUBID_READER_BYTES - 1]
#define FILLED(reader) MOVED(reader), reader->at_eof, reader->offset
#define PASSED(reader) \
	reader->begin, reader->exhausted, reader->first, reader->terminated, reader->lines, \
	reader->digest
// clang-format on

/*@ predicate consistent(struct subid_reader *reader) =
      reader->begin <= reader->end <= SUBID_READER_BYTES &&
      0 <= reader->offset &&
      (reader->from_start ==> reader->offset == reader->end);

    predicate usable(struct subid_reader *reader) =
      \valid(reader) && \separated(reader, &errno);
*/

/*@ requires \valid(ret);
    assigns \result, errno, *ret \from fd;
    ensures \result <= 0 && (\result < 0 ==> 1 <= errno <= 4095); */
static inline int subid_stamp_of_file(int fd, struct stat *ret);

/*@ requires \valid_read(stamp);
    assigns \result, errno \from *stamp; */
static inline bool subid_stamp_is_racy(const struct stat *stamp);

/*@ requires \valid_read(a) && \valid_read(b);
    assigns \result \from *a, *b; */
static inline bool subid_stamp_equal(const struct stat *a, const struct stat *b);

#include "libsubid-shim/reader.c"

/*@ requires 1 <= errno <= 4095;
    assigns \nothing;
    ensures -4095 <= \result <= -1; */
static int read_fault(void);

/*@ requires \valid(reader);
    requires reader->end <= SUBID_READER_BYTES && 0 <= reader->offset;
    requires reader->from_start ==> reader->offset == reader->end;
    assigns PASSED(reader);
    ensures consistent(reader); */
static void begin_pass(struct subid_reader *reader);

/*@ requires \valid(reader);
    assigns PASSED(reader), reader->at_eof, reader->from_start, reader->offset, reader->end;
    ensures consistent(reader); */
static void begin_file(struct subid_reader *reader);

/*@ requires usable(reader);
    assigns reader->stamp, reader->recent, errno;
    ensures -4095 <= \result <= 0; */
static int check_file(struct subid_reader *reader);

/*@ requires usable(reader);
    requires \valid_read(path);
    assigns *reader, errno;
    ensures \result < 0 || consistent(reader); */
int subid_reader_open(struct subid_reader *reader, const char *path);

/*@ requires usable(reader);
    assigns reader->fd, errno; */
void subid_reader_close(struct subid_reader *reader);

/*@ requires \valid(reader);
    requires consistent(reader);
    requires room: reader->end - reader->begin <= reader->begin;
    assigns MOVED(reader);
    ensures consistent(reader);
    ensures reader->begin == 0;
    ensures reader->end == \old(reader->end - reader->begin); */
static void move_down(struct subid_reader *reader);

/*@ requires \valid(reader);
    requires consistent(reader);
    requires overlong: reader->end - reader->begin > SUBID_LINE_MAX_BYTES;
    assigns MOVED(reader);
    ensures consistent(reader);
    ensures reader->end < SUBID_READER_BYTES;
    ensures reader->end - reader->begin == SUBID_LINE_MAX_BYTES + 1; */
static void drop_rest(struct subid_reader *reader);

/*@ requires usable(reader);
    requires consistent(reader);
    requires room: reader->end - reader->begin <= SUBID_LINE_MAX_BYTES + 1;
    assigns FILLED(reader), errno;
    ensures consistent(reader);
    ensures -4095 <= \result <= 0; */
static int fill(struct subid_reader *reader);

/*@ requires \valid(reader);
    requires \valid_read(text + (0 .. len - 1));
    assigns reader->digest; */
static void digest_line(struct subid_reader *reader, const char *text, size_t len);

/*@ requires usable(reader);
    requires consistent(reader);
    requires \valid(ret_text) && \valid(ret_len);
    requires \separated(reader, ret_text, ret_len, &errno);
    assigns FILLED(reader), PASSED(reader), errno, *ret_text, *ret_len;
    ensures consistent(reader);
    ensures -4095 <= \result <= 0;
    ensures \result == 0 ==> *ret_len <= SUBID_LINE_MAX_BYTES + 1;
    ensures \result == 0 ==> \base_addr(*ret_text) == \base_addr(reader);
    ensures \result == 0 ==>
	    (char *)reader->buf <= (char *)*ret_text &&
	    (char *)*ret_text + *ret_len <= (char *)reader->buf + reader->begin;
    ensures first: \result == 0 && reader->first ==>
	    reader->from_start && *ret_text == (char *)reader->buf; */
int subid_reader_next(struct subid_reader *reader, const char **ret_text, size_t *ret_len);

/*@ requires \valid_read(reader);
    requires consistent(reader);
    requires \valid(ret_text) && \valid(ret_len);
    requires \separated(reader, ret_text, ret_len);
    assigns *ret_text, *ret_len;
    ensures *ret_text == reader->buf + reader->begin;
    ensures *ret_len <= reader->end - reader->begin; */
void subid_reader_buffered(const struct subid_reader *reader, const char **ret_text,
			   size_t *ret_len);

/*@ requires \valid(reader);
    requires consistent(reader);
    requires bytes <= reader->end - reader->begin;
    assigns reader->begin;
    ensures consistent(reader); */
void subid_reader_skip(struct subid_reader *reader, size_t bytes);

/*@ requires \valid(reader);
    requires consistent(reader);
    assigns PASSED(reader), reader->at_eof, reader->from_start, reader->offset, reader->end;
    ensures consistent(reader); */
void subid_reader_rewind(struct subid_reader *reader);

/*@ requires usable(reader);
    requires consistent(reader);
    assigns FILLED(reader), PASSED(reader), errno;
    ensures consistent(reader);
    ensures -4095 <= \result <= 0; */
static int compare_pass(struct subid_reader *reader);

/*@ requires usable(reader);
    requires consistent(reader);
    assigns FILLED(reader), PASSED(reader), errno;
    ensures consistent(reader);
    ensures -4095 <= \result <= 0; */
int subid_reader_verify(struct subid_reader *reader);
