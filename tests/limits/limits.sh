#!/usr/bin/env bash
# Lookups where there is no descriptor, no memory, no stack, or no system call
# left: the right answer or an honest fault, in the first lookups of a process,
# which read the files, and in later ones, which ask an index.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"
# shellcheck source=tests/host.sh
. "$abs_top_srcdir/tests/host.sh"
host_enter "$@"
host_add_program "$abs_top_builddir/tests/limits/steps"
host_add_program "$abs_top_builddir/tests/limits/allowed"
module=$host_dir/lib/libnss_subid.so.2

subuid=(dave:5:5 ftweedal:100000:65536 bob:100000:65536)
subgid=(dave:5:5 ftweedal:500000:65536 bob:500000:65536)
by_id=(passwd:100033 group:500033)
by_name=(passwd:subuid-ftweedal-100033 group:subgid-ftweedal-500033)
all=("${by_id[@]}" "${by_name[@]}")
user="subuid-ftweedal-100033:x:100033:500033:Subordinate UID 33 of ftweedal:/:/sbin/nologin"
group="subgid-ftweedal-500033:x:500033:"
no_fd="fault: Too many open files"

renew_files() {
    host_set_subuid "${subuid[@]}"
    host_set_subgid "${subgid[@]}"
}
lines() { printf '%s\n' "$@"; }
both=$(lines "$user" "$group")
all_four=$(lines "$both" "$both")
times() { # N LINE...: all of them, N times
    local i
    for ((i = 0; i < $1; i++)); do lines "${@:2}"; done
}
count() { uniq -c | sed 's/^ *//'; }
answers() { # NAME WANT STEP...
    is "$1" "$(host_show steps "${@:3}" | count)" "$({ lines "$2" "status 0"; } | count)"
}
# Without the service files, which needs descriptors and memory itself.
ours=services=subid

renew_files
diag "--- no descriptor is free: first lookups"
answers "faults, by ID and by name, and answers when there is one again" \
    "$(lines "$user" "$(times 4 "$no_fd")" absent "$all_four")" \
    "$ours" passwd:100033 fds=3 "${all[@]}" passwd:ftweedal fds=64 "${all[@]}"
answers "with the accounts' service before it" "$(lines "$user" "$(times 4 "$no_fd")" "$all_four")" \
    "services=files subid" passwd:100033 fds=3 "${all[@]}" fds=64 "${all[@]}"

keys=(u100033 subuid-ftweedal-100033 g500033 subgid-ftweedal-500033 u99999)
records=("subuid-ftweedal-100033 100033 500033" "subuid-ftweedal-100033 100033 500033"
    "subgid-ftweedal-500033 500033" "subgid-ftweedal-500033 500033" absent)
calls_when() { # TIMES CALLS KEY...
    host_run allowed "$module" "$@"
}
# fstat(3) makes either call; that depends on the version of glibc.
stats=newfstatat,fstat
read_calls=(openat "$stats" pread64 close)
later_calls=("${read_calls[@]}" mmap)
list() { local IFS=,; echo "$*"; }
without() { # CALL CALL...
    local call=$1 rest=()
    shift
    while [ $# -gt 0 ]; do
        [ "$1" = "$call" ] || rest+=("$1")
        shift
    done
    list "${rest[@]}"
}

# A process makes no index before its fourth lookup in a file, so each key has a process of its own.
diag "--- no system call but those in doc/performance.md: first lookups"
is "answers with $(list "${read_calls[@]}")" \
    "$(for key in "${keys[@]}"; do calls_when 1 "$(list "${read_calls[@]}")" "$key"; done)" \
    "$(lines "${records[@]}")"
for call in "${read_calls[@]}"; do
    is "needs $call" "$(calls_when 1 "$(without "$call" "${read_calls[@]}")" u100033)" \
        "Bad system call"
done

# From here on the files are old enough to be indexed.
sleep 3

diag "--- likewise: later lookups"
is "answers with $(list "${later_calls[@]}")" \
    "$(calls_when 100 "$(list "${later_calls[@]}")" "${keys[@]}")" "$(lines "${records[@]}")"
is "needs mmap" "$(calls_when 100 "$(list "${read_calls[@]}")" u100033)" "Bad system call"

diag "--- no descriptor is free: later lookups"
first=(times=4 "${all[@]}" times=1)
four_each=$(lines "$(times 4 "$user")" "$(times 4 "$group")" "$(times 4 "$user")" "$(times 4 "$group")")
answers "an index needs none, neither for a record nor for an absence" \
    "$(lines "$four_each" "$all_four" absent)" \
    "$ours" "${first[@]}" fds=3 "${all[@]}" passwd:99999
answers "with the accounts' service before it" "$(lines "$four_each" "$all_four")" \
    "services=files subid" "${first[@]}" fds=3 "${all[@]}"

# A file that has just changed is not indexed, so the old files are asked for first.
sed 's/^ftweedal/carol/' /etc/subuid >/etc/subuid.next
answers "a file that was replaced is not answered for" \
    "$(lines "$four_each" "$no_fd" "$group" "$no_fd" "$group" \
        "subuid-carol-100033:x:100033:65534:Subordinate UID 33 of carol:/:/sbin/nologin")" \
    "$ours" "${first[@]}" "rename=/etc/subuid.next:/etc/subuid" fds=3 "${all[@]}" fds=64 passwd:100033
renew_files
sleep 3

diag "--- no memory can be mapped"
ten_each=$(lines "$(times 10 "$user")" "$(times 10 "$group")")
ten_each=$(lines "$ten_each" "$ten_each")
answers "the files are read instead, every time" \
    "$(lines "$user" "$ten_each" "$(times 4 "$no_fd")")" \
    "$ours" passwd:100033 memory=0 times=10 "${all[@]}" times=1 fds=3 "${all[@]}"
# A little memory is left, which is not enough for every index.
for kilobytes in 4 8 12 16 24; do
    answers "with $kilobytes KiB left" \
        "$(lines "$user" "$ten_each")" \
        "$ours" passwd:100033 memory=$((kilobytes * 1024)) times=10 "${all[@]}"
done

diag "--- threads on the smallest stacks, all at once: first and later lookups"
for key in "${all[@]}"; do
    [[ $key == passwd:* ]] && want=$user || want=$group
    answers "64 threads ask for $key" "$(lines "$want" "$(times 640 "$want")")" \
        "$ours" "$key" threads=64 times=10 "$key"
done
answers "64 threads ask for an ID that nobody has" "$(lines "$user" "$(times 640 absent)")" \
    "$ours" passwd:100033 threads=64 times=10 passwd:99999

diag "--- owners written as numbers, with and without an account"
renew_accounts() {
    host_set_subuid ftweedal:100000:65536 1002:300000:1000 4242:400000:10
    host_set_subgid ftweedal:500000:65536 1002:700000:1000 4242:800000:10
}
host_add_user a-b.c 1002
named="subuid-a-b.c-300999:x:300999:700999:Subordinate UID 999 of a-b.c:/:/sbin/nologin"
numbered="subuid-4242-400005:x:400005:800005:Subordinate UID 5 of 4242:/:/sbin/nologin"
renew_accounts
for when in first later; do
    [ "$when" = first ] || sleep 3
    for question in "300999 $named" "subuid-a-b.c-300999 $named" "400005 $numbered" \
        "subuid-4242-400005 $numbered" "subuid-nobody-300999 absent"; do
        key=${question%% *} want=${question#* }
        answers "64 threads ask for $key on the smallest stacks: $when lookups" \
            "$(lines "$want" "$(times 640 "$want")")" \
            "services=files subid" "passwd:$key" threads=64 times=10 "passwd:$key"
    done
done
by_number="subuid-1002-300999:x:300999:700999:Subordinate UID 999 of 1002:/:/sbin/nologin"
answers "without a descriptor for the accounts the number is shown, with the same group" \
    "$(lines "$(times 10 "$named")" "$by_number" absent "$named")" \
    "services=files subid" times=10 passwd:300999 times=1 fds=3 \
    passwd:300999 passwd:subuid-a-b.c-300999 fds=64 passwd:300999
# After a service that fails, glibc asks the next one, and returns its "not found". So a fault
# of files is lost, unless nsswitch.conf has [UNAVAIL=return].
answers "with [UNAVAIL=return], the fault of the accounts' service is reported" \
    "$(lines "$(times 10 "$named")" "$(times 3 "$no_fd")" "$named" absent)" \
    "services=files [UNAVAIL=return] subid" times=10 passwd:300999 times=1 fds=3 \
    passwd:300999 passwd:subuid-a-b.c-300999 passwd:a-b.c fds=64 passwd:300999 passwd:nobody-here

done_testing
