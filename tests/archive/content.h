/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The content of a file, which may be any bytes. */
struct content {
	char *bytes;
	size_t len;
	size_t room;
};

/* content_add, content_print: append. A shortage of memory ends the program. */
void content_add(struct content *content, const void *bytes, size_t len);
__attribute__((format(printf, 2, 3))) void content_print(struct content *content,
							 const char *format, ...);

/*
 * content_read: append what a file holds.
 *
 * Returns 0 or a negative errno. A shortage of memory ends the program.
 */
__attribute__((warn_unused_result)) int content_read(struct content *content, const char *path);

/* content_clear: make it empty, and keep the memory. content_free: free the memory, too. */
void content_clear(struct content *content);
void content_free(struct content *content);

/*
 * content_line: step through the lines.
 *
 * @at: 0 at first; moved behind the line.
 * @ret_text, @ret_len: the line without its newline.
 * Returns false at the end.
 */
bool content_line(const struct content *content, size_t *at, const char **ret_text,
		  size_t *ret_len);

/* content_show: print it as comments of a TAP stream, with escapes; a long one is cut. */
void content_show(const struct content *content);
