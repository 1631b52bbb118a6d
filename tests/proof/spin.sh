#!/usr/bin/env bash
# Spin searches every interleaving of the protocol of libsubid-shim/cache.c. cache-protocol.md
# says what is proven. Then Spin must find an error in each of several broken models.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"

for program in spin gcc; do
    command -v $program >/dev/null || skip_all "no $program"
done

here=$abs_top_srcdir/tests/proof
shim=$abs_top_srcdir/libsubid-shim
work=$(mktemp -d) || exit
trap 'rm -rf "$work"' EXIT

# --- the names ----------------------------------------------------------------

# "FUNCTION: OPERATION FIELD ORDER" of each atomic operation in cache.c, in its order.
operations() {
    sed 's|/\*.*\*/||' "$shim/cache.c" | awk '
        /^[a-z]/ && match($0, /[a-z_]+\(/) { function_name = substr($0, RSTART, RLENGTH - 1) }
        { code = code " " $0 }
        /[;{}]/ {
            while (match(code, /atomic_[a-z_]+\(&[^,)]*/)) {
                call = substr(code, RSTART, RLENGTH)
                code = substr(code, RSTART + RLENGTH)
                operation = field = call
                sub(/\(.*/, "", operation)
                sub(/.*(->|\.)/, "", field)
                order = "seq_cst"
                # Up to the next operation of the same statement.
                rest = code
                sub(/atomic_[a-z_]+\(.*/, "", rest)
                if (match(rest, /memory_order_[a-z_]+/))
                    order = substr(rest, RSTART + 13, RLENGTH - 13)
                print function_name ": " operation " " field " " order
            }
            code = ""
        }'
}
without_order() { sed 's/ [a-z_]*$//'; }
# The same, from the model. An operation may be at several places; the first one counts.
modelled() { sed -n 's|.*/\* C: \([a-z_]*: atomic_[a-z_]* [a-z]*\) \*/.*|\1|p' "$here/cache.pml" | awk '!seen[$0]++'; }
# Sorted by function: in the model, the steps of a called function are at the call.
by_function() { sort -s -t: -k1,1; }

# "FUNCTION FILE" of every function that the model names.
named() {
    sed -n 's|.*/\* C: \([a-z_]*\)\(: [^ ]*\)\{0,1\}\(.*\) \*/.*|\1 \3|p' "$here/cache.pml" |
        awk '{ print $1, ($2 ~ /\.[ch]$/ ? $2 : "cache.c") }' | sort -u
}
missing() { # of the functions that the model names
    local function file
    while read -r function file; do
        grep -Eq "^[a-zA-Z].*[ *]$function\(" "$shim/$file" || echo "$function in $file"
    done < <(named)
}

is "the model has a step for each atomic operation of cache.c, in the same order" \
    "$(modelled | by_function)" "$(operations | without_order | by_function)"
is "each function that the model names is where it says" "$(missing)" ""
like "it names at least ten functions" "$(named | wc -l)" '^[1-9][0-9]$'
# shellcheck disable=SC2016
is "cache-protocol.md has a row for each atomic operation of cache.c, with its order" \
    "$(sed -n 's/^| `\([a-z_]*\)` | `\([a-z_]*\)` | `\([a-z]*\)` | \([a-z_]*\) |.*/\1: \2 \3 \4/p' \
        "$here/cache-protocol.md")" \
    "$(operations)"

TIMEFORMAT='%0U s of CPU time'

# --- the protocol -------------------------------------------------------------

# Prints the output of the search of a model. Every state is stored in full, not as a hash. Spin
# clears its stack of DEPTH steps and its table of 2^BITS places first, and enlarges the table when
# it is full. Compiling with -O2 takes longer than it saves.
search() { # MODEL DEPTH BITS DEFINITION...
    local model=$1 depth=$2 bits=$3 define flags=()
    shift 3
    set -- "${@/#/-D}"
    # Spin's partial order reduction is wrong for processes with `provided`.
    for define; do
        case $define in -DFORK=2 | -DHANDLER=1) flags+=(-DNOREDUCE) ;; esac
    done
    rm -rf "$work/run" && mkdir "$work/run" && cd "$work/run" || return
    spin -a "$@" "$model" &&
        gcc -w -O0 -DSAFETY -DNOFAIR -DCOLLAPSE -DMEMLIM=4000 "${flags[@]}" -o pan pan.c &&
        time timeout 1800 ./pan -n -m"$depth" -w"$bits"
}
from_report() { # REPORT SED-PATTERN
    sed -n "s/$2/\1/p" <<<"$1" | head -n 1
}

# Prints why a search proves nothing: it found an error, or is not complete.
faults() { # REPORT
    grep -Ei '^pan:[0-9]*:|^error|not completed|out of memory|: error' <<<"$1"
    grep -q '^State-vector .* errors: 0$' <<<"$1" || echo "no end of the search"
    grep -q '^Full statespace search' <<<"$1" || echo "not a full search"
}

table=()
exhaust() { # NAME DEFINITION...
    local name=$1 report
    shift
    report=$(search "$here/cache.pml" 2000000 22 "$@" 2>&1)
    is "$name: every state holds" "$(faults "$report")" ""
    table+=("$(printf '%-42s %10s %11s %6s MB %4s s' "$name" \
        "$(from_report "$report" ' *\([0-9]*\) states, stored.*')" \
        "$(from_report "$report" ' *\([0-9]*\) transitions .*')" \
        "$(from_report "$report" ' *\([0-9]*\)\.[0-9]*[^0-9]*total actual memory usage')" \
        "$(from_report "$report" '\([0-9]*\) s of CPU time')")")
}

exhaust "3 readers, 2 writers, 2 seats" SEATS=2 READERS=3 WRITERS=2 LOOKUPS=0 FORK=0 HANDLER=0
exhaust "2 readers, 2 writers, 3 seats" SEATS=3 READERS=2 WRITERS=2 LOOKUPS=0 FORK=0 HANDLER=0
exhaust "a child of 2 readers, 2 writers" SEATS=2 READERS=2 WRITERS=2 LOOKUPS=0 FORK=2 HANDLER=0
exhaust "a child and 1 reader, 1 writer" SEATS=2 READERS=1 WRITERS=1 LOOKUPS=1 FORK=1 HANDLER=0
exhaust "a signal handler, 1 reader, 2 writers" SEATS=2 READERS=1 WRITERS=1 LOOKUPS=1 FORK=0 HANDLER=1

# --- the model can fail -------------------------------------------------------

replaced='assertion violated .*replacing\['
freed='assertion violated .?mapped\[[^=]*$'
lost='assertion violated \(mapped\[.*==\(index'
taken='assertion violated .*seats\[.*==0'
waiting='assertion violated \(steps<='
asleep='invalid end state'

broken() { # WHAT EXPECTED DEFINITIONS SED-SCRIPT
    local report definitions
    read -ra definitions <<<"$3"
    sed -E "$4" "$here/cache.pml" >"$work/broken.pml"
    ! cmp -s "$here/cache.pml" "$work/broken.pml" || { nok "$1: the model is changed" true; return; }
    report=$(search "$work/broken.pml" 10000 16 "${definitions[@]}" 2>&1)
    like "noticed: $1" "$(grep '^pan:1: ' <<<"$report" || echo "$report")" "^pan:1: ($2)"
}
few="SEATS=2 READERS=1 WRITERS=1 LOOKUPS=0 FORK=0 HANDLER=0"
more_readers=${few/READERS=1/READERS=2}
more_writers=${few/WRITERS=1/WRITERS=2}
fork=${few/FORK=0/FORK=2}
ends=${few/LOOKUPS=0/LOOKUPS=1}
handler=${ends/WRITERS=1/WRITERS=0}
handler=${handler/HANDLER=0/HANDLER=1}

broken "a writer leaves out the last seat" "$freed|$replaced" "$few" \
    's/count == SEATS -> claimed/count == SEATS - 1 -> claimed/'
broken "a writer claims a seat that a reader holds" "$freed|$replaced" "$few" \
    's/SEAT\(p, count\) == 0 -> SEAT\(p, count\) = CLAIMED/true -> SEAT(p, count) = SEAT(p, count) + CLAIMED/'
broken "a writer tries a seat again and again" "$waiting" "$few" \
    's/:: else -> claimed = false; break/:: else/'
broken "a writer sleeps until a seat is free" "$asleep" "$fork" \
    '/:: else -> claimed = false; break/d'
broken "a writer keeps seats when it gives up" "$taken" "$few" \
    's/(!claimed && count > 0 ->) release_seats.*/\1 count = 0/'
broken "a writer puts 0 into a seat" "$taken" "$few" \
    's/SEAT\(p, i\) = SEAT\(p, i\) - CLAIMED/SEAT(p, i) = 0/'
broken "a writer replaces the index without the seats" "$freed|$replaced" "$few" \
    '/replace_index \*/,/^ended/ { s/claim_seats\(p\)/claimed = true/; s/release_seats\(p, true\)/replacing[p] = false/ }'
broken "a writer releases the seats, then stores the index" "$freed|$replaced" "$few" \
    's/index\[p\] = new;/skip } release_seats(p, false); atomic { skip;/
     s/^\t\tnew = NONE$/skip/
     s/release_seats\(p, true\)/atomic { index[p] = new; new = NONE; replacing[p] = false }/'
broken "a writer does not unmap what it could not put in" "$lost" "$few" \
    's/MAPPED\(p, new\) = false; //'
broken "a writer goes on beside another" 'assertion violated \(new<=' "$more_writers" \
    '/:: building\[p\] -> end_lookup/d'
broken "a writer is never done" 'assertion violated .*building\[' "$few" \
    's/building\[p\] = false/skip/'
broken "a writer waits for another, in a signal handler" "$asleep" "$handler" \
    '/:: building\[p\] -> end_lookup/d; s/:: else -> building\[p\] = true/:: !building[p] -> building[p] = true/'
broken "a reader takes a claimed seat" "$freed|$replaced" "$few" \
    's/found = SEAT\(p, mine\) < CLAIMED/found = true/'
broken "a reader loads the index, then takes a seat" "$freed" "$few" \
    's/begin_lookup\(p\);/begin_lookup(p); used = index[p] } atomic {/
     /assert\(!replacing/d; s/^\t\tused = index\[p\];/skip;/'
broken "a reader takes a seat by a load and a store" "$taken" "$more_readers" \
    's/SEAT\(p, mine\)\+\+;/i = SEAT(p, mine) } atomic { SEAT(p, mine) = i + 1; i = 0;/'
broken "a reader leaves its seat, then reads the index" "$freed" "$few" \
    's/read_mapping\(p, used\);/skip;/; s/^\t\tused = NONE;/skip;/
     s/SEAT\(p, mine\)--;/SEAT(p, mine)-- } atomic { if :: used != NONE -> read_mapping(p, used); used = NONE :: else fi;/'
broken "a reader stays in a claimed seat" "$taken" "$few" \
    's/:: !found -> goto/:: !found -> claimed = true; goto/
     s/SEAT\(p, mine\)--/SEAT(p, mine) = (claimed -> SEAT(p, mine) : SEAT(p, mine) - 1); claimed = false/'
broken "two readers are counted as one" "$freed|$replaced" "$more_readers" \
    's/SEAT\(p, mine\)\+\+/SEAT(p, mine) = SEAT(p, mine) | 1/; s/SEAT\(p, mine\)--/SEAT(p, mine) = SEAT(p, mine) \& CLAIMED/'
broken "a signal handler ends its thread's stay" "$freed|$replaced|$taken" "$handler" \
    's/SEAT\(p, mine\)--/SEAT(p, mine) = (is_handler -> SEAT(p, mine) \& CLAIMED : SEAT(p, mine) - 1)/'
broken "a child begins with free seats" "$freed|$replaced" "$fork" \
    's/(SEAT\(CHILD, i\)|forked_seats\[i\]) = SEAT\(PARENT, i\)/\1 = 0/'

# `make check-proof` shows these lines.
diag "$(printf 'proof: %-42s %10s %11s %9s %6s' "the cache's protocol" states transitions memory time)"
for row in "${table[@]}"; do diag "proof: $row"; done
done_testing
