#!/usr/bin/env bash
# A process changes its root or gives up its privileges. From then on, its lookups answer
# only from files that it can still see, whatever it has read before.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"
# shellcheck source=tests/host.sh
. "$abs_top_srcdir/tests/host.sh"
host_enter "$@"
host_add_program "$abs_top_builddir/tests/limits/steps"

record() { # OWNER
    echo "subuid-$1-100000:x:100000:500000:Subordinate UID 0 of $1:/:/sbin/nologin"
}
# After these lookups, the process has an index of each file.
known=(services=subid times=10 passwd:100000 group:500000 times=2)
both=(passwd:100000 group:500000)
group="subgid-ftweedal-500000:x:500000:"
answers() { # NAME WANT STEP...
    is "$1" "$(host_show steps "${known[@]}" "${@:3}" | uniq)" \
        "$(printf '%s\n' "$(record ftweedal)" "$group" "$2" "status 0")"
}
host_set_subuid ftweedal:100000:65536
host_set_subgid ftweedal:500000:65536
mkdir -p other/etc same/etc empty/etc
echo bob:100000:65536 >other/etc/subuid
echo bob:500000:65536 >other/etc/subgid
# /etc is another mount, across which no link goes.
ln "$host_dir"/etc/sub[ug]id same/etc
elsewhere=$PWD
check_all() {
    answers "another root has its own files" "$(record bob)
subgid-bob-500000:x:500000:" "root=$elsewhere/other" "${both[@]}"
    answers "or none" absent "root=$elsewhere/empty" "${both[@]}"
    answers "or the same" "$(record ftweedal)
$group" "root=$elsewhere/same" "${both[@]}"
    answers "without privileges, what everybody may read" "$(record ftweedal)" \
        user=100000 passwd:100000
}
diag "--- files that changed just now"
check_all
host_settle
diag "--- files that stay as they are"
check_all
chmod 0600 /etc/subuid
answers "without privileges, nothing is known of what root read" absent user=100000 passwd:100000
host_settle
answers "nor what it has often read" absent user=100000 passwd:100000
answers "and a group, whose file all may read, has a record, but its user has none" "absent
$group" user=100000 "${both[@]}"

diag "--- which lookup shows that glibc has loaded the services before ours"
host_add_user alice 1000
host_set_subuid 1000:300000:10
host_set_subgid 1000:600000:10
is "a group's or a shadow record's does not, so the owner stays a number; a user's does" \
    "$(host_show steps "services=files subid" group:600000 shadow:subuid-1000-300000 group:600000 \
        passwd:300000 group:600000)" \
    "subgid-1000-600000:x:600000:
subuid-1000-300000:!*
subgid-1000-600000:x:600000:
subuid-alice-300000:x:300000:600000:Subordinate UID 0 of alice:/:/sbin/nologin
subgid-alice-600000:x:600000:
status 0"

diag "--- another root, whose nsswitch.conf names a plugin of its own"
# Every file that could be libsubid or a plugin is a library that reports that it was loaded.
cc=$(sed -n 's/^CC = //p' "$abs_top_builddir/Makefile" 2>/dev/null)
echo '#include <stdio.h>
__attribute__((constructor)) static void tell(void) { puts("code of that tree runs"); }' >evil.c
# shellcheck disable=SC2086
if timeout 300 ${cc:-cc} -shared -fPIC -o evil.so evil.c 2>/dev/null; then
    mkdir -p evil/etc evil/work
    # Wherever the loader looks.
    libraries=$(dirname "$(ldconfig -p | sed -n 's/.*libc\.so\.6 .*=> //p' | head -n 1)")
    for directory in lib lib64 usr/lib usr/lib64 ".$libraries" "usr$libraries" ".$host_dir/lib"; do
        mkdir -p "evil/$directory"
        for name in evil.so .so.3 .so.4 .so.5 .so.6; do
            cp evil.so "evil/$directory/libsubid${name/evil/_evil}"
        done
    done
    cp evil.so evil/work/libsubid_evil.so
    echo alice:4711:10 | tee evil/etc/subuid >evil/etc/subgid
    printf '%s\n' 'passwd: files subid' 'group: files subid' 'subid: evil' >evil/etc/nsswitch.conf
    in_evil=(services=subid passwd:nobody-of-this-name "root=$PWD/evil" passwd:4711 group:4711
        passwd:subuid-alice-4711)
    host_set_services files subid
    is "a process whose first question was about no ID of ours loads nothing from there" \
        "$(host_show steps "${in_evil[@]}" | sort -u)" $'absent\nstatus 0'
    is "nor one that has answers, and knows the source" \
        "$(host_show steps services=subid passwd:99999 "${in_evil[@]:1}" | tail -n 4)" \
        "subuid-alice-4711:x:4711:4711:Subordinate UID 0 of alice:/:/sbin/nologin
subgid-alice-4711:x:4711:
subuid-alice-4711:x:4711:4711:Subordinate UID 0 of alice:/:/sbin/nologin
status 0"
else
    tap_result ok "code of another root # SKIP there is no compiler"
fi

done_testing
