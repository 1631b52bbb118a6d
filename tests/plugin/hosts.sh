#!/bin/bash
# Programs that a library inside them can harm, with `subid: sample`.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/host.sh
. "$(dirname "$0")/../host.sh"

plugins=$abs_top_builddir/tests/plugin/.libs
[ -e "$plugins/libsubid_sample.so" ] || skip_all "libsubid's header was not there to build plugins with"

host_enter "$@"
host_add_user alice 1001
host_add_user bob 1003
host_add_user slow 1005
host_set_subuid alice:900000:10
host_set_subgid alice:900000:10
# The loader never unmaps the sticky one, so nothing would tell whether libsubid
# still asks it: it is refused, since otherwise a lookup might hang.
for plugin in sample sticky; do
    host_add_module "$plugins/libsubid_$plugin.so" || host_fail "a plugin cannot be installed"
done
for program in hosts neighbour; do
    host_add_program "$abs_top_builddir/tests/plugin/$program"
done
libsubid=$(ldconfig -p | awk '$1 ~ /^libsubid\.so\.[0-9]+$/ { print $1; exit }')

set_source() { # PATH LINE...
    host_set_file "$1" "passwd: files subid" "group: files subid" "${@:2}"
}
set_source /etc/nsswitch.conf "subid: sample"

# What it printed, what it wrote to stderr, and how it ended.
run() {
    local r=0
    host_run "$@" >out 2>err || r=$?
    cat out
    sed 's/^/stderr: /' err
    echo "status $r"
}

diag "--- a program that uses libsubid itself"
for first in us host; do
    is "threads in libsubid and in lookups, $first first" \
        "$(run neighbour threads $first 500)" "status 0"
done
diag "--- a program whose libsubid has taken the files before"
decided() { # PLUGIN
    set_source /etc/nsswitch.conf "subid: files"
    set_source /etc/elsewhere "subid: $1"
    run neighbour decided /etc/elsewhere 900000 subuid-alice-900000 100000 \
        subuid-alice-100000 | grep -v '^Failed '
}
is "lookups do too, and its log is still its own" "$(decided sample)" "libsubid: 1 ranges
subuid-alice-900000
subuid-alice-900000
absent
absent
log: host: Permission denied.
status 0"
is "or say that they cannot tell, and never hang" "$(decided sticky)" "libsubid: 1 ranges
ELIBACC
ELIBACC
ELIBACC
ELIBACC
log: host: Permission denied.
status 0"

diag "--- nsswitch.conf is edited between our reading it and libsubid's"
for line in "subid: files" "subid: nosuch"; do
    set_source /etc/nsswitch.conf "subid: sample"
    set_source /etc/elsewhere "$line"
    is "what libsubid read counts, and leaves stderr alone: $line" \
        "$(run hosts edited /etc/elsewhere 900000 subuid-alice-900000 100000 subuid-alice-100000)" \
        "subuid-alice-900000:900000:900000
subuid-alice-900000:900000:900000
absent
absent
status 0"
done

for preload in "" "$libsubid"; do
    set_source /etc/nsswitch.conf "subid: sample"
    export LD_PRELOAD=$preload
    with=${preload:+, libsubid preloaded}
    diag "--- any program$with"
    failed=0
    for ((i = 0; i < 30; i++)); do
        host_run hosts race 16 >>race.out 2>&1 || failed=$((failed + 1))
    done
    is "16 first lookups at once, 30 times$with" "$failed $(cat race.out)" "0 "
    is "a child forked beside a waiting thread answers or fails$with" "$(run hosts fork)" \
        "child: EAGAIN
child: EAGAIN
thread: right
later child: right
later child: right
status 0"
    is "a child forked beside a thread that loads the plugin$with" "$(run hosts fork-opening)" \
        "child: EAGAIN
child: EAGAIN
thread: right
later child: right
later child: right
status 0"
    is "no descriptors$with" "$(run hosts files 500)" "grew by 0
status 0"
    is "threads that are cancelled leave none$with" "$(run hosts cancel 300)" "grew by 0
status 0"
    like "a library whose constructor looks up, beside a first lookup$with" \
        "$(run hosts library libsubid_sticky.so | sort | xargs)" \
        '^constructor: (right|EAGAIN) status 0 thread: right$'
    is "few descriptors left: an answer or a fault, and never the files$with" \
        "$(run hosts starved | grep -vE '^[0-5] left: (EMFILE|right), then right$')" "status 0"

    # It comes after libsubid has let go of its plugin.
    set_source /etc/nsswitch.conf "subid: sample"
    like "a lookup when the program ends, and does$with" "$(run hosts exit | xargs)" \
        '^by UID: ELIBACC by name: ELIBACC status 0$'
    set_source /etc/nsswitch.conf "subid: sticky"
    like "the same with a plugin that is refused$with" "$(run hosts exit | xargs)" \
        '^subuid-alice-100000: ELIBACC by UID: ELIBACC by name: ELIBACC status 1$'
    export -n LD_PRELOAD
done

set_source /etc/nsswitch.conf "subid: files"
is "with the files glibc lets a constructor look up" \
    "$(run hosts library libsubid_sticky.so | sort)" "constructor: absent
status 0
thread: absent"

diag "--- descriptors where nothing can answer"
set_source /etc/nsswitch.conf "subid: nosuch"
is "no such plugin" "$(run hosts files 500)" "grew by 0
status 0"
library=$(realpath "$(ldconfig -p | awk '$1 ~ /^libsubid\.so\.[0-9]+$/ { print $NF; exit }')")
set_source /etc/nsswitch.conf "subid: sample"
mount --bind /dev/null "$library" || host_fail "$library cannot be hidden"
is "no libsubid" "$(run hosts files 500)" "grew by 0
status 0"

done_testing
