#!/usr/bin/env bash
# Proves with Frama-C's WP that functions keep contracts/: see README.md.
#
#   make check-proof
#   CONTRACTS='reader' make check-proof      only these files of contracts/
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
# shellcheck source=tests/proof/frama-c.sh
. "$here/frama-c.sh"
top=$(cd "$here/../.." && pwd)

for tool in frama-c why3 cvc4; do
    command -v "$tool" >/dev/null || skip_all "no $tool; Debian has it in $tool or frama-c-base"
done
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# When Frama-C fails, it leaves temporary files behind.
export TMPDIR=$tmp
export WHY3CONFIG=$tmp/why3.conf
why3 config detect >"$tmp/why3.log" 2>&1

# Steps limit the prover, not seconds, so that a slow machine proves the same. The hardest goal takes
# half of them. The machines and the defective copies share a cache, in which a goal that stays the
# same is proven once. With pruning, subid_reader_next() takes twice the time.
prove() ( # NAME FUNCTIONS MACHDEP TREE OPTION...
    # Frama-C looks in the current directory first.
    cd "$4" || exit
    frama_c "$3" "$4" "-I$here/contracts -I$here -I$4" \
        -wp -wp-rte -wp-fct "$2" -wp-prover cvc4 -wp-steps 200000 -wp-timeout 300 -wp-par 2 \
        -wp-no-pruning -wp-cache update -wp-cache-dir "$tmp/cache" "${@:5}" \
        "$here/contracts/$1.c" 2>&1
)

# Prints how many goals are proven, of how many; and those that are not.
summary() { # LOG
    sed -nE '/ : Valid/!s/^\[wp\] .*Goal (typed_[A-Za-z0-9_]*).*/not proven: \1/p
        s/.*([Uu]ser [Ee]rror.*)/\1/p
        s/^\[wp\] Proved goals: *([0-9]+) \/ ([0-9]+)$/\1 of \2/p' "$1"
}

# A copy of the sources, with the annotations inside functions.
mkdir "$tmp/tree"
cp -r "$top/libsubid-shim" "$top/nss_subid" "$top/subid-userdbd" "$tmp/tree"
missing=$(
    sed -nE 's/^([a-z_-]+\/[a-z_]+\.[ch]) [a-z_]+$/\1/p' "$here/contracts/notes" | sort -u |
        while read -r file; do
            awk -v file="$file" -f "$here/annotate.awk" "$here/contracts/notes" "$top/$file" \
                2>&1 >"$tmp/tree/$file"
        done
)
is "each annotation has its line in the code" "$missing" ''

for name in ${CONTRACTS-}; do
    ok "CONTRACTS: there is a check $name" grep -q "^check $name " "$0"
done

proven=0
wanted() { [[ " ${CONTRACTS-$1} " == *" $1 "* ]]; }

check() { # NAME MACHDEPS FUNCTION...
    local name=$1 machdep got functions=${*:3}
    wanted "$name" || return 0
    for machdep in $2; do
        prove "$name" "${functions// /,}" "$machdep" "$tmp/tree" >"$tmp/log"
        got=$(summary "$tmp/log")
        proven=$((proven + 1))
        # All of them, and more than one.
        like "$name, $machdep: every goal is proven" "$got" '^([1-9][0-9]+) of \1$'
        grep -iq 'error' "$tmp/log" && diag "$(grep -iE -A 3 'error' "$tmp/log")"
        diag "proof: $(printf '%-8s %-10s %-10s %2d functions, any input' "$name" "$machdep" \
            "${got%%$'\n'*}" $(($# - 2)))"
    done
    diag "$name: $functions"
}

# Puts a defect into the copy for FUNCTION. Then a goal (if a name is given, this one) must not be
# proven: that it keeps its promise, or that it may call another function. One copy has the defects
# of many functions: what is proven of a function does not depend on what others do, but on what
# their contracts say.
broken=()
breaks() { # FUNCTION[/GOAL] FILE SED
    [ -d "$tmp/broken" ] || cp -r "$tmp/tree" "$tmp/broken"
    cp "$tmp/broken/$2" "$tmp/before"
    # Only in the function itself.
    sed -i "/^[a-zA-Z].*[ *]${1%/*}(/,/^}/ { $3; }" "$tmp/broken/$2"
    nok "$1: the defect is in the copy" cmp -s "$tmp/before" "$tmp/broken/$2"
    broken+=("$1")
}
breaks_end() { # NAME
    local functions goal
    # Fewer steps: for this machine, the hardest goal takes 50,000.
    functions=$(printf '%s\n' "${broken[@]%/*}" | sort -u | paste -sd,)
    prove "$1" "$functions" gcc_x86_64 "$tmp/broken" \
        -wp-prop @ensures,@requires -wp-steps 60000 >"$tmp/log"
    for goal in "${broken[@]}"; do
        like "${goal%/*}: with a defect in it, a goal is not proven" "$(summary "$tmp/log")" \
            "not proven: typed_${goal/\//_}"
    done
    rm -r "$tmp/broken"
    broken=()
}

# The largest number in the reader is the size of its buffer, so that one machine is enough.
check reader gcc_x86_64 subid_text_find subid_reader_open subid_reader_close check_file read_fault \
    begin_pass begin_file move_down drop_rest fill digest_line subid_reader_next \
    subid_reader_buffered subid_reader_skip subid_reader_rewind compare_pass subid_reader_verify
if wanted reader; then
    reader=libsubid-shim/reader.c
    breaks subid_text_find libsubid-shim/text.h 's/return text;/return text + 1;/'
    breaks begin_pass $reader 's/reader->begin = 0/reader->begin = 1/'
    breaks check_file $reader 's/return -EINVAL/return 1/'
    breaks subid_reader_open $reader '/begin_file/d'
    breaks move_down $reader '/from_start/d'
    breaks drop_rest $reader 's/if (reader->begin > SUBID_LINE_MAX_BYTES/if (reader->begin > SUBID_READER_BYTES/'
    breaks fill $reader 's/sizeof(reader->buf) - reader->end,/sizeof(reader->buf),/'
    breaks subid_reader_next/call_fill $reader 's/have > SUBID_LINE_MAX_BYTES/have > SUBID_READER_BYTES/'
    breaks subid_reader_next/ensures_first $reader 's/reader->begin == 0/reader->lines == 0/'
    breaks subid_reader_skip $reader 's/+= bytes/+= bytes + 1/'
    breaks subid_reader_verify $reader 's/: -ESTALE/: 1/'
    breaks_end reader
fi

check line "$machdeps" subid_text_begins subid_text_equal subid_text_length subid_decimal_parse \
    subid_owner_text_valid digit_value digit_fault parse_number subid_line_parse \
    subid_range_contains subid_range_last
if wanted line; then
    text=libsubid-shim/text.h line=libsubid-shim/line.c range=libsubid-shim/range.h
    breaks subid_text_begins $text 's/i == len/i <= len/'
    breaks subid_text_equal $text 's/a_len == b_len && //'
    breaks subid_text_length $text "s/!= '.0'/!= ':'/"
    breaks subid_decimal_parse libsubid-shim/decimal.c 's/len > SUBID_DECIMAL_32_MAX_BYTES/len > 20/'
    breaks subid_owner_text_valid $line '/^[^a-z]*if (c > /s/0x7f/0x7e/'
    breaks digit_value $line "s/(c - 'A') + 10/(c - 'A') + 20/"
    breaks digit_fault $line 's/subid_text_find(text, end, .:.)/subid_text_find(text, end + 1, 0)/'
    breaks subid_line_parse/ensures_range $line 's/range.count - 1 > UINT32_MAX/range.count - 2 > UINT32_MAX/'
    breaks subid_line_parse/ensures_fault $line \
        's/return SUBID_LINE_EMPTY;/return ret_line->owner_len = 0, SUBID_LINE_EMPTY;/'
    breaks subid_range_contains $range 's/start < range->count/start <= range->count/'
    breaks subid_range_last $range 's/(range->count - 1)/range->count/'
    breaks_end line
fi

check owner "$machdeps" subid_owner_set_line subid_owner_set subid_owner_is subid_owner_uid
if wanted owner; then
    owner=libsubid-shim/owner.c
    breaks subid_owner_set_line $owner "/ret->text\[line->owner_len\] = /d"
    breaks subid_owner_set $owner 's/!subid_owner_text_valid(text, len)/len == 0/'
    breaks subid_owner_is $owner 's/owner->text, owner->len)/owner->text, owner->len + 1)/'
    breaks subid_owner_uid $owner 's/ || uid == UINT32_MAX//'
    breaks_end owner
fi

check record "$machdeps" nss_record_name_is_ours nss_record_parse_name arena_has_room \
    arena_advance arena_put arena_put_number arena_end arena_copy
if wanted record; then
    record=nss_subid/record.c
    breaks nss_record_name_is_ours $record 's/prefixes\[kind\], PREFIX_LEN)/prefixes[kind], PREFIX_LEN - 1)/'
    breaks nss_record_parse_name $record 's/(size_t)(end - digits), &id)/(size_t)(end - digits), ret_id)/'
    breaks arena_has_room $record 's/return size <= arena->left;/return size <= arena->left + 1;/'
    breaks arena_advance $record 's/arena->left -= size;/arena->left -= 1;/'
    breaks arena_put $record 's/memcpy(arena->next,/memcpy(arena->next + 1,/'
    breaks arena_put_number $record 's/digits, arena->next)/digits, arena->next + 1)/'
    breaks arena_end $record 's/arena->full ? NULL : begin/begin/'
    breaks arena_copy $record 's/char \*begin = arena->next;/char *begin = arena->next + 1;/'
    breaks_end record
fi

# Where a size has 32 bits, it is most likely to wrap.
check frame ppc_32 are_ranges frame_next_text read_bytes frame_write values_size
if wanted frame; then
    frame=subid-userdbd/frame.c
    breaks are_ranges $frame 's/return false/return true/'
    breaks frame_next_text $frame 's/next < frame->texts + frame->texts_size/next <= frame->texts + frame->texts_size/'
    breaks read_bytes $frame 's/bytes, size)/bytes, size + 1)/'
    breaks frame_write $frame 's/size - done, MSG_NOSIGNAL/size, MSG_NOSIGNAL/'
    breaks values_size $frame 's/n \* sizeof(uint32_t)/n * 2/'
    breaks_end frame
fi
ok "there is something to prove" [ "$proven" -gt 0 ]
done_testing
