#!/bin/bash
# Whoever else hands out or names user IDs lives well beside us: systemd-nspawn,
# DynamicUser=, nss-systemd, userdbd; and systemd's own test of NSS modules.
set -u
# shellcheck source=tests/e2e/machine.sh
. "$(dirname "$0")/machine.sh"

machine_needs
machine_boot
machine_module

diag "--- nss-systemd's own synthetic users"

# An overlay cannot be mounted with shifted IDs, a tmpfs can.
inside_shell "
    mkdir /srv/container
    mount -t tmpfs tmpfs /srv/container
    tar --create --directory / --one-file-system --exclude ./srv/container \
        --exclude './usr/lib/python3*' --exclude ./usr/share/perl . |
        tar --extract --directory /srv/container"

unit=container.service
container_start() { # NSPAWN-OPTION
    inside systemd-run --quiet --unit "$unit" -p Type=notify -p Delegate=yes \
        systemd-nspawn --quiet --keep-unit --machine container \
        --directory /srv/container --private-users-ownership=map "$1" \
        --private-network --as-pid2 sleep 300
}
container_uid() {
    # shellcheck disable=SC2016
    inside_shell 'awk "{ print \$2 }" \
        "/proc/$(machinectl show -p Leader --value container)/uid_map"'
}
name_of() { inside getent passwd "$1" | cut -d : -f 1; }

container_start --private-users=2000000:65536
sees "a container's IDs are nss-systemd's, delegated ones are ours" \
    "$(name_of 2000000) $(name_of 100000)" "vu-container-0 subuid-ftweedal-100000"
unit_stop "$unit"

container_start --private-users=100000:65536
sees "a container on delegated IDs: who stands first names them" \
    "$(name_of 100000)" vu-container-0
sees "but our name stays good" "$(name_of subuid-ftweedal-100000)" subuid-ftweedal-100000
unit_stop "$unit"
eventually inside_shell 'getent passwd 100000 | grep -q ^subuid'
sees "and is back when the container is gone" "$(name_of 100000)" subuid-ftweedal-100000

diag "--- those who pick IDs ask NSS first"

container_start -U
picked=$(container_uid)
unit_stop "$unit"
container_start -U
sees "systemd-nspawn -U picks the same range again" "$(container_uid)" "$picked"
unit_stop "$unit"
inside_shell "cp /etc/subuid /etc/subuid.before && echo alice:$picked:65536 >>/etc/subuid"
container_start -U
other=$(container_uid)
sees_like "unless somebody owns it: was $picked" "$other" '^[1-9][0-9]*$'
nok "so it picks another" [ "$other" -eq "$picked" ]
unit_stop "$unit"
inside mv /etc/subuid.before /etc/subuid

unit=dynamic.service
dynamic_uid() {
    inside systemd-run --quiet --unit "$unit" -p Type=exec -p DynamicUser=yes sleep 300
    # shellcheck disable=SC2016
    inside awk '/^Uid:/ { print $2 }' "/proc/$(unit_pid "$unit")/status"
    unit_stop "$unit"
}
picked=$(dynamic_uid)
sees "DynamicUser= picks the same ID again" "$(dynamic_uid)" "$picked"
inside_shell "echo alice:$picked:1 >>/etc/subuid"
sees "unless it is somebody's" "$(name_of "$picked")" "subuid-alice-$picked"
other=$(dynamic_uid)
sees_like "was $picked" "$other" '^6[0-9]{4}$'
nok "so it picks another" [ "$other" -eq "$picked" ]

diag "--- userdbctl"

unit=systemd-userdbd.service
userdb() { inside userdbctl "$@" | sed 's/^ *//' | grep -E '^(User name|Group name|UID|GID):'; }
sees "by UID" "$(userdb user 100000)" "User name: subuid-ftweedal-100000
UID: 100000
GID: 100000 (subgid-ftweedal-100000)"
sees "by name" "$(userdb user subuid-alice-300012)" "User name: subuid-alice-300012
UID: 300012
GID: 500012 (subgid-alice-500012)"
sees "a group" "$(userdb group 500012)" "Group name: subgid-alice-500012
GID: 500012"

diag "--- test-nss-users, with every buffer size"

unit=
nss_users() { # SIZES NAME-OR-ID...
    local sizes=$1
    shift
    # shellcheck disable=SC2016
    inside bash -c '
        test=$(find /usr/lib/systemd/tests -name test-nss-users)
        for size in $1; do
            SYSTEMD_TEST_NSS_BUFSIZE=$size "$test" subid "${@:2}" 2>&1
        done' - "$sizes" "$@" |
        sed -n 's/.*_nss_subid_\(get.*_r("\?[^")]*\).*NSS_STATUS_\([A-Z]*\).*/\1 \2/p
                s/.*errno=[0-9]*\/\(.*\)/\1/p' | paste -d ' ' - - | tr -d '"' | tr '(' ' '
}

# Every call whose answer is not "there is no such thing", in a line each.
sees "what is asked for is found, and nothing else is" \
    "$(nss_users 1024 subuid-alice-300012 subgid-alice-500012 300012 500012 0 65534 |
        grep -v 'NOTFOUND ---$')" \
    "getpwnam_r subuid-alice-300012 SUCCESS ---
getgrnam_r subgid-alice-500012 SUCCESS ---
getpwuid_r 300012 SUCCESS ---
getgrgid_r 500012 SUCCESS ---"

sees_like "a buffer too small is ERANGE up to one size, from which on it is enough" \
    "$(nss_users "$(seq -s ' ' 100)" subuid-alice-300012 subgid-alice-500012 300012 500012 |
        grep -v 'NOTFOUND ---$' | awk '
            { n[$1]++ }
            $3 == "TRYAGAIN" && $4 == "ERANGE" && n[$1] == small[$1] + 1 { small[$1]++; next }
            $3 == "SUCCESS" && $4 == "---" { next }
            { bad = bad " " $0 }
            END { for (call in n) printf "%s:%d<%d ", call, small[call], n[call]; print bad }' |
        tr ' ' '\n' | sort | xargs)" \
    "^getgrgid_r:[1-9][0-9]?<100 getgrnam_r:[1-9][0-9]?<100 getpwnam_r:[1-9][0-9]?<100 getpwuid_r:[1-9][0-9]?<100\$"

machine_done
