#!/bin/bash
# A host of a fleet: the ranges come from a directory, with "subid: sss" in
# nsswitch.conf, SSSD and an LDAP server behind it, and subid-userdbd to give
# them names. Nothing else of ours is on the host.
#
# It needs Debian sid: before 2.12, SSSD reads only FreeIPA's ranges
# (SSSD#8030).
set -u
# shellcheck source=tests/e2e/machine.sh
. "$(dirname "$0")/machine.sh"

machine_needs
machine_boot systemd systemd-sysv libnss-systemd libjson-c5 dbus mount passwd procps uidmap \
    sssd-common sssd-ldap libnss-sss slapd ldap-utils

unit=subid-userdbd.service
nologin=:/:/sbin/nologin
user=subuid-ldapuser-200000
deadline=20 # seconds; all other lookups end before it, even on a busy machine

bail_out() {
    unit_report "$unit"
    echo "Bail out! $*"
    exit 1
}

make_directory() {
    tar -C "$here/sssd" -cf - . | inside tar -C /root --one-top-level=sssd -xf - &&
        inside systemctl stop slapd &&
        inside_shell "cd /root/sssd &&
            cp subid-schema.ldif /etc/ldap/schema/subid.ldif &&
            rm -rf /etc/ldap/slapd.d/* /var/lib/ldap/* &&
            slapadd -n 0 -F /etc/ldap/slapd.d -l slapd.ldif &&
            slapadd -n 1 -F /etc/ldap/slapd.d -l directory.ldif &&
            chown -R openldap: /etc/ldap/slapd.d /var/lib/ldap" &&
        inside systemctl start slapd
}

# These lines are those of authselect's profile `sssd` with the feature with-subid.
set_services() {
    printf '%s\n' 'passwd: files sss systemd' 'group: files sss systemd' 'shadow: files systemd' \
        'hosts: files' 'subid: sss' | inside_file /etc/nsswitch.conf
}

sssd_restart() { # OWNER: who has ranges then
    # getent is satisfied before the ranges can be had.
    inside systemctl restart sssd && eventually inside getsubids "$1" >/dev/null 2>&1
}

make_client() {
    : | inside_file /etc/subuid && : | inside_file /etc/subgid &&
        inside install -m 0600 /root/sssd/sssd.conf /etc/sssd/sssd.conf &&
        machine_userdbd && set_services &&
        inside_shell "mkdir -p /etc/systemd/system/$unit.d" &&
        printf '%s\n' '[Service]' 'ExecStart=' \
            "ExecStart=/usr/libexec/subid-userdbd --deadline=$deadline" |
        inside_file "/etc/systemd/system/$unit.d/deadline.conf" &&
        inside systemctl daemon-reload && sssd_restart ldapuser
}

show() {
    local r=0
    inside "$@" 2>&1 || r=$?
    [ "$r" -eq 0 ] || echo "status $r"
}
name_of() { show getent passwd "$1" | cut -d: -f1; }
# Asks as a client of the socket, because getent(1) does not show why there is no record.
ask() {
    timeout 300 python3 "$abs_top_srcdir/tests/subid-userdbd/client.py" ask \
        "/proc/$machine_pid/root/run/systemd/userdb/org.nss-subid.UserDatabase" "$@"
}
# shellcheck disable=SC2317
asking_gets() { [ "$(ask "$1")" = "$2" ]; }
ranges_of() { inside getsubids "$@" | sed 's/^[0-9]*: //'; }

make_directory || bail_out "slapd does not serve the directory"
make_client || bail_out "SSSD does not serve the ranges"
diag "SSSD $(inside sssd --version), $(inside_shell 'echo /usr/lib/*/libsubid.so.?')"

diag "--- what libsubid itself says"

sees "getsubids" "$(ranges_of ldapuser)" "ldapuser 200000 65536"
sees "getsubids -g" "$(ranges_of -g ldapuser)" "ldapuser 600000 65536"

diag "--- by ID, before anybody is known: SSSD does not say whose an ID is"

sees "nobody has it" "$(ask uid=200000)" NoRecordFound
sees "the service's source" "$(unit_property "$unit" StatusText)" "Source: sss"

diag "--- once a process of the user is in a user namespace"

inside systemd-run --quiet --unit container -p User=ldapuser unshare --user sleep 600
eventually asking_gets uid=200000 "$user:200000:600000:Subordinate UID 0 of ldapuser"
sees "the UID has a name" "$(show getent passwd 200000)" \
    "$user:x:200000:600000:Subordinate UID 0 of ldapuser$nologin"
sees "and a GID, too" "$(show getent group 600007)" "subgid-ldapuser-600007:x:600007:"
sees "but not another user's" "$(ask uid=300000)" NoRecordFound
inside systemctl stop container.service

diag "--- by name"

sees "the first UID of the range" "$(show getent passwd "$user")" \
    "$user:x:200000:600000:Subordinate UID 0 of ldapuser$nologin"
sees "the last one" "$(show getent passwd subuid-ldapuser-265535)" \
    "subuid-ldapuser-265535:x:265535:665535:Subordinate UID 65535 of ldapuser$nologin"
sees "the one before the first" "$(ask userName=subuid-ldapuser-199999)" NoRecordFound
sees "the one after the last" "$(ask userName=subuid-ldapuser-265536)" NoRecordFound
sees "the last GID" "$(show getent group subgid-ldapuser-665535)" "subgid-ldapuser-665535:x:665535:"
sees "the one after the last" "$(ask groupName=subgid-ldapuser-665536)" NoRecordFound
sees "an owner with a dash and a dot" "$(show getent passwd subuid-a-b.c-300009)" \
    "subuid-a-b.c-300009:x:300009:800009:Subordinate UID 9 of a-b.c$nologin"
sees "fewer GIDs than UIDs" "$(show getent passwd subuid-a-b.c-300010)" \
    "subuid-a-b.c-300010:x:300010:65534:Subordinate UID 10 of a-b.c$nologin"
sees "whose IDs are known then" "$(name_of 300011)" subuid-a-b.c-300011
sees "a user without a range" "$(ask userName=subuid-rangeless-200000)" NoRecordFound
sees "an unknown user" "$(ask userName=subuid-nobody-here-200000)" NoRecordFound
sees "another user's range" "$(ask userName=subuid-a-b.c-200000)" NoRecordFound

diag "--- after a restart of the service, with nobody's process in sight"

inside systemctl stop "$unit"
sees "by ID" "$(name_of 200001)" subuid-ldapuser-200001
sees "nobody's" "$(ask uid=400000)" NoRecordFound
sees "a real user is still found by UID" "$(show id -un 5000)" ldapuser

diag "--- ps, ls, find, and units"

run() { inside systemd-run --quiet --wait --pipe "$@" 2>&1 || echo "status $?"; }
inside systemd-run --quiet --unit sleeping -p Type=exec -p User=200005 sleep 600
sees "User= by UID runs, and ps shows the name" \
    "$(inside ps -o user:40= -o group:40= -p "$(unit_pid sleeping.service)" | xargs)" \
    "subuid-ldapuser-200005 subgid-ldapuser-600005"
sees "User= by name" "$(run -p "User=$user" -p Delegate=yes sh -c 'id -u; id -g' | xargs)" \
    "200000 600000"
inside_shell 'touch /root/theirs /root/nobodys; chown 200009:600009 /root/theirs; chown 400000:400000 /root/nobodys'
sees "ls" "$(inside ls -l /root/theirs | awk '{ print $3, $4 }')" \
    "subuid-ldapuser-200009 subgid-ldapuser-600009"
sees "find -nouser finds what is nobody's alone" \
    "$(inside find /root -maxdepth 1 '(' -nouser -o -nogroup ')')" /root/nobodys
sees_like "DynamicUser= finds UIDs that nobody has" "$(run -p DynamicUser=yes id -u)" '^6[0-9]{4}$'
inside systemctl stop sleeping.service

diag "--- a user is removed from the directory"

inside ldapdelete -x -D cn=admin,dc=t -w admin cn=a-b.c,ou=subids,dc=t uid=a-b.c,ou=people,dc=t ||
    bail_out "slapd does not remove the user"
# SSSD looks again what is older than entry_cache_timeout: 5 s here, 90 minutes by default.
eventually asking_gets userName=subuid-a-b.c-300011 NoRecordFound
sees "once SSSD knows: by name" "$(ask userName=subuid-a-b.c-300011)" NoRecordFound
sees "by ID" "$(ask uid=300011)" NoRecordFound
sees "the others are there" "$(name_of 200000)" "$user"

diag "--- the directory is down"

inside systemctl stop slapd
sees "what SSSD has in its cache" "$(name_of 200000)" "$user"
sees "an unknown user" "$(name_of subuid-nobody-here-200000)" "status 2"
inside systemctl start slapd

diag "--- sssd_nss is there and does not answer"

nss=$(inside pgrep -x sssd_nss)
inside kill -STOP "$nss"
# SSSD's own module would wait for its own timeout, so it is not asked here.
exec {hung}< <(ask userName=subuid-ldapuser-200002) {other}< <(ask uid=200003)
sleep 1
sees "a foreign user does not wait" "$(show getent -s systemd passwd nobody-here)" "status 2"
sees "nor a foreign group" "$(show getent -s systemd group nobody-here)" "status 2"
sees "nor a user of the files" "$(show getent passwd root | cut -d: -f1)" root
nok "all that before the first question has ended" read -r -t 0 -u "$hung"
begin=$SECONDS
read -r answer <&"$hung"
sees "a question to SSSD ends with an error" "$answer" ServiceNotAvailable
read -r answer <&"$other"
sees "by ID, too" "$answer" ServiceNotAvailable
ok "when the deadline is over ($((SECONDS - begin)) s later)" [ $((SECONDS - begin)) -le $((2 * deadline)) ]
inside kill -CONT "$nss"
ok "it recovers with SSSD" eventually asking_gets userName=subuid-ldapuser-200002 \
    "subuid-ldapuser-200002:200002:600002:Subordinate UID 2 of ldapuser"

diag "--- SSSD is down"

inside systemctl stop sssd
answer=$(ask userName=subuid-ldapuser-200002)
sees_like "no record, or an error" "$answer" '^(NoRecordFound|ServiceNotAvailable)$'
sees "users of files are there" "$(show getent passwd root | cut -d: -f1)" root
inside systemctl start sssd
ok "it recovers" eventually asking_gets uid=200002 \
    "subuid-ldapuser-200002:200002:600002:Subordinate UID 2 of ldapuser"
sees "without a restart of its own" "$(unit_property "$unit" NRestarts)" 0

diag "--- use_fully_qualified_names"

inside_shell 'echo use_fully_qualified_names = true >>/etc/sssd/sssd.conf'
sssd_restart ldapuser@t
sees "getsubids" "$(ranges_of ldapuser@t)" "ldapuser@t 200000 65536"
sees "the owner with its domain" "$(show getent passwd subuid-ldapuser@t-200000)" \
    "subuid-ldapuser@t-200000:x:200000:600000:Subordinate UID 0 of ldapuser@t$nologin"
sees "the owner without its domain" "$(ask "userName=$user")" NoRecordFound

machine_done
