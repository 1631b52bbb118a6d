#!/bin/bash
# Looks an ID up while the file changes from version to version: every record must be one that
# the file held at some moment.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/host.sh
. "$(dirname "$0")/../host.sh"
host_enter "$@"
host_add_user alice 1001

host_add_program "$abs_top_builddir/tests/integration/lookups"
alternate=$abs_top_builddir/tests/integration/alternate
host_set_subgid alice:10000000:1000000

# Reads answers and prints what each one is: a fault, absent, or the versions of the first and of
# the last line, which the position tells (see alternate.c).
#
# A writer that rewrites the file in place may stop for a while after any byte. Then the file
# itself holds the first line of one version and the last line of the version before, and a
# lookup is right to answer from that. An old first line with a new last line never stands in
# the file.
judge() {
    awk -F: '
        $0 == "absent" { print "absent"; next }
        $0 == "fault: Resource temporarily unavailable" { print "again"; next }
        {
            position = $4 - 10000000
            first = int(position / 100)
            last = 15 - position % 100
            record = sprintf("subuid-alice-100005:x:100005:%d:" \
                "Subordinate UID %d of alice:/:/sbin/nologin", $4, position)
            if ($0 != record || first < 1 || first > 9 || last < 1 || last > 9)
                print "other", $0
            else if (first == last)
                print "version", first
            else if (first == last % 9 + 1)
                print "half-written"
            else
                print "other", "version", first, "and version", last
        }'
}

# Asks for the ID and the name, 3,000 times each, and counts the answers by kind.
ask_while() { # rename|rewrite|truncate
    local writer answers kinds
    # The versions count up from the first write on.
    rm -f /etc/subuid
    "$alternate" "$1" /etc/subuid &
    writer=$!
    until grep -q ^alice:9999 /etc/subuid 2>/dev/null; do
        kill -0 "$writer" || break
        sleep 0.01
    done
    answers=$(timeout 300 lookups 3000 100005 subuid-alice-100005)
    kill "$writer"
    wait "$writer" 2>/dev/null

    kinds=$(judge <<<"$answers")
    others=$(grep ^other <<<"$kinds" | sort | uniq -c)
    versions=$(grep ^version <<<"$kinds" | sort -u | wc -l)
    absent=$(grep -cx absent <<<"$kinds")
    again=$(grep -cx again <<<"$kinds")
    half=$(grep -cx half-written <<<"$kinds")
    total=$(wc -l <<<"$kinds")
    diag "$1: $versions versions seen, $absent absent, $half half-written, $again times EAGAIN"
}
check_answers() { # HOW
    is "$1: the file once held every record" "$others" ""
    ok "$1: several versions were seen" [ "$versions" -gt 1 ]
    is "$1: 6,000 answers" "$total" "6000"
}

ask_while rename
check_answers rename
is "rename: no answer from a half-written file" "$half" "0"
is "rename: no lookup has to be tried again" "$again" "0"
is "rename: the record is never absent" "$absent" "0"

ask_while rewrite
check_answers rewrite
is "rewrite: the record is never absent" "$absent" "0"

ask_while truncate
check_answers truncate

done_testing
