#!/bin/bash
# The ranges come from a directory: "subid: sss" in nsswitch.conf, SSSD and an
# LDAP server behind it.
set -u
# Before SSSD 2.12 only FreeIPA's ranges can be had (SSSD#8030).
NSS_SUBID_SUITE=sid
# shellcheck source=tests/e2e/machine.sh
. "$(dirname "$0")/machine.sh"

machine_needs
machine_boot systemd systemd-sysv dbus mount passwd procps uidmap \
    sssd-common sssd-ldap libnss-sss slapd ldap-utils \
    gcc libc6-dev make libsubid-dev

bail_out() {
    unit_report "$unit"
    echo "Bail out! $*"
    exit 1
}

# --- a host of the fleet -------------------------------------------------------

# Built in there: the SONAME of libsubid is found at configure time, and is
# another one where this tree was built.
build() {
    tar -C "$abs_top_srcdir" --exclude=./.git --exclude=./build --exclude='./build-[!a]*' \
        -cf - . | inside tar -C /usr/src --one-top-level=nss-subid -xf - || return
    # A unit, since it may take longer than anything else in here.
    # shellcheck disable=SC2016
    # shellcheck disable=SC2016
    inside systemd-run --quiet --unit build --working-directory /usr/src bash -ec '
        mkdir build
        cd build
        ../nss-subid/configure --quiet --prefix=/usr --libdir="$(dirname /usr/lib/*/libc.so.6)"
        make --silent install
        cd ../nss-subid/tests/e2e/sssd
        gcc -D_GNU_SOURCE -shared -fPIC -o /usr/local/lib/hasty.so hasty.c
        gcc -o /usr/local/bin/ask ask.c'
    for _ in 1 2 3 4 5 6; do
        ! eventually unit_has_ended build.service || break
    done
    inside test -x /usr/local/bin/ask
}

inside_file() { # PATH, from standard input
    inside_shell "cat >$1.new && mv $1.new $1"
}

set_services() { # TEXT: for printf, the rest of the file
    # shellcheck disable=SC2059
    printf "passwd: files sss subid\ngroup: files sss subid\nhosts: files\n$1" |
        inside_file /etc/nsswitch.conf
}

make_directory() {
    inside systemctl stop slapd &&
        inside_shell "cd /usr/src/nss-subid/tests/e2e/sssd &&
            cp subid-schema.ldif /etc/ldap/schema/subid.ldif &&
            rm -rf /etc/ldap/slapd.d/* /var/lib/ldap/* &&
            slapadd -n 0 -F /etc/ldap/slapd.d -l slapd.ldif &&
            slapadd -n 1 -F /etc/ldap/slapd.d -l directory.ldif &&
            chown -R openldap: /etc/ldap/slapd.d /var/lib/ldap" &&
        inside systemctl start slapd
}

ranges_of() { inside getsubids "$@" | sed 's/^[0-9]*: //'; }

sssd_restart() { # OWNER: who has ranges then
    # getent is satisfied before the ranges can be had.
    inside systemctl restart sssd && eventually inside getsubids "$1" >/dev/null 2>&1
}

make_client() {
    set_services 'subid: sss\n' &&
        : | inside_file /etc/subuid && : | inside_file /etc/subgid &&
        inside install -m 0600 /usr/src/nss-subid/tests/e2e/sssd/sssd.conf /etc/sssd/sssd.conf &&
        sssd_restart ldapuser
}

# A process that has looked up users before, and does so again on request.
ask_start() {
    inside mkfifo /run/questions /run/answers &&
        inside systemd-run --quiet --unit ask \
            sh -c 'exec ask 0<>/run/questions 1<>/run/answers'
}
ask_timed() {
    inside_shell "echo '$1' >/run/questions && read -r -t 10 answer </run/answers &&
        printf '%s\n' \"\$answer\""
}
ask() { ask_timed "$1" | cut -f2; }
# shellcheck disable=SC2317
ask_gets() { [ "$(ask "$1")" = "$2" ]; }
ask_quickest() { # of a few: others use this machine's processors, too
    for _ in 1 2 3 4 5; do ask_timed "$1"; done | sort -n | head -n 1
}

show() {
    local r=0
    inside "$@" 2>&1 || r=$?
    [ "$r" -eq 0 ] || echo "status $r"
}
record() { show getent -s subid "$@"; }

# How long it took, in ms, before what it said.
timed() {
    local begin=${EPOCHREALTIME/./} said
    said=$(show "$@")
    printf '%d\t%s\n' $(((${EPOCHREALTIME/./} - begin) / 1000)) "$said"
}
# Waits that would last 300 seconds last 3.
hasty() { timed env LD_PRELOAD=/usr/local/lib/hasty.so "$@"; }

sees_within() { # NAME MS TIMED WANT
    local ms=${3%%$'\t'*} said=${3#*$'\t'}
    sees "$1" "$said" "$4"
    diag "took $ms ms"
    ok "... within $2 ms" test "${ms%.*}" -le "$2"
}

unit=build.service
build || bail_out "the module cannot be built in there"
unit=slapd.service
make_directory || bail_out "slapd does not serve the directory"
unit=sssd.service
make_client || bail_out "SSSD does not serve the ranges"
ask_start || bail_out "no process to ask"

nologin=:/:/sbin/nologin
user=subuid-ldapuser-200000
diag "SSSD $(inside sssd --version), $(inside_shell 'echo /usr/lib/*/libsubid.so.?')"

diag "--- what libsubid itself says"

sees "getsubids" "$(ranges_of ldapuser)" "ldapuser 200000 65536"
sees "getsubids -g" "$(ranges_of -g ldapuser)" "ldapuser 600000 65536"

diag "--- by name"

sees "the first UID of the range" "$(record passwd "$user")" \
    "$user:x:200000:600000:Subordinate UID 0 of ldapuser$nologin"
sees "the last one" "$(record passwd subuid-ldapuser-265535)" \
    "subuid-ldapuser-265535:x:265535:665535:Subordinate UID 65535 of ldapuser$nologin"
sees "the one before the first" "$(record passwd subuid-ldapuser-199999)" "status 2"
sees "the one after the last" "$(record passwd subuid-ldapuser-265536)" "status 2"
sees "the first GID" "$(record group subgid-ldapuser-600000)" "subgid-ldapuser-600000:x:600000:"
sees "the last one" "$(record group subgid-ldapuser-665535)" "subgid-ldapuser-665535:x:665535:"
sees "the one before the first" "$(record group subgid-ldapuser-599999)" "status 2"
sees "the one after the last" "$(record group subgid-ldapuser-665536)" "status 2"
sees "an owner with a dash and a dot" "$(record passwd subuid-a-b.c-300009)" \
    "subuid-a-b.c-300009:x:300009:800009:Subordinate UID 9 of a-b.c$nologin"
sees "fewer GIDs than UIDs" "$(record passwd subuid-a-b.c-300010)" \
    "subuid-a-b.c-300010:x:300010:65534:Subordinate UID 10 of a-b.c$nologin"
sees "through all services" "$(show getent passwd "$user")" \
    "$user:x:200000:600000:Subordinate UID 0 of ldapuser$nologin"
# It asks for the groups by UID, and has none to show: "groups=4294967295".
sees_like "id" "$(show id "$user")" '^uid=200000 gid=600000 '
sees "a user without a range" "$(show getent passwd subuid-rangeless-200000)" "status 2"
sees "an unknown user" "$(show getent passwd subuid-nobody-here-200000)" "status 2"
sees "another user's range" "$(show getent passwd subuid-a-b.c-200000)" "status 2"

diag "--- by ID: SSSD does not say whose an ID is"

sees "a UID" "$(ask 200000)" absent
sees "a GID" "$(show getent group 600000)" "status 2"
sees "a real user is still found by UID" "$(show id -un 5000)" ldapuser

diag "--- a unit"

run() { inside systemd-run --quiet --wait --pipe "$@" 2>&1 || echo "status $?"; }
sees "User= by name" "$(run -p "User=$user" -p Delegate=yes sh -c 'id -u; id -g' | xargs)" \
    "200000 600000"
sees "User= by UID: 217/USER" "$(run -p User=200000 id -u)" "status 217"
sees_like "DynamicUser= finds UIDs that nobody has" "$(run -p DynamicUser=yes id -u)" '^6[0-9]{4}$'

diag "--- where libsubid looks"

# The same owner has other ranges in the files: the answer tells who gave it.
echo ldapuser:700000:1000 | inside_file /etc/subuid
echo ldapuser:700000:1000 | inside_file /etc/subgid
answering() {
    local start
    for start in 200000 700000; do
        record passwd "subuid-ldapuser-$start" | cut -s -d: -f3
    done | xargs
}
while IFS= read -r text; do
    set_services "$text"
    got=$(ranges_of ldapuser 2>/dev/null)
    sees "\"$text\" as libsubid reads it" "$(answering)" "$(cut -d' ' -f2 <<<"${got:-- none}")"
done <<'END'

subid: sss\n
subid: sss
subid: files sss\n
subid: sss files\n
SUBID:\tsss\n
 subid: sss\n
subid:\nsubid: sss\n
subid: files\nsubid: sss\n
subid: sss # comment\n
subid: absent\n
subid: sss\r\n
END
: | inside_file /etc/subuid
: | inside_file /etc/subgid
set_services 'subid: sss\n'

diag "--- sssd_nss is there but does not answer"

nss=$(inside pgrep -x sssd_nss)
sees "the process that asks again" "$(ask "$user")" 200000:600000
inside kill -STOP "$nss"
sees_within "a foreign user does not wait" 1000 \
    "$(timed getent -s subid passwd nobody-here)" "status 2"
sees_within "nor a foreign group" 1000 \
    "$(timed getent -s subid group nobody-here)" "status 2"
sees_within "nor a UID" 1000 "$(timed getent -s subid passwd 200000)" "status 2"
exec {sss_answer}< <(hasty getent -s sss passwd nobody-here)
exec {our_answer}< <(hasty getent passwd "$user")
ours=$(hasty getent -s subid passwd "$user")
read -r sss <&"$sss_answer"
like "a lookup of SSSD's own waits for its timeout" "$sss" '^[2-9][0-9]{3}.status 2$'
# A second wait after the first would show.
sees_within "ours waits no longer" $((${sss%%$'\t'*} + 1000)) "$ours" "status 2"
read -r ours <&"$our_answer"
sees_within "through all services: SSSD's own wait and ours" $((${sss%%$'\t'*} * 2 + 1000)) \
    "$ours" "status 2"

exec {sss_answer}< <(timed getsubids ldapuser)
exec {our_answer}< <(timed getent -s subid passwd "$user")
sleep 1
inside kill -CONT "$nss"
read -r sss <&"$sss_answer"
read -r ours <&"$our_answer"
diag "getsubids: $sss"
sees_within "ours is answered as soon as SSSD's are" $((${sss%%$'\t'*} + 500)) "$ours" \
    "$user:x:200000:600000:Subordinate UID 0 of ldapuser$nologin"
ok "... after it had waited, too" test "${ours%%$'\t'*}" -ge 500

diag "--- the directory is down"

inside systemctl stop slapd
sees "a range that SSSD has in its cache" "$(ask "$user")" 200000:600000
sees "a range that it has not" "$(ask subuid-nobody-here-200000)" absent
sssd_restart ldapuser
sees "SSSD starts without the directory" "$(ask "$user")" 200000:600000
inside systemctl start slapd

diag "--- SSSD is down"

inside systemctl stop sssd
sees_within "no record" 50 "$(ask_quickest "$user")" absent
sees_within "nor for a UID, and no fault" 50 "$(ask_quickest 200000)" absent
sees "users of files are there" "$(ask root)" 0:0
begin=$SECONDS
inside systemctl start sssd
ok "the process that asked meanwhile recovers" eventually ask_gets "$user" 200000:600000
diag "$(ask_timed "$user"), $((SECONDS - begin)) s after the start"

diag "--- use_fully_qualified_names"

inside_shell 'echo use_fully_qualified_names = true >>/etc/sssd/sssd.conf'
sssd_restart ldapuser@t
sees "getsubids" "$(ranges_of ldapuser@t)" "ldapuser@t 200000 65536"
sees "the owner with its domain" "$(record passwd subuid-ldapuser@t-200000)" \
    "subuid-ldapuser@t-200000:x:200000:600000:Subordinate UID 0 of ldapuser@t$nologin"
sees "the group" "$(record group subgid-ldapuser@t-600000)" "subgid-ldapuser@t-600000:x:600000:"
sees "the owner without its domain" "$(record passwd "$user")" "status 2"

machine_done
