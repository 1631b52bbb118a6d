#!/usr/bin/env bash
# Other ways to a record than a program's own glibc and nsswitch.conf: getent -s,
# nscd, nsncd, a glibc that is part of the program.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"
# shellcheck source=tests/host.sh
. "$abs_top_srcdir/tests/host.sh"
host_enter "$@"
host_add_sample
user="subuid-ftweedal-100033:x:100033:500033:Subordinate UID 33 of ftweedal:/:/sbin/nologin"
group="subgid-ftweedal-500033:x:500033:"
found() { printf '%s\nstatus 0' "$1"; }
missing="status 2"

diag "--- getent -s, wherever nsswitch.conf leads"
host_set_services files
is "nsswitch.conf does not name us" "$(host_show getent passwd 100033)" "$missing"
is "-s subid" "$(host_show getent -s subid passwd 100033)" "$(found "$user")"
is "-s subid, by name" "$(host_show getent -s subid passwd subuid-ftweedal-100033)" \
    "$(found "$user")"
is "-s passwd:subid" "$(host_show getent -s passwd:subid passwd 100033)" "$(found "$user")"
is "-s passwd:subid, a group" "$(host_show getent -s passwd:subid group 500033)" "$missing"
is "-s subid, a group" "$(host_show getent -s subid group 500033)" "$(found "$group")"
is "-s 'files subid'" "$(host_show getent -s 'files subid' passwd 100033)" "$(found "$user")"
is "-s subid, root" "$(host_show getent -s subid passwd root 0)" "$missing"
is "-s subid, no enumeration" "$(host_show getent -s subid passwd)" "status 0"
host_set_services files subid
is "-s files" "$(host_show getent -s files passwd 100033)" "$missing"

diag "--- a statically linked program"
cc=$(sed -n 's/^CC = //p' "$abs_top_builddir/Makefile")
# shellcheck disable=SC2086
if timeout 300 $cc -static -o static "$abs_top_srcdir/tests/integration/lookups.c" 2>/dev/null; then
    host_add_program static
    keys=(100033 subuid-ftweedal-100033 300999 99999 root)
    root=$(grep ^root: /etc/passwd)
    want="$user
$user
subuid-a-b.c-300999:x:300999:65534:Subordinate UID 999 of a-b.c:/:/sbin/nologin
absent
$root
status 0"
    is "a dynamic one" "$(host_show "$abs_top_builddir/tests/integration/lookups" 1 "${keys[@]}")" \
        "$want"
    # The shared glibc here has the version that the program was linked with, so it is loaded.
    is "a static one loads modules all the same" "$(host_show static 1 "${keys[@]}")" "$want"
    mkdir -p empty/etc
    cp static /etc/passwd /etc/group /etc/subuid /etc/subgid /etc/nsswitch.conf empty/etc
    is "where it has no shared glibc to load it finds the accounts and goes on" \
        "$(host_show chroot empty /etc/static 1 100033 root)" "absent
$root
status 0"
else
    tap_result ok "a statically linked program # SKIP this system cannot link one"
fi

if command -v musl-gcc >/dev/null; then
    musl-gcc -static -o musl "$abs_top_srcdir/tests/integration/lookups.c"
    host_add_program musl
    is "a program with musl loads no modules" "$(host_show musl 1 100033)" "$(found absent)"
fi
# Each may be installed, or only unpacked below the build directory.
daemon() { # NAME: its path, if it is there
    PATH=$PATH:/usr/libexec:$abs_top_builddir/nscd/usr/sbin:$abs_top_builddir/nsncd/usr/libexec \
        command -v "$1"
}
mkdir -p /run/nscd
start() { # COMMAND...: sets pid
    "$@" >daemon.out 2>&1 &
    pid=$!
    for ((i = 0; i < 100; i++)); do
        [ -S /run/nscd/socket ] && break
        sleep 0.05
    done
}
stop() { kill "$pid" && wait "$pid" 2>/dev/null; rm -f /run/nscd/socket; }

# Debian 12 has none.
if nsncd=$(daemon nsncd); then
    diag "--- nsncd"
    start "$nsncd"
    ok "it runs" kill -0 "$pid"
    is "a user" "$(host_show getent passwd 100033)" "$(found "$user")"
    is "a group" "$(host_show getent group 500033)" "$(found "$group")"
    is "a program with musl asks nsncd" "$(host_show musl 1 100033 subuid-ftweedal-100033)" \
        "$(found "$user
$user")"
    cp /etc/subuid sample
    host_set_subuid carol:99999:100000
    is "which has no cache" "$(host_show musl 1 100033 | cut -d: -f1)" "subuid-carol-100033
status 0"
    cp sample /etc/subuid
    stop
fi

diag "--- nscd"
nscd=$(daemon nscd)
if [ -z "$nscd" ]; then
    tap_result ok "nscd # SKIP nscd is not installed"
    done_testing
fi
host_set_file /etc/nscd.conf "enable-cache passwd yes" "enable-cache group yes" \
    "positive-time-to-live passwd 600" "negative-time-to-live passwd 600" \
    "positive-time-to-live group 600" "negative-time-to-live group 600" \
    "check-files passwd yes" "persistent passwd no" "persistent group no" \
    "max-threads 4" "debug-level 0" "logfile $PWD/nscd.log"
start "$nscd" --foreground
ok "it runs" kill -0 "$pid"
is "a user" "$(host_show getent passwd 100033)" "$(found "$user")"
is "by name" "$(host_show getent passwd subuid-ftweedal-100033)" "$(found "$user")"
is "a group" "$(host_show getent group 500033)" "$(found "$group")"
is "an ID of nobody" "$(host_show getent passwd 99999)" "$missing"

if command -v musl-gcc >/dev/null; then
    is "a program with musl asks nscd" "$(host_show musl 1 100033 subuid-ftweedal-100033 99999)" \
        "$(found "$user
$user
absent")"
else
    tap_result ok "musl # SKIP musl-gcc is not installed"
fi

# Without the module, only nscd can answer.
mv "$host_dir/lib/libnss_subid.so.2" . && ldconfig
is "nscd answers from its cache" "$(host_show getent passwd 100033)" "$(found "$user")"
is "and answers a new question, too" "$(host_show getent passwd 100034 | cut -d: -f1)" \
    "subuid-ftweedal-100034
status 0"
host_add_module libnss_subid.so.2

diag "--- /etc/subuid changes"
host_set_subuid carol:99999:100000
renamed="subuid-carol-100033:x:100033:65534:Subordinate UID 34 of carol:/:/sbin/nologin"
is "it does not notice" "$(host_show getent passwd 100033)" "$(found "$user")"
is "nor that there is a new user" "$(host_show getent passwd 99999)" "$missing"
ok "nscd -i passwd" host_run "$nscd" -i passwd
is "then it tells the new name" "$(host_show getent passwd 100033)" "$(found "$renamed")"
is "and knows the new user" "$(host_show getent passwd 99999 | cut -d: -f1)" "subuid-carol-99999
status 0"
is "and no more the old name" "$(host_show getent passwd subuid-ftweedal-100033)" "$missing"
host_set_subgid
is "groups are another cache" "$(host_show getent group 500033)" "$(found "$group")"
ok "nscd -i group" host_run "$nscd" -i group
is "which is then empty too" "$(host_show getent group 500033)" "$missing"
ok "it still runs" kill -0 "$pid"
stop
is "without it the answers are the same" "$(host_show getent passwd 100033)" "$(found "$renamed")"

done_testing
