#!/usr/bin/env bash
# Proves with Frama-C that no input leads to undefined behaviour: see README.md.
#
#   make check-proof
#   PROOFS='line frame' make check-proof      only these harnesses
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
# shellcheck source=tests/proof/frama-c.sh
. "$here/frama-c.sh"
top=$(cd "$here/../.." && pwd)

command -v frama-c >/dev/null || skip_all "no frama-c; Debian has it in frama-c-base"
tmp=${PROOF_DIR:-$(mktemp -d)}
[ -n "${PROOF_DIR-}" ] || trap 'rm -rf "$tmp"' EXIT
# When Frama-C fails, it leaves temporary files behind.
export TMPDIR=$tmp

# --- the harnesses ------------------------------------------------------------

names=()
declare -A sources functions bounds options defects
# SED puts a defect into a copy of FILE. The analysis of that copy must raise an alarm.
harness() { # NAME SOURCES FUNCTIONS BOUND OPTIONS FILE SED
    [[ " ${PROOFS-$1} " == *" $1 "* ]] || return 0
    names+=("$1")
    sources[$1]=$2 functions[$1]=$3 bounds[$1]=$4 options[$1]=$5 defects[$1]="$6 $7"
}

shim=libsubid-shim

harness line "$shim/line.c $shim/owner.c $shim/decimal.c" \
    'subid_line_parse parse_number digit_fault digit_value subid_owner_text_valid
     subid_owner_set_line subid_text_find' \
    'lines of 0 to 1,024 bytes' \
    '-eva-slevel-function main:1000,parse:500,subid_line_parse:100' \
    $shim/line.c 's/while (text < end && (\*text == /while (text <= end \&\& (*text == /'

harness owner "$shim/line.c $shim/owner.c $shim/decimal.c" \
    'subid_owner_set subid_owner_set_line subid_owner_is subid_owner_uid subid_decimal_parse
     subid_owner_text_valid subid_text_equal subid_text_begins' \
    'texts of 0 to 31 and 1,016 to 1,020 bytes' \
    '-eva-slevel-function main:1000' \
    $shim/owner.c "s/ret->text\[line->owner_len\] = '.0';//"

harness decimal $shim/decimal.c \
    'subid_decimal_digits subid_decimal_write subid_decimal_parse' \
    'all 64-bit values; texts of 0 to 11 bytes; 300 values read back' \
    '-eva-slevel 200' \
    $shim/decimal.c 's/len > SUBID_DECIMAL_32_MAX_BYTES/len > 20/; s/text < end; text++/text <= end; text++/'

harness record "nss_subid/record.c $shim/line.c $shim/owner.c $shim/decimal.c" \
    'nss_record_passwd nss_record_shadow nss_record_group arena_has_room arena_advance arena_put
     arena_put_number arena_end arena_copy arena_empty_list write_name write_gecos' \
    'buffers of 0 to 48, 2,110 to 2,122 and 4,096 bytes' \
    '-absolute-valid-range 0x100000-0x100fff
     -eva-slevel-function main:3000,write_users:500,write_group:500,choose:100' \
    nss_subid/record.c 's/if (size > arena->left)/if (size > arena->left + 1)/; s/return size <= arena->left;/return size <= arena->left + 1;/'

harness index $shim/index.c \
    'subid_index_find_id subid_index_find_owner subid_index_find_position count_starts find_line
     line_at find_first_line_of position_on has_position subid_index_bucket
     subid_index_next_bucket subid_index_is_owner subid_range_contains subid_text_equal
     subid_text_begins' \
    'any numbers in indexes of 0 to 3 lines, owners of 1 to 3 bytes' \
    '-eva-domains symbolic-locations -eva-slevel-function main:2000,choose_index:300,choose_owner:1100,subid_index_find_owner:300,subid_index_find_id:300,find_line:100' \
    $shim/index.c 's/lines\[n - 1\]/lines[n]/'

harness name "nss_subid/record.c $shim/line.c $shim/owner.c $shim/decimal.c" \
    'nss_record_parse_name nss_record_name_is_ours subid_text_length subid_text_begins
     subid_decimal_parse subid_owner_set' \
    'strings of 0 to 17 bytes, and one without a NUL' \
    '-eva-slevel-function main:3000,parse:500,subid_text_length:1100,nss_record_parse_name:3000' \
    nss_subid/record.c 's/NAME_MAX_BYTES + 1)/NAME_MAX_BYTES + 9)/'

harness reader $shim/reader.c \
    'subid_reader_open subid_reader_next subid_reader_buffered subid_reader_skip
     subid_reader_rewind subid_reader_close begin_pass begin_file check_file fill move_down
     drop_rest digest_line read_fault' \
    'one call of each function, from chosen states; two reads' \
    '-eva-slevel 200 -eva-slevel-function subid_text_find:0,digest_line:0' \
    $shim/reader.c 's/sizeof(reader->buf) - reader->end,/sizeof(reader->buf),/'

harness frame subid-userdbd/frame.c \
    'frame_read read_bytes frame_size frame_decode copy_of frame_ranges are_ranges
     frame_next_text frame_free values_size' \
    'frames of 0 to 2 values, 0 to 3 bytes of texts, in pieces' \
    '-eva-alloc-builtin fresh -eva-slevel 300 -eva-slevel-function main:1000,frame_read:1000,read:80' \
    subid-userdbd/frame.c 's/size - sizeof(header))/size)/'

# --- running them -------------------------------------------------------------

# shellcheck disable=SC2317
analyse() { # NAME MACHDEP TREE LOG
    local name=$1 machdep=$2 tree=$3 log=$4 source paths=()
    for source in ${sources[$name]}; do
        paths+=("$tree/$source")
    done
    # shellcheck disable=SC2086
    frama_c "$machdep" "$tree" '' \
        -eva -eva-no-show-progress -eva-msg-key=-final-states,-initial-state \
        -eva-slevel 20 -eva-split-return full \
        ${options[$name]} "$here/$name.c" "${paths[@]}" \
        -then -metrics -metrics-eva-cover >"$log" 2>&1 || echo "frama-c: status $?" >>"$log"
}

# Two at a time: an analysis has one thread.
start() { # FUNCTION ARGUMENT...
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do
        wait -n
    done
    "$@" &
}

# A copy of the sources, with the defect.
break_source() { # NAME
    local file=${defects[$1]%% *} copy=$tmp/$1
    mkdir "$copy"
    cp -r "$top/libsubid-shim" "$top/nss_subid" "$top/subid-userdbd" "$copy"
    sed "${defects[$1]#* }" "$top/$file" >"$copy/$file"
}

for name in "${names[@]}"; do
    for machdep in $machdeps; do
        start analyse "$name" "$machdep" "$top" "$tmp/$name.$machdep"
    done
    break_source "$name"
    start analyse "$name" gcc_x86_64 "$tmp/$name" "$tmp/$name.broken"
done
wait

# --- what they say ------------------------------------------------------------

# Prints the number of alarms, and of assertions and preconditions that are not proven. Prints
# nothing if the analysis did not end.
alarms_in() { # LOG
    awk '/ alarms? generated by the analysis/ { n = $1; seen = 1 }
        /^ *(Assertions|Preconditions) / { n += $4 + $6 }
        /^frama-c: status|[Uu]ser [Ee]rror|will not be used|\[kernel\] Frama-C aborted/ { failed = 1 }
        END { if (seen && !failed) print n + 0 }' "$1"
}

# Prints the functions of which not every statement was reached. The log has a function of a
# header once for each file that includes it, with a number behind its name.
missed_in() { # LOG FUNCTION...
    local log=$1 function
    shift
    for function in main "$@"; do
        grep -Eq "^  $function(_[0-9]+)?: .*\(100\.0%\)" "$log" || echo "$function"
    done
}

complain() { grep -A 2 -E 'alarm|[Uu]ser [Ee]rror|will not be used|status' "$1" | head -n 60; }

check() { # NAME MACHDEP
    local log=$tmp/$1.$2 alarms missed
    alarms=$(alarms_in "$log")
    # shellcheck disable=SC2086
    missed=$(missed_in "$log" ${functions[$1]})
    is "$1, $2: no alarm, and every statement is reached" "$alarms alarms; missed: $missed" \
        "0 alarms; missed: "
    [ "$alarms:$missed" = 0: ] || diag "$(complain "$log")"
    table+=$(printf '%-8s %-10s %6s  %s' "$1" "$2" "${alarms:-?}" "${bounds[$1]}")$'\n'
}

table=$(printf '%-8s %-10s %6s  %s' harness machdep alarms bound)$'\n'
for name in "${names[@]}"; do
    for machdep in $machdeps; do
        check "$name" "$machdep"
    done
    is "$name: the defect is in the copy" "$(cmp -s "$top/${defects[$name]%% *}" \
        "$tmp/$name/${defects[$name]%% *}" && echo same)" ''
    like "$name: a defect in the source is an alarm" "$(alarms_in "$tmp/$name.broken")" '^[1-9]'
done
while read -r row; do diag "proof: $row"; done <<<"${table%$'\n'}"
for name in "${names[@]}"; do
    diag "$name: $(tr -s ' \n' ' ' <<<"${functions[$name]}")"
done
done_testing
