#!/bin/bash
# Other programs that allocate or name user IDs work beside the module: systemd-nspawn,
# DynamicUser=, nss-systemd and userdbd. systemd's own test of NSS modules passes.
set -u
# shellcheck source=tests/e2e/machine.sh
. "$(dirname "$0")/machine.sh"
# shellcheck source=tests/module.sh
. "$abs_top_srcdir/tests/module.sh"

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
sees "a container on delegated IDs: the first service in nsswitch.conf names them" \
    "$(name_of 100000)" vu-container-0
sees "but our name still works" "$(name_of subuid-ftweedal-100000)" subuid-ftweedal-100000
unit_stop "$unit"
eventually inside_shell 'getent passwd 100000 | grep -q ^subuid'
sees "and is back when the container is gone" "$(name_of 100000)" subuid-ftweedal-100000

diag "--- programs that pick IDs ask NSS first"

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
# Prints the log of test-nss-users, a line for each call: FUNCTION(KEY) STATUS ERRNO, and
# then the record. An ERRNO of 999 is the value that the test had set before. Other lines are
# unchanged, but for two differences of systemd 262: it asks for group passwords, and quotes
# no members.
nss_users() { # ENVIRONMENT SERVICE SIZES NAME-OR-ID...
    # shellcheck disable=SC2016
    inside bash -c '
        test=$(find /usr/lib/systemd/tests -name test-nss-users)
        for size in $3; do
            echo "$size bytes"
            env $1 SYSTEMD_TEST_NSS_BUFSIZE=$size "$test" "$2" "${@:4}" 2>&1 || echo "status $?"
        done' - "$@" |
        sed -E -e '/^(=+ [a-z]+ =+| *)$/d' -e 's/^ +//' -e '/_getsgnam_r not defined$/d' \
            -e 's/^members=""$/members=/' \
            -e '/^_nss_.*NSS_STATUS_[A-Z]+$/N' \
            -e 's/^_nss_[a-z]+_(.*) → status=NSS_STATUS_([A-Z]+)\n +errno=([0-9]+).*/\1 \2 \3/'
}

erange=34
untouched=999
nss_result() { # CALL SIZE NEEDED RECORD: as nss_users prints it
    if [ "$2" -lt "$3" ]; then
        echo "$1 TRYAGAIN $erange"
    else
        printf '%s SUCCESS %s\n%s\n' "$1" "$untouched" "$4"
    fi
}

# Each size up to a few more than the largest record needs: a string with its NUL
# for each field, and an aligned pointer for a group's members.
user=subuid-alice-300012 group=subgid-alice-500012
gecos="Subordinate UID 12 of alice"
user_needs=$((${#user} + 1 + 2 + ${#gecos} + 1 + 2 + 14))
group_needs=$((8 + ${#group} + 1 + 2))
nss_sizes=$(seq -s ' ' 0 $((user_needs + 2)))
nss_keys=("$user" "$group" nobody-at-all 300012 500012 0 65534)
user_record="\"$user\" / 300012:500012
passwd=\"x\"
gecos=\"$gecos\"
dir=\"/\"
shell=\"/sbin/nologin\""
group_record="\"$group\" / 500012
passwd=\"x\"
members="
nss_want() {
    local size key
    for size in $nss_sizes; do
        echo "$size bytes"
        for key in "${nss_keys[@]}"; do
            if [ "$key" = "$user" ]; then
                nss_result "getpwnam_r(\"$key\")" "$size" "$user_needs" "$user_record"
            else
                echo "getpwnam_r(\"$key\") NOTFOUND $untouched"
            fi
            if [ "$key" = "$group" ]; then
                nss_result "getgrnam_r(\"$key\")" "$size" "$group_needs" "$group_record"
            else
                echo "getgrnam_r(\"$key\") NOTFOUND $untouched"
            fi
        done
        nss_result "getpwuid_r(300012)" "$size" "$user_needs" "$user_record"
        echo "getgrgid_r(300012) NOTFOUND $untouched"
        echo "getpwuid_r(500012) NOTFOUND $untouched"
        nss_result "getgrgid_r(500012)" "$size" "$group_needs" "$group_record"
        for key in 0 65534; do
            echo "getpwuid_r($key) NOTFOUND $untouched"
            echo "getgrgid_r($key) NOTFOUND $untouched"
        done
    done
}
nss_is() { # NAME ENVIRONMENT SERVICE
    local got
    got=$(diff <(nss_want) <(nss_users "$2" "$3" "$nss_sizes" "${nss_keys[@]}"))
    is "$1" "$got" ""
}

like "what is asked for" "$(nss_want)" "^getgrgid_r\\(500012\\) SUCCESS $untouched\$"
nss_is "every call has the status and the record that it should" "" subid

diag "--- likewise under AddressSanitizer and UBSan"

cc=$(sed -n 's/^CC = //p' "$abs_top_builddir/Makefile")
libasan=$($cc -print-file-name=libasan.so)
scratch=$(mktemp -d)
sanitized=/srv/sanitized
# A report of UBSan is a trap here: its library would need others.
compiles() { # NAME FILE ARGUMENT...
    local words
    eval "words=($(sed -n 's/^DEFS = //p' "$abs_top_builddir/Makefile"))"
    # shellcheck disable=SC2086
    ok "$1" timeout 300 $cc -std=gnu11 -O1 -fPIC -shared "${words[@]}" \
        -DNSS_SUBID_NOLOGIN='"/sbin/nologin"' -Wl,-z,nodelete -Wl,-soname,"$2" \
        -fsanitize=address,undefined -fsanitize-undefined-trap-on-error -o "$scratch/$2" "${@:3}"
}
nss_put() { # FILE...: into the machine
    tar --create --directory "$scratch" "$@" |
        inside_shell "mkdir -p $sanitized && tar --extract --directory $sanitized"
}
under_asan="LD_PRELOAD=$sanitized/libasan.so LD_LIBRARY_PATH=$sanitized \
    ASAN_OPTIONS=detect_leaks=0"

if [ -f "$libasan" ]; then
    cp "$(realpath "$libasan")" "$scratch/libasan.so"
    mapfile -t sources < <(module_sources)
    compiles "the module is built" libnss_subid.so.2 \
        "-I$abs_top_srcdir/libsubid-shim" "-I$abs_top_srcdir/nss_subid" \
        "${sources[@]}"
    compiles "and a service that guards buffers" libnss_guarded.so.2 "$here/guarded.c" \
        "$scratch/libnss_subid.so.2"
    nss_put libasan.so libnss_subid.so.2 libnss_guarded.so.2
    nss_is "every call as before" "$under_asan" subid
    nss_is "and with buffers that are guarded" "$under_asan" guarded

    # The control: one byte too much.
    cat >"$scratch/overrun.c" <<'END_OF_C'
#include <nss.h>
NSS_DECLARE_MODULE_FUNCTIONS(subid)
#define OVERRUN { *errnop = 0, buf[len] = 0; return NSS_STATUS_NOTFOUND; }
enum nss_status _nss_subid_getpwnam_r(const char *name, struct passwd *pwd, char *buf, size_t len, int *errnop) OVERRUN
enum nss_status _nss_subid_getpwuid_r(uid_t uid, struct passwd *pwd, char *buf, size_t len, int *errnop) OVERRUN
enum nss_status _nss_subid_getgrnam_r(const char *name, struct group *grp, char *buf, size_t len, int *errnop) OVERRUN
enum nss_status _nss_subid_getgrgid_r(gid_t gid, struct group *grp, char *buf, size_t len, int *errnop) OVERRUN
END_OF_C
    compiles "a module that writes a byte too much is built" libnss_subid.so.2 \
        "$scratch/overrun.c"
    nss_put libnss_subid.so.2
    like "and AddressSanitizer reports it" "$(nss_users "$under_asan" guarded 100 "$user")" heap-buffer-overflow
else
    tap_result ok "AddressSanitizer # SKIP $cc has no libasan.so"
fi
rm -r "$scratch"

machine_done
