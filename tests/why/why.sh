#!/bin/bash
# Shows why the module does not call libsubid from inside a lookup: the installed libsubid
# harms the program around it, and the module does not. doc/design.md states these facts.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/host.sh
. "$(dirname "$0")/../host.sh"

naive=$abs_top_builddir/tests/why/libnss_naive.so.2
[ -f "$naive" ] || skip_all "libsubid's header was not there to build the naive module with"

host_enter "$@"
host_add_user ftweedal 1000
host_set_subuid ftweedal:100000:65536
host_set_subgid ftweedal:500000:65536
host_add_module "$naive" || host_fail "the naive module cannot be installed"
host_add_program "$abs_top_builddir/tests/why/bystander"
name=subuid-ftweedal-100000

refuted() {
    diag "##############################################################"
    diag "$*"
    diag "doc/design.md and the tests say otherwise: read the reasons again."
    diag "##############################################################"
}

# Sets blocked_in to the system call that a lookup is blocked in, or to "".
watch_lookup() {
    local pid syscall tries
    bystander by-name "$name" >answer &
    pid=$!
    blocked_in=
    for ((tries = 0; tries < 200; tries++)); do
        # "running", or nothing at all when it has ended.
        read -r syscall _ <"/proc/$pid/syscall" 2>/dev/null || break
        [ "$syscall" != "$futex" ] || blocked_in=futex
        [ -z "$blocked_in" ] || break
        sleep 0.01
    done
    kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
}
futex=$(bystander futex)

diag "--- by name"
host_set_services files naive
# If libsubid did not work here at all, the failures below would prove nothing.
is "by UID libsubid answers" "$(host_run getent passwd 100000 | cut -d: -f1,3)" "$name:100000"
r=0
timeout 3 getent passwd "$name" >answer || r=$?
is "getent passwd $name through libsubid hangs" "$r" "124"
[ "$r" -eq 124 ] || refuted "libsubid no longer hangs inside getpwnam(3): it ended with status $r."
watch_lookup
is "it waits for glibc's lock, which getpwnam(3) holds around it" "$blocked_in" "futex"

host_set_services files systemd subid
is "getent passwd $name through us answers" "$(host_show getent passwd "$name")" \
    "$name:x:100000:500000:Subordinate UID 0 of ftweedal:/:/sbin/nologin
status 0"

diag "--- by UID"
host_set_services files naive
got=$(host_run bystander static 100000)
is "libsubid turns the caller's record of root into the owner's" "$got" "ftweedal"
[ "$got" = ftweedal ] || refuted "libsubid no longer overwrites what getpwnam(3) returned."
naively=$(host_run bystander libraries 100000)
host_set_services files systemd subid
is "we leave the caller's record alone" "$(host_run bystander static 100000)" "root"
host_set_services files subid
ours=$(host_run bystander libraries 100000)
host_set_services files
without=$(host_run bystander libraries 0)
is "we bring ourselves, and no other library" "$((ours - without))" "1"
brought=$((naively - without - 1))
diag "libsubid brings $brought libraries besides the naive module"
ok "libsubid brings many libraries" [ "$brought" -ge 5 ]

done_testing
