#!/bin/bash
# README's table of before and after, and the manual page's examples, are what
# these commands print.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/host.sh
. "$(dirname "$0")/../host.sh"
host_enter "$@"

host_add_user ftweedal 1000
host_set_subuid ftweedal:100000:65536 bob:200000:65536
host_set_subgid ftweedal:100000:65536 bob:600000:65536
echo hello >page.html
chown 100033:100033 page.html
setpriv --reuid 100033 --regid 100033 --clear-groups sleep 300 &
export PID=$!
until [ "$(cat "/proc/$PID/comm")" = sleep ]; do sleep 0.01; done

# A row is: | `command` | `part of its output` or nothing | ... |, where a pipe
# inside of a command is written \|.
# shellcheck disable=SC2016
rows() {
    sed -n '/^## Before and after/,/^## /s/^| `\(.*\)` | \(.*\) | \(.*\) |$/\1\t\2\t\3/p' \
        "$abs_top_srcdir/README.md" | tr -d '`' | sed 's/\\|/|/g'
}
shows() { # COMMAND WANT
    local got
    # A scratch host has no systemd: tests/e2e/systemd.sh runs these.
    case $1 in systemd-*) return ;; esac
    if ! command -v "${1%% *}" >/dev/null; then
        tap_result ok "$services: $1 # SKIP ${1%% *} is not installed"
        return
    fi
    got=$(host_run bash -c "$1" 2>&1)
    if [ "$2" = nothing ]; then
        is "$services: $1: nothing" "$got" ""
    else
        case $got in
        *"$2"*) ok "$services: $1: $2" true ;;
        *) is "$services: $1" "$got" "$2" ;;
        esac
    fi
}

count=0
while IFS=$'\t' read -r command before after; do
    count=$((count + 1))
    services="files systemd"
    # shellcheck disable=SC2086
    host_set_services $services
    shows "$command" "$before"
    services="files systemd subid"
    # shellcheck disable=SC2086
    host_set_services $services
    shows "$command" "$after"
done < <(rows)
ok "README has such a table" test "$count" -ge 8

diag "--- the manual page"
host_set_subuid bob:100000:65536
host_set_subgid bob:500000:65536
page=$abs_top_builddir/man/nss-subid.8
mapfile -t example < <(grep -A 1 -E '^\$ getent' "$page")
count=0
for ((i = 0; i < ${#example[@]}; i++)); do
    [[ ${example[i]} == '$ '* ]] || continue
    is "${example[i]}" "$(host_run bash -c "${example[i]#\$ }")" "${example[i + 1]}"
    count=$((count + 1))
done
is "three of its examples can be run here" "$count" 3
host_set_subuid alice:100000:10 alice:300000:10
host_set_subgid alice:500000:65536
like "positions: UID 300002 has the group 500012" "$(host_run getent passwd 300002)" \
    "^[^:]*:x:300002:500012:Subordinate UID 12 of alice:"

done_testing
