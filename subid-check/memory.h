/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

#include <stddef.h>

/* The status that the program ends with. */
enum {
	CHECK_STATUS_CLEAN = 0,	   /* no error and no warning; or the ID is delegated */
	CHECK_STATUS_FINDINGS = 1, /* there are errors or warnings; or the ID is not delegated */
	CHECK_STATUS_BLIND = 2,	   /* the host could not be examined */
};

/*
 * A shortage of memory ends the program with status 2 and a message, so no caller of these
 * functions has to check for one.
 */

/*
 * memory_room: make an array large enough for one item more.
 *
 * @items: the array, or NULL. @n: how many items it has. @room: how many fit; updated.
 * @size: of an item, in bytes.
 * Returns the array, which may have moved. Ownership: free(3).
 */
__attribute__((nonnull(3), warn_unused_result)) void *memory_room(void *items, size_t n,
								  size_t *room, size_t size);

/* memory_text: a copy of @len bytes with a NUL behind them. Ownership: free(3). */
__attribute__((nonnull)) char *memory_text(const char *text, size_t len);

/* memory_print: asprintf(3). Ownership: free(3). */
__attribute__((format(printf, 1, 2))) char *memory_print(const char *format, ...);

/* memory_fail: end the program. */
_Noreturn void memory_fail(void);

/* memory_check: return @memory; if it is NULL, end the program. */
void *memory_check(void *memory);
