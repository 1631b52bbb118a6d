#!/bin/bash
# subid-userdbd as systemd starts it, from the files and through a plugin.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/tap.sh
. "$here/../tap.sh"
# shellcheck source=tests/host.sh
. "$here/../host.sh"
host_enter "$@"

command -v python3 >/dev/null || skip_all "there is no python3"
program=$abs_top_builddir/subid-userdbd/subid-userdbd
[ -x "$program" ] || host_fail "$program is not built"
sample=$abs_top_builddir/tests/plugin/libsubid_sample.so
[ -f "$sample" ] || host_fail "$sample is not built"

socket=$host_dir/socket
export STATE_DIRECTORY=$host_dir/state
mkdir "$STATE_DIRECTORY"
pid=

start() { # OPTION...
    rm -f "$socket"
    python3 "$here/client.py" serve "$socket" "$program" "$@" &
    pid=$!
    until [ -S "$socket" ]; do sleep 0.1; done
}

# Sets $ended to its status, or to "it does not end". (A subshell could not wait for it.)
wait_for_end() {
    local i r=0
    ended="it does not end"
    for ((i = 0; i < 600; i++)); do
        if ! kill -0 "$pid" 2>/dev/null; then
            wait "$pid" || r=$?
            ended="status $r"
            return
        fi
        sleep 0.1
    done
}

stop() {
    kill "$pid"
    wait_for_end
}

ask() { timeout 300 python3 "$here/client.py" ask "$socket" "$@"; }

set_source() { # [SOURCE]
    host_set_services files
    [ $# -eq 0 ] || echo "subid: $1" >>/etc/nsswitch.conf
}

diag "--- the files"

host_add_sample
set_source files
start
is "by UID" "$(ask uid=100005)" "subuid-ftweedal-100005:100005:500005:Subordinate UID 5 of ftweedal"
is "by name" "$(ask userName=subuid-ftweedal-100005)" \
    "subuid-ftweedal-100005:100005:500005:Subordinate UID 5 of ftweedal"
is "an owner that is a number bears its account's name" "$(ask uid=300001)" \
    "subuid-a-b.c-300001:300001:65534:Subordinate UID 1 of a-b.c"
is "and is found by it" "$(ask userName=subuid-a-b.c-300001)" \
    "subuid-a-b.c-300001:300001:65534:Subordinate UID 1 of a-b.c"
is "a group" "$(ask gid=500007)" "subgid-ftweedal-500007:500007"
is "nobody's" "$(ask uid=99999)" "NoRecordFound"
is "root" "$(ask uid=0)" "NoRecordFound"
is "two keys that do not match" "$(ask uid=100005 userName=subuid-ftweedal-100006)" \
    "ConflictingRecordFound"
is "all of them" "$(ask)" "EnumerationNotSupported"
is "no capability is left" "$(awk '/^Cap(Prm|Eff)/ { print $2 }' "/proc/$pid/status" | sort -u)" \
    "0000000000000000"

diag "--- clients that mean no good"

coproc FLOOD { timeout 600 python3 "$here/client.py" flood "$socket" 10000; }
flood=$FLOOD_PID # bash forgets its variable when the client ends
read -r -t 500 -u "${FLOOD[0]}" n
is "10,000 connections are made" "$n" "10000"
is "and somebody else is answered" "$(ask uid=100006)" \
    "subuid-ftweedal-100006:100006:500006:Subordinate UID 6 of ftweedal"
poured=$(timeout 300 python3 "$here/client.py" pour "$socket" $((1 << 30)))
ok "of a message of 1 GB, at most a few hundred KB are taken ($poured)" [ "$poured" -lt 1000000 ]
kill "$flood" 2>/dev/null
wait "$flood" 2>/dev/null
# Their worker stands still, as if the account service did not answer.
is "an account is asked for" "$(ask uid=300002)" \
    "subuid-a-b.c-300002:300002:65534:Subordinate UID 2 of a-b.c"
pgrep -P "$pid" | xargs kill -STOP
for size in 65536 4096; do
    coproc HOLD { timeout 600 python3 "$here/client.py" hold "$socket" 250 "$size" uid=300001; }
    holding=$HOLD_PID
    read -r -t 500 -u "${HOLD[0]}" n
    is "250 lookups of $size bytes wait" "$n" "250"
    is "and somebody else is answered meanwhile" "$(ask uid=100006)" \
        "subuid-ftweedal-100006:100006:500006:Subordinate UID 6 of ftweedal"
    kill "$holding"
    wait "$holding" 2>/dev/null
done
rss=$(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status")
ok "memory stays below 64 MB ($rss kB)" [ "$rss" -lt 65536 ]
is "and it goes on" "$(ask uid=100007)" \
    "subuid-ftweedal-100007:100007:500007:Subordinate UID 7 of ftweedal"

diag "--- its end"

set_source sample
python3 "$here/client.py" ask "$socket" uid=100005 &
unanswered=$!
wait_for_end
kill "$unanswered" 2>/dev/null
is "a change of nsswitch.conf ends it before it answers the next client" "$ended" "status 0"
start --idle-exit 1
wait_for_end
is "so does idleness" "$ended" "status 0"
set_source files
is "a descriptor that is no listening socket is refused" \
    "$( (export LISTEN_FDS=1 LISTEN_PID=$BASHPID; exec "$program" --idle-exit 1 3</dev/null 2>&1)
        echo "status $?")" \
    "<3>the socket from systemd: Socket type not supported
status 1"
set_source ../sample
start 2>"$host_dir/log"
is "a source that is a path has no records" "$(ask uid=100005)" "ServiceNotAvailable"
like "with a reason" "$(cat "$host_dir/log")" "the source of .subid:. is a path"
stop
is "the end" "$ended" "status 0"

diag "--- a plugin"

host_add_module "$sample" || host_fail "the plugin cannot be installed"
host_add_user containers 3000
set_source sample
start --deadline 1 --idle-exit 0
is "by name" "$(ask userName=subuid-containers-2147483650)" \
    "subuid-containers-2147483650:2147483650:65534:Subordinate UID 2 of containers"
is "by UID, of an owner that was part of an answer" "$(ask uid=2147483651)" \
    "subuid-containers-2147483651:2147483651:65534:Subordinate UID 3 of containers"
is "by UID, where the plugin tells" "$(ask uid=400003)" \
    "subuid-4242-400003:400003:450003:Subordinate UID 3 of 4242"
is "nobody's" "$(ask uid=99999)" "NoRecordFound"
is "a connection that fails is no absence" "$(ask userName=subuid-broken-5)" "ServiceNotAvailable"
is "a plugin that exceeds the deadline" "$(ask userName=subuid-slow-700001)" "ServiceNotAvailable"
is "and then goes on" "$(ask userName=subuid-containers-2147483650)" \
    "subuid-containers-2147483650:2147483650:65534:Subordinate UID 2 of containers"
is "its workers have no capability" \
    "$(for worker in $(pgrep -f -- --role=worker); do
        awk '/^CapPrm/ { print $2 }' "/proc/$worker/status"
    done | sort -u)" "0000000000000000"
stop
is "it ends when it is told to" "$ended" "status 0"
is "and leaves no worker" "$(pgrep -f -- --role=)" ""
is "owners are kept" "$(sort "$STATE_DIRECTORY/owners" | xargs)" "4242 containers"
start
is "and are candidates after a restart" "$(ask uid=2147483652)" \
    "subuid-containers-2147483652:2147483652:65534:Subordinate UID 4 of containers"
stop
is "the end" "$ended" "status 0"
rm "$STATE_DIRECTORY/owners"

start
is "without candidates, nobody knows" "$(ask uid=2147483650)" "NoRecordFound"
setpriv --reuid 3000 --regid 3000 --clear-groups unshare --user sleep 300 &
sleep 1.5
is "the account that owns a process's user namespace is a candidate" "$(ask uid=2147483650)" \
    "subuid-containers-2147483650:2147483650:65534:Subordinate UID 2 of containers"
stop
is "the very end" "$ended" "status 0"
done_testing
