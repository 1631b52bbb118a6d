/* SPDX-License-Identifier: BSD-3-Clause */
/* Whatever the size of a buffer and the length of a text, nothing is written outside the buffer. */
#include "record.h"

#include <string.h>

#include "contracts/owner.c"

/* As in record.c, in which they are used before a contract can stand behind them. */
#define PREFIX_LEN 7
static const char prefixes[2][PREFIX_LEN + 1];

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

/*@ requires kind == SUBID_UID || kind == SUBID_GID;
    requires readable_string(name, PREFIX_LEN);
    assigns \nothing;
    ensures \result <==> same(name, &prefixes[kind][0], PREFIX_LEN);
    ensures whole: \result ==> has_no_nul(name, PREFIX_LEN);
*/
bool nss_record_name_is_ours(enum subid_kind kind, const char *name);

/*@ requires kind == SUBID_UID || kind == SUBID_GID;
    requires readable_string(name, PREFIX_LEN);
    requires same(name, &prefixes[kind][0], PREFIX_LEN) ==>
	     readable_string(name + PREFIX_LEN, NAME_MAX_BYTES + 1);
    requires \valid(ret_owner) && \valid(ret_id) && \separated(ret_owner, ret_id);
    requires \separated(ret_owner, name + (0 .. PREFIX_LEN + NAME_MAX_BYTES));
    requires \separated(ret_id, name + (0 .. PREFIX_LEN + NAME_MAX_BYTES));
    assigns ret_owner->len, ret_owner->place, ret_owner->text[0 .. SUBID_OWNER_MAX_BYTES],
	    *ret_id;
    ensures \result == 0 || \result == -ENOENT;
    ensures fault: \result != 0 ==> *ret_id == \old(*ret_id);
    ensures prefix: \result == 0 ==> \old(same(name, &prefixes[kind][0], PREFIX_LEN));
    ensures valid: \result == 0 ==> \let len = ret_owner->len;
	    \old(owner_text(name + PREFIX_LEN, len));
    ensures dash: \result == 0 ==> \let len = ret_owner->len;
	    \old(name[PREFIX_LEN + len]) == '-';
    ensures owner: \result == 0 ==> ret_owner->text[ret_owner->len] == 0 &&
	    same(&ret_owner->text[0], name + PREFIX_LEN, ret_owner->len);
*/
int nss_record_parse_name(enum subid_kind kind, const char *name, struct subid_owner *ret_owner,
			  uint32_t *ret_id);
