#!/usr/bin/env bash
# subid-check on a host that runs: its processes, its module, its services.
set -u
# shellcheck source=tests/subid-check/program.sh
. "$(dirname "$0")/program.sh"
# shellcheck source=tests/host.sh
. "$abs_top_srcdir/tests/host.sh"

for tool in python3 script strace; do
    command -v "$tool" >/dev/null || skip_all "$tool is not installed"
done
host_enter "$@"
unset NO_COLOR
evaluator_start

host_add_user alice 1000
host_add_user bob 1001
host_set_subuid alice:100000:65536 bob:165536:65536
host_set_subgid alice:500000:65536 bob:165536:65536

# On a host without findings, the line shadow has the word, too.
ask() { host_set_file /etc/nsswitch.conf "passwd: $*" "group: $*" "shadow: $*"; } # SERVICE...
ask files systemd subid

check() { host_run "$program" "$@"; }
shown() { # output and status
    local r=0
    check "$@" 2>&1 || r=$?
    echo "status $r"
}
one() { # PYTHON-EXPRESSION OPTION...: of the JSON document
    local expression=$1
    shift
    check --json "$@" | json_value "$expression"
}
finding() { # CODE: severity, place and reason
    one "[(f['severity'], f['file'], f['line'], f['reason']) for f in d['findings'] if f['code'] == '$1']"
}

diag "--- a host as it should be"
like "is clean" "$(shown)" '^No findings\.$|^0 errors, 0 warnings,'
like "with status 0" "$(shown)" '^status 0$'
is "nothing runs as anybody's" "$(check --noheadings --output OWNER,UUSED,GUSED | tr -s ' ')" \
    "alice 0 0
bob 0 0"

diag "--- who runs as what"
wait_for() { # COMMAND...: until it succeeds, ten seconds at most
    local n=100
    until "$@"; do
        n=$((n - 1))
        [ "$n" -gt 0 ] || host_fail "never: $*"
        sleep 0.1
    done
}
# shellcheck disable=SC2317 # by wait_for
runs() { [ "$(cat "/proc/$1/comm" 2>/dev/null)" = "$2" ]; }
setpriv --reuid 100033 --regid 500033 --clear-groups sleep 300 &
plain=$!
setpriv --reuid 100033 --regid 500034 --clear-groups sleep 300 &
second=$!
# A container: its user 5 is our 100005.
unshare --user sleep 300 &
holder=$!
wait_for runs "$holder" sleep
echo "0 100000 65536" >"/proc/$holder/uid_map"
echo "0 500000 65536" >"/proc/$holder/gid_map"
nsenter --user --target "$holder" setpriv --reuid 5 --regid 7 --clear-groups sleep 300 &
container=$!
for pid in "$plain" "$second" "$container"; do wait_for runs "$pid" sleep; done

where() { # PID: its cgroup here, which is the test's own
    one "d['ids'][0]['processes'][0]['unit'] or '-'" --pid "$1"
}
is "the report counts IDs, not processes, of both databases" \
    "$(check --noheadings --output OWNER,UUSED,GUSED | tr -s ' ')" \
    "alice 2 3
bob 0 0"
is "and so does JSON" "$(one "[(o['name'], o['uids']['used'], o['gids']['used']) for o in d['owners']]")" \
    "[('alice', 2, 3), ('bob', 0, 0)]"
is "an ID names the processes, and what they are inside" "$(check 100005 | tail -n 3)" \
    "  processes   1
       PID UID INSIDE COMMAND CONTAINER OR UNIT
$(printf '%10d          5 sleep   %s' "$container" "$(where "$container")")"
is "a process without a namespace of its own has the same ID inside and outside" \
    "$(one "sorted((p['pid'], p['inside'], p['command']) for p in d['ids'][0]['processes'])" 100033)" \
    "[($plain, 100033, 'sleep'), ($second, 100033, 'sleep')]"
is "--pid tells what another ID is in there" "$(check 100033 --pid "$container" | grep -m1 inside)" \
    "  inside      33, in the user namespace of PID $container"
is "or that it is not mapped" "$(check 165536 --pid "$container" | grep -m1 inside)" \
    "  inside      not mapped, in the user namespace of PID $container"
is "and so does JSON" \
    "$(for id in 100033 165536; do one "[(p['pid'], p['inside']) for i in d['ids'] for p in i['processes']]" "$id" --pid "$container"; done)" \
    "[($container, 33)]
[($container, None), ($container, None)]"
like "--pid alone asks for the process's own UID" "$(check --pid "$container")" \
    '^UID 100005 is subuid-alice-100005$'
setpriv --reuid 500040 --regid 1000 --clear-groups sleep 300 &
foreign=$!
wait_for runs "$foreign" sleep
is "which is no GID, though one of that number may be delegated" \
    "$(shown --pid "$foreign" | sed -n '1p; $p')" \
    "UID 500040 is not delegated
status 1"
kill "$foreign" && wait "$foreign" 2>/dev/null
is "a GID is asked of gid_map" \
    "$(one "[(i['kind'], i['processes'][0]['inside']) for i in d['ids']]" subgid-alice-500007)" \
    "[('gid', 7)]"
like "a process that is not there" "$(shown --pid 4194305)" '^status 2$'
like "a name with a record of its own" "$(check subuid-alice-100033)" \
    "record +$(getent passwd 100033)\$"

diag "--- inside a user namespace"
# subid-check runs in the namespace of the container. For a process of the same namespace, the
# ID inside is the ID that subid-check sees.
inside() { nsenter --user --target "$holder" setpriv --reuid 0 --regid 0 --clear-groups "$program" "$@"; }
is "a process of the same namespace has the same ID inside" \
    "$(inside 5 --pid "$container" | grep -m1 inside)" \
    "  inside      5, in the user namespace of PID $container"
nsenter --user --target "$holder" setpriv --reuid 0 --regid 0 --clear-groups \
    unshare --user sleep 300 &
nested=$!
wait_for runs "$nested" sleep
# shellcheck disable=SC2016 # sh expands it
nsenter --user --target "$holder" setpriv --reuid 0 --regid 0 --clear-groups \
    sh -c 'echo 0 3 10 >/proc/$0/uid_map' "$nested"
is "a process of a namespace below has the ID of that namespace" \
    "$(inside 5 --pid "$nested" | grep -m1 inside)" \
    "  inside      2, in the user namespace of PID $nested"
is "and an ID that is not mapped there is said to be so" \
    "$(inside 14 --pid "$nested" | grep -m1 inside)" \
    "  inside      not mapped, in the user namespace of PID $nested"
is "a namespace that root made is no finding" "$(finding namespace)$(finding undelegated)" "[][]"

diag "--- who made a namespace"
# shellcheck disable=SC2317 # by wait_for
is_apart() { [ "$(readlink /proc/self/ns/user)" != "$(readlink "/proc/$1/ns/user")" ]; }
# As alice; the kernel lets root write the maps, as newuidmap does for her.
held_by() { # UID FIRST-UID COUNT: sets $held
    setpriv --reuid "$1" --regid "$1" --clear-groups unshare --user sleep 300 &
    held=$!
    wait_for runs "$held" sleep
    # The name alone may be that of another program before the namespace.
    wait_for is_apart "$held"
    echo "0 $2 $3" >"/proc/$held/uid_map"
}
held_by 1000 100000 65536
is "the owner" "$(finding namespace)" "[]"
kill "$held" && wait "$held" 2>/dev/null
held_by 1001 100000 65536
like "somebody else" "$(finding namespace)" \
    "'error', None, None, .*namespace that bob made maps the UIDs 100000-165535, which are alice's: PID $held \(sleep"
kill "$held" && wait "$held" 2>/dev/null
held_by 1000 400000 65536
like "the owner, over IDs of nobody" "$(finding undelegated)" \
    "'warning', None, None, .*alice made maps the UIDs 400000-465535, which are delegated to nobody"
kill "$held" && wait "$held" 2>/dev/null
held_by 1001 1001 1
is "a user over one ID of their own" "$(finding namespace)$(finding undelegated)" "[][]"
kill "$held" && wait "$held" 2>/dev/null

diag "--- which container"
# Finds a place for a cgroup: below this process's own one, in the first hierarchy that permits it.
make_cgroup() { # NAME: sets $cgroup; sleeps in it as $plain's ID
    local mounted options path
    while read -r mounted options; do
        path=$(awk -F: -v o="$options" '
            $2 == "" && o == "cgroup2" || index(o, $2) && $2 != "" { print $3; exit }' /proc/self/cgroup)
        cgroup=$mounted$path/$1
        mkdir "$cgroup" 2>/dev/null || continue
        echo "$plain" 2>/dev/null >"$cgroup/cgroup.procs" && return
        rmdir "$cgroup"
    done < <(awk '$3 == "cgroup2" { print $2, $3 }
        $3 == "cgroup" && $4 ~ /name=systemd|pids|freezer/ { n = split($4, o, ","); print $2, o[n] }' /proc/mounts)
    return 1
}
name=libpod-$(printf '%064x' 7).scope
make_cgroup "$name" || host_fail "no cgroup can be made"
# A cgroup outlives the namespaces of this test, so it must be removed.
trap 'kill -9 "$plain"; wait "$plain"; rmdir "$cgroup"' EXIT
like "an ID names it" "$(check 100033)" "^ +$plain +100033 sleep +Podman 000000000000\$"
is "JSON in full" "$(one "[p['container'] for p in d['ids'][0]['processes'] if p['pid'] == $plain]" 100033)" \
    "[{'engine': 'Podman', 'name': '$(printf '%064x' 7)', 'monitor': False}]"
check --json 100033 >out.json
ok "as the schema has it" python3 "$abs_top_srcdir/tests/subid-check/schema.py" \
    "$abs_top_srcdir/doc/subid-check.schema.json" out.json
rm out.json
like "--pid too" "$(check --pid "$plain")" '^  runs in     Podman 000000000000$'
is "another process is in none" "$(one "[p['container'] for p in d['ids'][0]['processes'] if p['pid'] == $second]" 100033)" "[None]"
kill "$plain" && wait "$plain" 2>/dev/null
wait_for rmdir "$cgroup" 2>/dev/null
trap - EXIT
kill "$second" "$container" "$holder" "$nested"
wait "$second" "$container" "$holder" 2>/dev/null

diag "--- the module"
is "answers" "$(finding module)$(finding module-silent)" "[][]"
rm "$host_dir/lib/libnss_subid.so.2" && ldconfig
like "that is missing is an error" "$(finding module)" "'error', None, None, .*cannot open shared object"
ask files
like "or a note where no line names it" "$(finding module)" "'note'"
like "and then that is the warning" "$(finding nsswitch-missing)" "'warning', '/etc/nsswitch.conf', 1"
ask files subid
host_add_module "$abs_top_builddir/bench/libnss_null.so.2" 2>/dev/null
cp "$abs_top_builddir/bench/libnss_null.so.2" "$host_dir/lib/libnss_subid.so.2" && ldconfig
like "that is another one is an error" "$(finding module)$(finding module-silent)" "'error'"
host_add_module "$host_module"

diag "--- the source"
is "files" "$(finding source)" "[]"
host_set_file /etc/nsswitch.conf "passwd: files subid" "group: files subid" "subid: absent"
like "another one needs subid-userdbd" "$(finding source)" \
    "'error', '/etc/nsswitch.conf', 3, 'Ranges come from the source absent, but subid-userdbd, which serves them, is not running"
userdbd=$(sed -n 's/^#define SERVICES_USERDBD_SOCKET "\(.*\)"/\1/p' "$abs_top_srcdir/subid-check/services.h")
mkdir -p "${userdbd%/*}"
# Answers what is sent to it, or never.
serve() { # ANSWER
    rm -f "$userdbd" ready
    python3 -c '
import socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
open("ready", "w").close()
while True:
    client, _ = server.accept()
    question = client.recv(4096)
    if b"GetInfo" in question and sys.argv[2]:
        client.sendall(sys.argv[2].encode() + bytes(1))
    else:
        kept = client' "$userdbd" "$1" &
    server=$!
    wait_for test -e ready
}
serve '{"parameters":{}}'
like "one that answers" "$(finding source)" "'note', '/etc/nsswitch.conf', 3, .*subid-userdbd answers"
kill "$server"
# Where it is built, subid-userdbd itself, with the socket that systemd would give it.
service=$abs_top_builddir/subid-userdbd/subid-userdbd
# Without libsystemd it is not built.
if [ -x "$service" ]; then
    rm -f "$userdbd" ready
    python3 -c '
import os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
os.dup2(server.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
open("ready", "w").close()
os.execv(sys.argv[2], [sys.argv[2]])' "$userdbd" "$service" 2>service.log &
    server=$!
    wait_for test -e ready
    like "subid-userdbd answers" "$(finding source)" "'note', '/etc/nsswitch.conf', 3, .*subid-userdbd answers"
    kill "$server"
fi
serve ''
like "one that hangs is not waited for" "$(finding source)" "'error', .* does not answer"
kill "$server"
wait "$server" 2>/dev/null
like "one that is gone" "$(finding source)" "'error', .* does not answer"
rm -f "$userdbd"
ask files subid

diag "--- accounts of all services"
host_add_user ldapadmin 100100
like "a user of the files is found" "$(finding account)" "'error', '/etc/subuid', 1, .*ldapadmin"
like "by --nss too" "$(check --nss | grep -A1 '\[account\]')" 'ldapadmin'
is "and our own records are no accounts" \
    "$(one "[f['reason'].split('(')[0] for f in d['findings'] if f['code'] == 'account']" --nss)" \
    '["alice'"'"'s range has the UID of user ldapadmin "]'
for file in passwd group; do
    grep -v '^ldapadmin:' "/etc/$file" | host_write "/etc/$file"
done
is "without it the host is clean again" "$(finding account)" "[]"

diag "--- a directory, whose users no service lists"
host_add_module "$abs_top_builddir/tests/subid-check/libnss_directory.so.2"
ask files directory subid
host_set_subuid alice:100000:1000 bob:165536:100
host_set_subgid alice:500000:100 bob:165536:100
is "--nss does not find them" "$(one "[f['code'] for f in d['findings'] if f['code'] in ('account', 'group')]" --nss)" "[]"
owners() { # OPTION...: those without an account
    one "[f['reason'].split()[0] for f in d['findings'] if f['code'] == 'no-account']" "$@"
}
host_set_subuid alice:100000:1000 bob:165536:100 ldapadmin:700000:9 165600:800000:9 nobody-else:900000:9
is "an owner that only a service knows has no account in the files" "$(owners)" \
    "['ldapadmin', '165600', 'nobody-else']"
is "and one by --nss, by name and by number" "$(owners --nss)" "['nobody-else']"
host_set_subuid alice:100000:1000 bob:165536:100
# 100100 in alice's range, 165600 in bob's; the group 500007.
found() { # OPTION [WRAPPER...]: accounts
    timeout 150 "${@:2}" "$program" "$1" --json |
        json_value "[(f['code'], f['first']) for f in d['findings'] if f['code'] in ('account', 'group')]"
}
is "--probe does" "$(found --probe=120)" "[('account', 100100), ('account', 165600), ('group', 500007)]"
is "and says nothing of the time, which was enough" \
    "$(one "[f['code'] for f in d['findings'] if f['code'] in ('probe', 'module')]" --probe=120)" "[]"
is "so does it where its child is in another PID namespace" "$(found --probe=120 unshare --pid)" \
    "[('account', 100100), ('account', 165600), ('group', 500007)]"
touch "$host_dir/work/hang"
started=$SECONDS
like "a service that hangs is left after the time allowed" "$(check --probe=2 --json)" '"code": *"probe"'
ok "which is not much longer" test $((SECONDS - started)) -lt 60
bar='subid-check: asking the account services \[\.+\]   0 %'
terminal() { script -qec "$1" /dev/null </dev/null; }
like "on a terminal there is a bar" "$(terminal "$program --probe=1" | cat -v)" "\\^M$bar"
# A line finally shows the text behind the last sequence that erases it.
is "which is erased in the end" \
    "$(TERM=dumb terminal "$program --probe=1" | tr -d '\r' | sed 's/.*\x1b\[K//; /: still reading /d')" \
    "$(check --probe=1)"
is "in a pipe there is none" "$(check --probe=1 2>&1 >/dev/null | cat -v)" ""
"$program" --probe=600 >/dev/null &
killed=$!
wait_for pgrep -P "$killed"
asker=$(pgrep -P "$killed")
kill -9 "$killed"
wait "$killed" 2>/dev/null
# shellcheck disable=SC2317 # by wait_for
is_gone() { ! kill -0 "$1" 2>/dev/null; }
wait_for is_gone "$asker"
rm "$host_dir/work/hang"
is "nothing is left behind, not even by a program that was killed" "$(pgrep -x subid-check)" ""
ask files subid

diag "--- nscd"
is "does not run" "$(finding nscd)" "[]"
mkdir -p /run/nscd
bind_socket() { evaluate "socket.socket(socket.AF_UNIX).bind('$1')" >/dev/null; }
bind_socket /run/nscd/socket
like "runs" "$(finding nscd)" "'note', None, None, 'nscd is running"
rm /run/nscd/socket
is "is gone" "$(finding nscd)" "[]"
# Where /var/run is a directory of its own.
mount -t tmpfs scratch /var && mkdir -p /var/run/nscd
bind_socket /var/run/nscd/socket
like "runs, with its socket in /var/run alone" "$(finding nscd)" "'note', None, None, 'nscd is running"
umount /var

diag "--- what it touches"
host_run strace -f -qq -o trace -e trace=openat,open,creat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,chmod,fchmod,fchmodat,chown,fchown,fchownat,truncate,ftruncate,symlink,symlinkat,link,linkat \
    "$program" >/dev/null
ok "the trace is one of its work" grep -qF '"/etc/subuid"' trace
is "it writes, makes and changes nothing" \
    "$(grep -vE 'open(at)?\(.*O_RDONLY|open(at)?\(.*O_PATH|^[0-9]+ \+\+\+|---' trace)" ""
done_testing
