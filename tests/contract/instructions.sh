#!/usr/bin/env bash
# The work of a lookup, counted instead of timed: user instructions, which
# valgrind counts the same every time, and system calls. Ten per cent more
# instructions than recorded, or one more system call, is a regression.
#
#   instructions.sh --record    writes what it counts to instructions.tsv, which has a
#                               section for each compiler and glibc
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"
# shellcheck source=tests/host.sh
. "$abs_top_srcdir/tests/host.sh"

recorded=$abs_top_srcdir/tests/contract/instructions.tsv

for program in readelf strace valgrind; do
    command -v "$program" >/dev/null || skip_all "$program is not installed"
done
readelf -Ws "$host_module" | grep -Eq '__(asan|tsan|ubsan)_|__gcov' &&
    skip_all "an instrumented module does not ship"
# The counts depend on the machine, the compiler and its flags.
compiler=$(readelf -p .comment "$host_module" |
    sed -nE 's/.*\] *GCC: .*\) ([0-9]+)\..*/GCC \1/p; s/.*(clang) version ([0-9]+).*/\1 \2/p' | sort -u)
machine="$(uname -m), glibc $(getconf GNU_LIBC_VERSION | sed 's/glibc //'), $compiler, $(
    sed -n 's/^CFLAGS = //p' "$abs_top_builddir/Makefile")"
recorded_here() { awk -v machine="# $machine" '/^#/ { here = $0 == machine; next } here' "$recorded"; }
[ "${1-}" = --record ] || [ -n "$(recorded_here)" ] || skip_all "nothing was recorded for $machine"

host_enter "$@"
host_add_module "$abs_top_builddir/bench/libnss_null.so.2" ||
    host_fail "the null module is not built"
host_add_program "$abs_top_builddir/bench/lookups"

# How long ld.so searches its cache depends on what else the host has installed.
export LD_LIBRARY_PATH=$host_dir/lib
# libc has several versions of memchr and the like. This selects those that run on every machine.
export GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-AVX512F,-AVX512VL,-BMI2,-ERMS,-EVEX

# Of owners o00000, o00001 and so on. Between two ranges is one ID that nobody owns.
set_ranges() { # COUNT
    local file
    for file in subuid subgid; do
        awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++)
            printf("o%05d:%.0f:65535\n", i, 200000 + i * 65536) }' | host_write "/etc/$file"
    done
    owner=$(printf 'o%05d' $(($1 - 1)))
    id=$((200000 + ($1 - 1) * 65536 + 5))
    absent=$((id - 5 + 65535))
    # A file that changed just now is read twice.
    host_settle
}

count_once() { # LOOKUP...: sets $instructions and $calls of a process that asks once
    instructions=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --vgdb=no \
        lookups once "$@" 2>&1 | sed -n 's/^==[0-9]*== Collected : //p')
    calls=$(strace -qq -o /dev/stdout lookups once "$@" | wc -l)
}

# The cost of the null module is subtracted: glibc pays it to find and load any module.
declare -A null_instructions null_calls
cold() { # WHAT SERVICES FUNCTION ANSWER KEY
    if [ -z "${null_calls[$3]-}" ]; then
        count_once null "$3" absent "$5"
        null_instructions[$3]=$instructions
        null_calls[$3]=$calls
    fi
    count_once "${@:2}"
    count "$1" $((instructions - null_instructions[$3])) $((calls - null_calls[$3]))
}

hot() { # WHAT FUNCTION ANSWER KEY: for hot_all
    hot_names+=("$1")
    hot_lookups+=("${@:2}")
}
# One process makes all of these lookups, because valgrind needs most of its time to start. Twenty
# lookups are between the first and the second call of mark(), the third and the fourth, and so on.
hot_all() { # SERVICES
    local i n=0
    rm -f parts*
    valgrind --tool=callgrind --callgrind-out-file=parts --dump-before=mark --vgdb=no --quiet \
        lookups steady "$1" "${hot_lookups[@]}"
    strace -qq -o traced lookups steady "$1" "${hot_lookups[@]}"
    mapfile -t calls < <(awk '/^getppid\(/ { if (marks++ % 2) print n; n = 0; next } { n++ }' traced)
    for ((i = 0; i < ${#hot_names[@]}; i++)); do
        n=$((n + 2))
        count "${hot_names[i]}" $(($(sed -n 's/^totals: //p' "parts.$n") / 20)) $((calls[i] / 20))
    done
    hot_names=()
    hot_lookups=()
}
hot_names=()
hot_lookups=()

count() { # WHAT INSTRUCTIONS CALLS
    [ "$2" -gt 0 ] && printf '%s\t%s\t%s\n' "$@" >>counted
}

ranges() { [ "$1" -eq 1 ] && echo "1 range" || echo "$1 ranges"; }

count_all() {
    local size of
    for size in 1 1000; do
        set_ranges "$size"
        of=$(ranges "$size")
        cold "first passwd hit, $of" subid getpwuid_r found "$id"
        cold "first passwd miss, $of" subid getpwuid_r absent "$absent"
        cold "first group hit, $of" subid getgrgid_r found "$id"
        cold "first passwd hit by name, $of" subid getpwnam_r found "subuid-$owner-$id"
        hot "passwd hit, $of" getpwuid_r found "$id"
        hot "passwd miss, $of" getpwuid_r absent "$absent"
        hot "passwd hit by name, $of" getpwnam_r found "subuid-$owner-$id"
        hot "group hit, $of" getgrgid_r found "$id"
        hot "group miss, $of" getgrgid_r absent "$absent"
        hot "group hit by name, $of" getgrnam_r found "subgid-$owner-$id"
        hot_all subid
    done
    cold "first foreign name" subid getpwnam_r absent postgresql
    hot "foreign user name" getpwnam_r absent postgresql
    hot "foreign group name" getgrnam_r absent postgresql
    hot_all subid
}

count_all

if [ "${1-}" = --record ]; then
    others=$(awk -v machine="# $machine" '/^#/ { here = $0 == machine } !here' "$recorded")
    # Written in place and not renamed: the directory may belong to another user.
    { echo "$others" && echo "# $machine" && cat counted; } >"$recorded"
    cat counted
    exit
fi

is "what is counted is what was recorded" "$(cut -f1 counted)" "$(recorded_here | cut -f1)"

while IFS=$'\t' read -r what instructions calls; do
    read -r most_instructions most_calls < <(recorded_here |
        awk -F'\t' -v what="$what" '$1 == what { print $2, $3 }')
    diag "$what: $instructions instructions, recorded: ${most_instructions:=0}"
    ok "$what: at most 10 % more instructions than recorded" \
        [ $((instructions * 10)) -le $((most_instructions * 11)) ]
    is "$what: as many system calls as recorded" "$calls" "${most_calls-}"
done <counted

done_testing
