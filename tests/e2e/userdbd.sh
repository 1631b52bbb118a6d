#!/bin/bash
# subid-userdbd under a real systemd, from the files, with nothing of ours in
# nsswitch.conf: what systemd.sh shows of the module, and what the user database
# and its tools show.
set -u
# shellcheck source=tests/e2e/machine.sh
. "$(dirname "$0")/machine.sh"
# shellcheck source=tests/e2e/units.sh
. "$here/units.sh"

machine_needs
machine_boot

show() {
    local r=0
    inside "$@" 2>&1 || r=$?
    [ "$r" -eq 0 ] || echo "status $r"
}
is_systemd() { # VERSION: that one or later
    [ "$(inside systemctl --version | awk 'NR == 1 { print $2 + 0 }')" -ge "$1" ]
}

service=org.nss-subid.UserDatabase
socket=/run/systemd/userdb/$service
nologin=:/:/sbin/nologin

diag "--- without the service"

machine_services
units_without

diag "--- with the service"

unit=subid-userdbd.service
machine_userdbd || { unit_report "$unit"; echo "Bail out! the service cannot be installed"; exit 1; }
sees "before the first question, only the socket is there" \
    "$(unit_property subid-userdbd.socket ActiveState) $(unit_property "$unit" ActiveState)" \
    "active inactive"
sees "anybody may connect" "$(inside stat -c '%A %U:%G' "$socket")" "srw-rw-rw- root:root"
sees "nsswitch.conf does not name subid" "$(inside grep -c subid /etc/nsswitch.conf)" 0

sees "by UID" "$(show getent passwd 100005)" \
    "subuid-ftweedal-100005:x:100005:100005:Subordinate UID 5 of ftweedal$nologin"
sees "the first question has started it" "$(unit_property "$unit" ActiveState)" active
sees "with the source that it says" "$(unit_property "$unit" StatusText)" "Source: files"
sees "by name" "$(show getent passwd subuid-alice-300012)" \
    "subuid-alice-300012:x:300012:500012:Subordinate UID 12 of alice$nologin"
sees "a group by GID" "$(show getent group 500007)" "subgid-alice-500007:x:500007:"
sees "a group by name" "$(show getent group subgid-alice-500007)" "subgid-alice-500007:x:500007:"
sees "an owner without an account" "$(show getent passwd 4294967294)" \
    "subuid-containers-4294967294:x:4294967294:4294967294:Subordinate UID 2147483647 of containers$nologin"
sees "nobody's UID" "$(show getent passwd 99999)" "status 2"
sees "nobody's name" "$(show getent passwd subuid-nobody-100000)" "status 2"
sees "root is root" "$(show getent passwd 0)" "root:x:0:0:root:/root:/bin/bash"
sees "id" "$(show id 100005)" \
    "uid=100005(subuid-ftweedal-100005) gid=100005(subgid-ftweedal-100005) groups=100005(subgid-ftweedal-100005)"

diag "--- the user database's own tools"

records() { inside userdbctl --service="$service" --output=json "$@" 2>/dev/null | jq_keys; }
# The keys that our records have, each on a line; userdbctl adds others.
jq_keys() {
    python3 -c '
import json, sys
record = json.load(sys.stdin)
for key in sys.argv[1:]:
    print(key, json.dumps(record.get(key)))' "${keys[@]}"
}
keys=(userName uid gid realName homeDirectory shell locked disposition service)
sees "userdbctl user, by UID" "$(records user 100005)" 'userName "subuid-ftweedal-100005"
uid 100005
gid 100005
realName "Subordinate UID 5 of ftweedal"
homeDirectory "/"
shell "/sbin/nologin"
locked true
disposition "container"
service "org.nss-subid.UserDatabase"'
keys=(groupName gid disposition service)
sees "userdbctl group, by name" "$(records group subgid-alice-500007)" 'groupName "subgid-alice-500007"
gid 500007
disposition "container"
service "org.nss-subid.UserDatabase"'
sees_like "userdbctl lists the service" "$(inside userdbctl services)" "$service"
sees_like "nobody's" "$(show userdbctl --service="$service" user 99999)" 'User 99999 does not exist'
sees "no one is enumerated" "$(inside userdbctl --service="$service" user 2>/dev/null | grep -c subuid-)" 0
if is_systemd 257; then
    call() { show varlinkctl call --json=short "$socket" "$@"; }
    sees_like "varlinkctl info" "$(show varlinkctl info "$socket")" 'Product: subid-userdbd'
    sees_like "varlinkctl introspect" "$(show varlinkctl introspect "$socket" io.systemd.UserDatabase)" \
        'method GetUserRecord'
    sees_like "varlinkctl call" \
        "$(call io.systemd.UserDatabase.GetUserRecord "{\"uid\":100005,\"service\":\"$service\"}")" \
        '"userName":"subuid-ftweedal-100005"'
    sees_like "with the flag \"more\"" \
        "$(call --more io.systemd.UserDatabase.GetUserRecord "{\"uid\":100005,\"service\":\"$service\"}")" \
        '"userName":"subuid-ftweedal-100005"'
    sees_like "an error of the interface" \
        "$(call io.systemd.UserDatabase.GetUserRecord "{\"uid\":99999,\"service\":\"$service\"}")" \
        'NoRecordFound'
    sees_like "another service's name" \
        "$(call io.systemd.UserDatabase.GetUserRecord '{"uid":100005,"service":"else"}')" 'BadService'
else
    diag "varlinkctl is not in this systemd"
fi

diag "--- nobody logs in as one"

sees "the shadow record is locked and expired" \
    "$(show getent shadow subuid-ftweedal-100005 | cut -d: -f1,2,8)" "subuid-ftweedal-100005:!*:1"
unit=login.service
inside systemd-run --quiet --unit "$unit" -p User=100000 -p PAMName=login sleep 300
eventually unit_has_ended "$unit"
sees "PAMName= is refused: 224/PAM" \
    "$(unit_property "$unit" Result) $(unit_property "$unit" ExecMainStatus)" "exit-code 224"
unit_stop "$unit"
sees_like "su is refused" "$(show su -s /bin/sh -c id subuid-ftweedal-100000)" "account has expired"

diag "--- the files change"

unit=subid-userdbd.service
echo 'alice:700000:10' | inside_shell 'cat >>/etc/subuid'
sees "a new range is there at once" "$(show getent passwd 700003 | cut -d: -f1)" "subuid-alice-700003"
inside sed -i '/700000/d' /etc/subuid
sees "and gone at once" "$(show getent passwd 700003)" "status 2"
pid=$(unit_pid "$unit")
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
    machine_services "# change $i"
    show getent passwd 100005 >/dev/null
done
sees "a dozen changes of nsswitch.conf, each with a lookup, and it still answers" \
    "$(show getent passwd 100005 | cut -d: -f1)" "subuid-ftweedal-100005"
ok "by another process" [ "$pid" != "$(unit_pid "$unit")" ]
inside kill -KILL "$(unit_pid "$unit")"
sees "after it was killed, too" "$(show getent passwd 100005 | cut -d: -f1)" "subuid-ftweedal-100005"

diag "--- its sandbox"

exposure=$(inside systemd-analyze security --no-pager "$unit" | sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p')
sees "systemd-analyze security: the exposure is at most 2.0" \
    "$(awk -v e="${exposure:-10}" 'BEGIN { print (e <= 2.0 ? "yes" : "no, " e) }')" yes
diag "exposure $exposure"
# shellcheck disable=SC2016
sees "no capability is left" "$(inside awk '/^Cap(Prm|Eff|Amb)/ { print $2 }' \
    "/proc/$(unit_pid "$unit")/status" | sort -u)" "0000000000000000"
sees "the file system is read-only to it, and homes are empty" \
    "$(inside nsenter --target "$(unit_pid "$unit")" --mount sh -c \
        'touch /etc/x /usr/x /home/x /var/x 2>&1; ls /home /root' | grep -c 'Read-only\|Permission')" 4

diag "--- units"

units_with

diag "--- without the socket, as before"

unit=subid-userdbd.service
inside systemctl disable --quiet --now subid-userdbd.socket subid-userdbd.service
sees "nobody answers" "$(show getent passwd 100005)" "status 2"

machine_done
