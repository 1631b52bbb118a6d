#!/bin/bash
# The commands in the documents print what the documents say: the transcripts, the
# README's table, the lines for nsswitch.conf and the manual page's examples.
# The scenarios are called by the names that the documents give them.
# shellcheck disable=SC2317
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/host.sh
. "$(dirname "$0")/../host.sh"
# shellcheck source=tests/docs/transcript.sh
. "$(dirname "$0")/transcript.sh"
host_enter "$@"

services() { # SERVICE...
    host_set_file /etc/nsswitch.conf "passwd: $*" "group: $*" "shadow: $*" "hosts: files"
}
file_of() { echo hello >page.html && chown "$1:$1" page.html; }
processes=()
process_of() { # ID: as $PID
    local process
    for process in "${processes[@]}"; do kill "$process" && wait "$process" 2>/dev/null; done
    setpriv --reuid "$1" --regid "$1" --clear-groups sleep 60 &
    PID=$!
    processes=("$PID")
    export PID
    until [ "$(cat "/proc/$PID/comm")" = sleep ]; do sleep 0.01; done
}

# --- the scenarios ------------------------------------------------------------------

same_numbers() {
    host_set_subuid ftweedal:100000:65536
    host_set_subgid ftweedal:100000:65536
    file_of 100033 && process_of 100000
}
scenario_without() { same_numbers && services files systemd; }
scenario_with() { same_numbers && services files systemd subid; }
scenario_other_groups() {
    host_set_subuid ftweedal:100000:65536
    host_set_subgid ftweedal:500000:65536
    services files systemd subid
}
scenario_two_ranges() {
    host_set_subuid alice:100000:10 alice:300000:10
    host_set_subgid alice:500000:65536
    services files systemd subid
}
scenario_number() {
    host_set_subuid 1002:300000:1000
    host_set_subgid 1002:700000:1000
    services files systemd subid
}
scenario_overlap() {
    host_set_subuid alice:100000:65536 bob:165536:65536 carol:200000:65536
    host_set_subgid alice:100000:65536 bob:165536:65536 carol:231072:32768
    services files systemd subid
    process_of 100033
}

transcript_host() { host_run bash -c "$1"; }

host_add_user ftweedal 1000
host_add_user carol 1005
host_add_user a-b.c 1002
host_add_user alice 1003
host_add_user bob 1004
PATH=$abs_top_builddir/subid-check:$PATH

documents=("$abs_top_srcdir/README.md")
for document in "$abs_top_srcdir"/doc/*.md; do
    # Its transcripts need a systemd: tests/e2e/documented.sh.
    [ "${document##*/}" = systemd.md ] || documents+=("$document")
done
for document in "${documents[@]}"; do
    transcripts_run "$document"
done

diag "--- the README's table"
# A row is: | `command` | `part of its output` or nothing | ... |, where a pipe
# inside of a command is written \|.
# shellcheck disable=SC2016
rows() {
    sed -n '/^| command | before | after |/,/^$/s/^| `\(.*\)` | \(.*\) | \(.*\) |$/\1\t\2\t\3/p' \
        "$abs_top_srcdir/README.md" | tr -d '`' | sed 's/\\|/|/g'
}
shows() { # COMMAND WANT
    local got
    # A scratch host has no systemd: tests/e2e/systemd.sh runs these.
    case $1 in systemd-*) return ;; esac
    if ! command -v "${1%% *}" >/dev/null; then
        tap_result ok "$listed: $1 # SKIP ${1%% *} is not installed"
        return
    fi
    got=$(host_run bash -c "$1" 2>&1)
    if [ "$2" = nothing ]; then
        is "$listed: $1: nothing" "$got" ""
    else
        case $got in
        *"$2"*) ok "$listed: $1: $2" true ;;
        *) is "$listed: $1" "$got" "$2" ;;
        esac
    fi
}

scenario_without
process_of 100033
count=0
while IFS=$'\t' read -r command before after; do
    count=$((count + 1))
    listed="files systemd"
    # shellcheck disable=SC2086
    services $listed
    shows "$command" "$before"
    listed="files systemd subid"
    # shellcheck disable=SC2086
    services $listed
    shows "$command" "$after"
done < <(rows)
ok "README has such a table" test "$count" -ge 8

diag "--- the lines for nsswitch.conf"
# With each passwd line that ends with our word, glibc finds the module.
blocks() { # DOCUMENT: the passwd line of each block, without its indent
    sed -n 's/^ *passwd: *\([a-z].*[a-z]\)$/\1/p' "$1"
}
for document in "${documents[@]}" "$abs_top_srcdir/nsswitch.conf.example"; do
    while read -r listed; do
        case $listed in
        *subid) ;;
        *) continue ;;
        esac
        # shellcheck disable=SC2086
        services $listed
        is "${document#"$abs_top_srcdir"/}: passwd: $listed" \
            "$(host_run getent passwd 100000 | cut -d: -f1)" subuid-ftweedal-100000
    done < <(blocks "$document")
done

diag "--- the manual page"
host_set_subuid bob:100000:65536
host_set_subgid bob:500000:65536
services files systemd subid
page=$abs_top_builddir/man/nss-subid.8
mapfile -t example < <(grep -A 1 -E '^\$ getent' "$page")
count=0
for ((i = 0; i < ${#example[@]}; i++)); do
    [[ ${example[i]} == '$ '* ]] || continue
    is "${example[i]}" "$(host_run bash -c "${example[i]#\$ }")" "${example[i + 1]}"
    count=$((count + 1))
done
ok "three of its examples can be run here" test "$count" -ge 3
scenario_two_ranges
like "positions: UID 300002 has the group 500012" "$(host_run getent passwd 300002)" \
    "^[^:]*:x:300002:500012:Subordinate UID 12 of alice:"

done_testing
