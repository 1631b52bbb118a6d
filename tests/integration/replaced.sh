#!/bin/bash
# Lookups while the file changes from one version to another that shares no
# owner with it: every record is one that a version holds.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/host.sh
. "$(dirname "$0")/../host.sh"
host_enter "$@"
host_add_user alice 1001
host_add_user carol 1003

host_add_program "$abs_top_builddir/tests/integration/lookups"
alternate=$abs_top_builddir/tests/integration/alternate

# The position of 100005 depends on every line above its own, so a record that mixes two
# versions is seen. Both versions are equally long, so that rewriting one in place leaves
# nothing of the other.
write_version() { # OWNER COUNT LINES
    local i
    for ((i = 0; i < $3; i++)); do echo "$1:$((1000000 + 100 * i)):$2"; done >"$1"
    echo "$1:100000:10" >>"$1"
}
record() { # OWNER POSITION FIRST_GID
    echo "subuid-$1-100005:x:100005:$(($3 + $2)):Subordinate UID $2 of $1:/:/sbin/nologin"
}
host_set_subgid alice:10000000:1000000 carol:20000000:1000000

# A writer that is preempted in the middle of a page leaves half of each version in the
# file until it runs again. A lookup would be right to answer from that.
unpreempted=()
! chrt --fifo 1 true 2>/dev/null || unpreempted=(chrt --fifo 1)

# Counts the answers to 3,000 rounds of questions by kind.
ask_while() { # rename|rewrite|truncate LINES
    local writer answers alice carol
    write_version alice 10 "$2"
    write_version carol 70 "$2"
    alice=$(record alice $((5 + 10 * $2)) 10000000)
    carol=$(record carol $((5 + 70 * $2)) 20000000)

    cp alice /etc/subuid
    "${unpreempted[@]}" "$alternate" "$1" /etc/subuid alice carol &
    writer=$!
    answers=$(timeout 300 lookups 3000 100005 subuid-alice-100005 subuid-carol-100005)
    kill "$writer"
    wait "$writer" 2>/dev/null

    of_alice=$(grep -cxF "$alice" <<<"$answers")
    of_carol=$(grep -cxF "$carol" <<<"$answers")
    absent=$(grep -cx absent <<<"$answers")
    again=$(grep -cx 'fault: Resource temporarily unavailable' <<<"$answers")
    others=$(grep -vxF -e "$alice" -e "$carol" -e absent \
        -e 'fault: Resource temporarily unavailable' <<<"$answers" | sort | uniq -c)
    missed=$(awk 'NR % 3 == 1' <<<"$answers" | grep -cx absent)
    diag "$1: $of_alice and $of_carol records, $absent absent, $again times EAGAIN"
}
check_answers() { # HOW
    is "$1: no other answer" "$others" ""
    ok "$1: the first version was seen" [ "$of_alice" -gt 0 ]
    ok "$1: the second version was seen" [ "$of_carol" -gt 0 ]
    is "$1: 9,000 answers" "$((of_alice + of_carol + absent + again))" "9000"
}

# Three buffers long: no reader sees such a file at once.
ask_while rename 600
check_answers rename
is "rename: no lookup has to be tried again" "$again" "0"
is "rename: 100005 is never absent" "$missed" "0"

# One page, which the kernel writes in one go: of a longer file, versions that
# are half one and half the other really stand on the disk now and then.
ask_while rewrite 200
check_answers rewrite
is "rewrite: 100005 is never absent" "$missed" "0"
ask_while truncate 200
check_answers truncate

done_testing
