#!/bin/bash
# subid-userdbd under a real systemd, with a plugin of libsubid for a source that does
# everything that a plugin can do: unknown owners, connections that fail, slowness, hanging,
# crashes, thousands of ranges, reverse lookups.
set -u
# shellcheck source=tests/e2e/machine.sh
. "$(dirname "$0")/machine.sh"

machine_needs
machine_boot

sample=$abs_top_builddir/tests/plugin/libsubid_sample.so
nologin=:/:/sbin/nologin
unit=subid-userdbd.service
# The deadline is long enough for a busy machine to do everything else before it ends.
deadline=20

show() {
    local r=0
    inside "$@" 2>&1 || r=$?
    [ "$r" -eq 0 ] || echo "status $r"
}
# Asks as a client of the socket, because getent(1) does not show why there is no record. The
# client is a process of another PID namespace, which the service cannot see.
ask() {
    timeout 300 python3 "$abs_top_srcdir/tests/subid-userdbd/client.py" ask \
        "/proc/$machine_pid/root/run/systemd/userdb/org.nss-subid.UserDatabase" "$@"
}
# Prints how many seconds the answer took, and then the answer.
timed() {
    local begin=$SECONDS said
    said=$("$@")
    printf '%d\t%s\n' $((SECONDS - begin)) "$said"
}

bail_out() { unit_report "$unit"; echo "Bail out! $*"; exit 1; }

machine_userdbd || bail_out "the service cannot be installed"
# shellcheck disable=SC2016
inside_shell 'cat >"$(dirname /usr/lib/*/libnss_systemd.so.2)/libsubid_sample.so"' <"$sample" ||
    bail_out "the plugin cannot be installed"
inside_shell "mkdir -p /etc/systemd/system/$unit.d"
printf '%s\n' '[Service]' 'ExecStart=' "ExecStart=/usr/libexec/subid-userdbd --deadline=$deadline" |
    inside_file "/etc/systemd/system/$unit.d/deadline.conf"
inside systemctl daemon-reload
machine_services 'subid: sample'

diag "--- owners that are there, and owners that are not"

sees "by name, and the GID at the same position" "$(show getent passwd subuid-alice-300002)" \
    "subuid-alice-300002:x:300002:500012:Subordinate UID 12 of alice$nologin"
sees "the service says what its source is" "$(unit_property "$unit" StatusText)" "Source: sample"
sees "fewer GIDs than UIDs" "$(show getent passwd subuid-bob-200005)" \
    "subuid-bob-200005:x:200005:65534:Subordinate UID 5 of bob$nologin"
sees "a group" "$(show getent group subgid-alice-500012)" "subgid-alice-500012:x:500012:"
sees "an unknown owner" "$(ask userName=subuid-stranger-5)" NoRecordFound
sees "another owner's ID" "$(ask userName=subuid-bob-300002)" NoRecordFound
sees "root's ID, which the plugin delegates" "$(ask userName=subuid-low-0)" NoRecordFound
sees "a reserved ID has no record, as with the module" "$(ask userName=subuid-low-65534)" NoRecordFound

diag "--- by ID"

sees "an ID whose owner the plugin's reverse lookup finds" "$(show getent passwd 400009)" \
    "subuid-4242-400009:x:400009:450009:Subordinate UID 9 of 4242$nologin"
sees "an ID for which it returns a wrong owner" "$(ask uid=940000)" NoRecordFound
sees "an ID for which it has no connection" "$(ask uid=920000)" ServiceNotAvailable
sees "nobody's" "$(ask uid=99999)" NoRecordFound
sees "of an owner without an account, before anybody has named it" "$(ask uid=2147483650)" NoRecordFound
sees "and after" "$(ask userName=subuid-containers-2147483650; show getent passwd 2147483651)" \
    "subuid-containers-2147483650:2147483650:65534:Subordinate UID 2 of containers
subuid-containers-2147483651:x:2147483651:65534:Subordinate UID 3 of containers$nologin"
inside systemctl stop "$unit"
sees "and after a restart" "$(show getent passwd 2147483652 | cut -d: -f1)" "subuid-containers-2147483652"

diag "--- thousands of ranges"

sees "the first by name" "$(show getent passwd subuid-many-1000000 | cut -d: -f3-5)" \
    "1000000:1000000:Subordinate UID 0 of many"
sees "the last by name" "$(show getent passwd subuid-many-1019997 | cut -d: -f3-5)" \
    "1019997:1019997:Subordinate UID 9999 of many"
sees "the last by ID" "$(show getent passwd 1019997 | cut -d: -f1)" "subuid-many-1019997"
sees "between two of them" "$(ask uid=1019998)" NoRecordFound

diag "--- a unit"

run() { inside systemd-run --quiet --wait --pipe "$@" 2>&1 || echo "status $?"; }
sees "User= by UID" "$(run -p User=300002 sh -c 'id -u; id -g' | xargs)" "300002 500012"
sees "User= by name" "$(run -p User=subuid-alice-100000 sh -c 'id -u; id -g' | xargs)" "100000 500000"

diag "--- faults"

sees "a connection that fails is no absence" "$(ask userName=subuid-broken-5)" ServiceNotAvailable
sees "nor is a plugin without memory" "$(ask userName=subuid-starved-5)" ServiceNotAvailable
sees "a plugin that crashes" "$(ask userName=subuid-crashing-5)" ServiceNotAvailable
sees "and the next question is answered" "$(ask userName=subuid-alice-300002)" \
    "subuid-alice-300002:300002:500012:Subordinate UID 12 of alice"
sees "by the same service" "$(unit_property "$unit" NRestarts)" 0
sees "a plugin that asks the user database of itself" "$(ask userName=subuid-asker-980001)" \
    "subuid-asker-980001:980001:65534:Subordinate UID 1 of asker"

sees "a plugin that takes 2 seconds for its answer" "$(ask userName=subuid-slow-700001)" \
    "subuid-slow-700001:700001:750001:Subordinate UID 1 of slow"

diag "--- hanging"

exec {first}< <(timed ask userName=subuid-hanging-1) {second}< <(timed ask userName=subuid-hanging-2)
exec {third}< <(timed ask userName=subuid-hanging-3)
sleep 1
sees "while three questions hang, somebody else's is answered" \
    "$(show setpriv --reuid 1001 --regid 1001 --clear-groups getent passwd subuid-alice-100001)" \
    "subuid-alice-100001:x:100001:500001:Subordinate UID 1 of alice$nologin"
sees "a real user is found" "$(show getent passwd ftweedal | cut -d: -f1)" ftweedal
sees "an unknown user is unknown" "$(show getent passwd nobody-here)" "status 2"
sees "and so is an unknown group" "$(show getent group nobody-here)" "status 2"
sees "a dynamic user runs" "$(run -p DynamicUser=yes true)" ""
for hung in "$first" "$second" "$third"; do
    read -r answer <&"$hung"
    sees "one that hangs ends with an error" "${answer#*$'\t'}" ServiceNotAvailable
    diag "after ${answer%%$'\t'*} seconds"
    ok "in less than twice the deadline" [ "${answer%%$'\t'*}" -lt $((2 * deadline)) ]
done
sees "afterwards, questions are answered again" "$(ask userName=subuid-alice-100002)" \
    "subuid-alice-100002:100002:500002:Subordinate UID 2 of alice"
# The service, four workers and the scanner.
processes=$(inside cat "$(unit_cgroup "$unit")/cgroup.procs" | wc -l)
ok "no worker that hung is left ($processes processes)" [ "$processes" -le 6 ]
sees "by the same service" "$(unit_property "$unit" NRestarts)" 0

diag "--- a plugin that is not there"

machine_services 'subid: absent'
sees "the service answers as libsubid does" "$(ask userName=subuid-alice-300002 | cut -d: -f2)" \
    "$(inside getsubids alice 2>/dev/null | awk '$3 == 300000 { print 300002; found = 1 }
        END { if (!found) print "NoRecordFound" }')"
machine_services 'subid: ../sample'
sees "a source that is a path is not loaded" "$(ask userName=subuid-alice-300002)" ServiceNotAvailable
sees "and the service says so" "$(unit_property "$unit" StatusText)" "Source: none, see the journal"
machine_services 'subid: sample'
sees "it recovers" "$(show getent passwd subuid-alice-300002 | cut -d: -f1)" "subuid-alice-300002"

machine_done
