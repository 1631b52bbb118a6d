/* SPDX-License-Identifier: BSD-3-Clause */
/* Whatever the size of a buffer and the length of a text, nothing is written outside the buffer. */
#include "decimal.h"
#include "record.h"

#include <string.h>

/*@ assigns \nothing;
    ensures 1 <= \result <= 20; */
size_t subid_decimal_digits(uint64_t value);

/*@ requires digits <= 20 && \valid(ret + (0 .. digits - 1));
    assigns ret[0 .. digits - 1]; */
void subid_decimal_write(uint64_t value, size_t digits, char *ret);

#include "nss_subid/record.c"

/*@ predicate usable(struct arena *arena) =
      \valid(arena) && \valid(arena->next + (0 .. arena->left - 1)) &&
      \separated(arena, arena->next + (0 .. arena->left - 1));

    predicate outside(struct arena *arena, char *text, integer len) =
      \valid_read(text + (0 .. len - 1)) &&
      \separated(arena, text + (0 .. len - 1)) &&
      \separated(arena->next + (0 .. arena->left - 1), text + (0 .. len - 1));

    predicate same_end{K, L}(struct arena *arena) =
      \at(arena->left, L) <= \at(arena->left, K) &&
      \at(arena->next + arena->left, L) == \at(arena->next + arena->left, K);
*/

/*@ requires usable(arena);
    assigns arena->full;
    ensures \result <==> size <= arena->left;
    ensures arena->full == (\old(arena->full) || !\result);
    ensures usable(arena);
*/
static bool arena_has_room(struct arena *arena, size_t size);

/*@ requires usable(arena) && size <= arena->left;
    assigns arena->next, arena->left;
    ensures usable(arena) && same_end{Pre, Post}(arena);
*/
static void arena_advance(struct arena *arena, size_t size);

/*@ requires usable(arena) && outside(arena, text.text, text.len);
    assigns *arena, arena->next[0 .. arena->left - 1];
    ensures usable(arena) && same_end{Pre, Post}(arena);
*/
static inline void arena_put(struct arena *arena, struct text text);

/*@ requires usable(arena);
    assigns *arena, arena->next[0 .. arena->left - 1];
    ensures usable(arena) && same_end{Pre, Post}(arena);
*/
static void arena_put_number(struct arena *arena, uint64_t value);

/*@ requires usable(arena);
    assigns *arena, arena->next[0 .. arena->left - 1];
    ensures usable(arena) && same_end{Pre, Post}(arena);
    ensures \result == (arena->full ? (char *)\null : begin);
*/
static char *arena_end(struct arena *arena, char *begin);

/*@ requires usable(arena) && outside(arena, text.text, text.len);
    assigns *arena, arena->next[0 .. arena->left - 1];
    ensures usable(arena) && same_end{Pre, Post}(arena);
    ensures \result == (arena->full ? (char *)\null : \old(arena->next));
*/
static inline char *arena_copy(struct arena *arena, struct text text);
