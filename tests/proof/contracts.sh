#!/usr/bin/env bash
# Proves with Frama-C's WP that functions keep contracts/: see README.md.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
# shellcheck source=tests/proof/frama-c.sh
. "$here/frama-c.sh"
top=$(cd "$here/../.." && pwd)

for tool in frama-c why3 z3 cvc4; do
    command -v "$tool" >/dev/null || skip_all "no $tool; Debian has it in $tool or frama-c-base"
done
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# When Frama-C fails, it leaves temporary files behind.
export TMPDIR=$tmp
export WHY3CONFIG=$tmp/why3.conf
why3 config detect >"$tmp/why3.log" 2>&1

# Prints how many goals are proven, of how many; and those that are not.
prove() ( # NAME FUNCTIONS MACHDEP TREE
    # Frama-C looks in the current directory first.
    cd "$4" || exit
    frama_c "$3" "$4" "-I$here/contracts -I$4" \
        -wp -wp-rte -wp-fct "$2" -wp-prover z3,cvc4 -wp-timeout 20 "$here/contracts/$1.c" 2>&1 |
        sed -nE 's/^\[wp\] \[Failed\] (.*)/not proven: \1/p; s/.*([Uu]ser [Ee]rror.*)/\1/p
            s/^\[wp\] Proved goals: *([0-9]+) \/ ([0-9]+)$/\1 of \2/p'
)

check() { # NAME FUNCTIONS
    local machdep got
    for machdep in $machdeps; do
        got=$(prove "$1" "$2" "$machdep" "$top")
        # All of them, and more than one.
        like "$1, $machdep: every goal is proven" "$got" '^([1-9][0-9]+) of \1$'
        diag "proof: $1 $machdep ${2//,/ }: $got"
    done
}
# Puts a defect into a copy of FILE.
breaks() { # NAME FUNCTION FILE SED
    cp -r "$top/libsubid-shim" "$top/nss_subid" "$tmp"
    sed -i "$4" "$tmp/$3"
    nok "$2: the defect is in the copy" cmp -s "$top/$3" "$tmp/$3"
    like "$2: with a defect in it, a goal is not proven" \
        "$(prove "$1" "$2" gcc_x86_64 "$tmp")" 'not proven: '
}

check line subid_line_parse,subid_range_contains,subid_range_last
breaks line subid_line_parse libsubid-shim/line.c \
    's/range.count - 1 > UINT32_MAX/range.count - 2 > UINT32_MAX/'
breaks line subid_line_parse libsubid-shim/line.c \
    's/return SUBID_LINE_EMPTY;/return ret_line->owner_len = 0, SUBID_LINE_EMPTY;/'
breaks line subid_range_contains libsubid-shim/range.h 's/start < range->count/start <= range->count/'
breaks line subid_range_last libsubid-shim/range.h 's/(range->count - 1)/range->count/'

check record arena_has_room,arena_advance,arena_put,arena_put_number,arena_end,arena_copy
breaks record arena_has_room nss_subid/record.c 's/return size <= arena->left;/return size <= arena->left + 1;/'
breaks record arena_advance nss_subid/record.c 's/arena->left -= size;/arena->left -= 1;/'
breaks record arena_put nss_subid/record.c 's/memcpy(arena->next,/memcpy(arena->next + 1,/'
breaks record arena_put_number nss_subid/record.c 's/digits, arena->next)/digits, arena->next + 1)/'
breaks record arena_end nss_subid/record.c 's/arena->full ? NULL : begin/begin/'
breaks record arena_copy nss_subid/record.c 's/char \*begin = arena->next;/char *begin = arena->next + 1;/'
done_testing
