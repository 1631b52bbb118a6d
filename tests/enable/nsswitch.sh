#!/usr/bin/env bash
# scripts/nsswitch on the files of many distributions, and on what people write.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"

# shellcheck source=tests/enable/cases.sh
. "$(dirname "$0")/cases.sh"

# The script waits until the disk has what it writes: in memory, that takes no time.
if [ -w /dev/shm ]; then scratch=$(mktemp -d -p /dev/shm); else scratch=$(mktemp -d); fi
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit
mkdir etc bin cases kept
cases_unpack cases || exit
corpus=$scratch/cases

nsswitch() { sh "$abs_top_srcdir/scripts/nsswitch" "$@"; }
show() { # COMMAND...
    local r=0
    "$@" 2>&1 || r=$?
    echo "status $r"
}

start_with() { # CASE
    rm -f etc/*
    cat "$corpus/$1/before" >etc/nsswitch.conf
}
# Files beside nsswitch.conf count, too.
keep() { rm -rf kept && cp -r etc kept; }
# shellcheck disable=SC2317
is_kept() { diff -r kept etc; }
# shellcheck disable=SC2317
same() { cmp "$1" "$2"; } # FILE FILE

refuses() { # CASE
    local shown
    start_with "$1"
    keep
    shown=$(show nsswitch enable etc/nsswitch.conf)
    like "$1 is refused" "$shown" "$(<"$corpus/$1/refused")"
    is "$1: the status says so" "${shown##*$'\n'}" "status 1"
    ok "$1: all is as it was" is_kept
}

enables() { # CASE
    local want=$corpus/$1/before
    [ ! -f "$corpus/$1/disabled" ] || want=$corpus/$1/disabled
    start_with "$1"
    ok "$1 can be enabled" nsswitch enable etc/nsswitch.conf
    ok "$1: as expected" same etc/nsswitch.conf "$corpus/$1/after"
    keep
    ok "$1 can be enabled twice" nsswitch enable etc/nsswitch.conf
    ok "$1: the second time changes nothing" is_kept
    if ! cmp -s "$corpus/$1/before" "$corpus/$1/after"; then
        ok "$1: it is kept as it was" same etc/nsswitch.conf.before-subid "$corpus/$1/before"
    fi
    ok "$1 can be disabled" nsswitch disable etc/nsswitch.conf
    ok "$1: byte for byte" same etc/nsswitch.conf "$want"
    is "$1: nothing else is left" "$(echo etc/*)" etc/nsswitch.conf
    keep
    ok "$1 can be disabled twice" nsswitch disable etc/nsswitch.conf
    ok "$1: and that changes nothing" is_kept
}

without_reason=
for path in "$corpus"/*/; do
    name=$(basename "$path")
    [ -s "$path/why" ] || without_reason+=" $name"
    if [ -f "$path/refused" ]; then refuses "$name"; else enables "$name"; fi
done
is "each case has a reason" "$without_reason" ""

# Debian's awk is mawk, Fedora's is gawk, others have the original or busybox'. The cases above
# have run with the awk of this host.
path=$PATH
for awk in mawk gawk original-awk busybox; do
    program=$(command -v "$awk") || continue
    [ "$program" -ef "$(command -v awk)" ] && continue
    [ "$awk" != busybox ] || program="$program awk"
    printf '#!/bin/sh\nexec %s "$@"\n' "$program" >bin/awk
    chmod +x bin/awk
    PATH=$scratch/bin:$path
    differing=
    for case in "$corpus"/*/; do
        name=$(basename "$case")
        start_with "$name"
        if nsswitch enable etc/nsswitch.conf >enable.log 2>&1; then
            [ -f "$case/after" ] && cmp -s etc/nsswitch.conf "$case/after" || differing+=" $name"
        else
            [ -f "$case/refused" ] || differing+=" $name"
        fi
    done
    is "$awk gives the same results" "$differing" ""
    PATH=$path
done

diag "--- what the administrator changed since stays"
start_with debian-12
nsswitch enable etc/nsswitch.conf >enable.log 2>&1
sed -i 's/^hosts:.*/hosts: files dns myhostname/' etc/nsswitch.conf
ok "edited since, it can be disabled" nsswitch disable etc/nsswitch.conf
is "only the word is taken out" "$(cat etc/nsswitch.conf)" \
    "$(sed 's/^hosts:.*/hosts: files dns myhostname/' "$corpus/debian-12/before")"
is "and the copy of before is gone" "$(ls etc)" nsswitch.conf
start_with no-passwd-line
nsswitch enable etc/nsswitch.conf >enable.log 2>&1
echo "# mine" >>etc/nsswitch.conf
ok "with a line of ours and one of theirs, it can be disabled" \
    nsswitch disable etc/nsswitch.conf
is "our line then has what glibc would use without it" \
    "$(cat etc/nsswitch.conf)" "$(cat "$corpus/no-passwd-line/before")
passwd:         files
# mine"
printf 'passwd: subid\ngroup: files\n' >etc/nsswitch.conf
like "nobody is left without any service" "$(show nsswitch disable etc/nsswitch.conf)" \
    "passwd: subid is its only service"
printf 'passwd: files [FOO=bar]\ngroup: files subid\n' >etc/nsswitch.conf
ok "a line that is not understood is no reason to stay enabled" \
    nsswitch disable etc/nsswitch.conf
is "it is left alone" "$(cat etc/nsswitch.conf)" $'passwd: files [FOO=bar]\ngroup: files'

diag "--- it is replaced in one step, and keeps its owner and mode"
start_with debian-12
chmod 0640 etc/nsswitch.conf
[ "$(id -u)" -ne 0 ] || chown 12:34 etc/nsswitch.conf
attributes() { stat -c "%a %u:%g" "$1"; }
before=$(attributes etc/nsswitch.conf)
ln etc/nsswitch.conf etc/link
nsswitch enable etc/nsswitch.conf >enable.log 2>&1
ok "a program that has the file open goes on reading the old one" same etc/link "$corpus/debian-12/before"
is "owner and mode are kept" "$(attributes etc/nsswitch.conf)" "$before"
is "and those of the copy" "$(attributes etc/nsswitch.conf.before-subid)" "$before"
nsswitch disable etc/nsswitch.conf >disable.log 2>&1
is "and after disabling" "$(attributes etc/nsswitch.conf)" "$before"
rm etc/link

diag "--- links"
tree=$scratch/tree
new_tree() {
    rm -rf "$tree"
    mkdir -p "$tree/etc" "$tree/usr/etc"
}
new_tree
install -m 0644 "$corpus/debian-12/before" "$tree/etc/nsswitch.site"
ln -s nsswitch.site "$tree/etc/nsswitch.conf"
ok "what a link names is edited" nsswitch enable "$tree/etc/nsswitch.conf"
is "the link stays" "$(readlink "$tree/etc/nsswitch.conf")" nsswitch.site
ok "through it subid is enabled" same "$tree/etc/nsswitch.conf" "$corpus/debian-12/after"
ok "and disabled" nsswitch disable "$tree/etc/nsswitch.conf"
ok "byte for byte" same "$tree/etc/nsswitch.site" "$corpus/debian-12/before"
is "nothing else is left" "$(cd "$tree/etc" && echo *)" "nsswitch.conf nsswitch.site"
ln -sf /etc/nsswitch.site "$tree/etc/nsswitch.conf"
ok "an absolute link means the tree that it is in" nsswitch enable "$tree/etc/nsswitch.conf"
ok "not the host" same "$tree/etc/nsswitch.site" "$corpus/debian-12/after"
new_tree
install -m 0644 "$corpus/debian-12/before" outside
ln -s ../../outside "$tree/etc/nsswitch.conf"
like "a link out of a tree is refused" "$(show nsswitch enable "$tree/etc/nsswitch.conf")" \
    "is a link to $scratch/outside, outside of $tree"
ok "and not followed" same outside "$corpus/debian-12/before"
ln -sf nsswitch.conf "$tree/etc/nsswitch.conf"
like "a circle is refused" "$(show nsswitch enable "$tree/etc/nsswitch.conf")" "too many links"

refuses_link() { # NAME TARGET PATTERN
    new_tree
    mkdir -p "$(dirname "$tree$2")"
    install -m 0644 "$corpus/debian-12/before" "$tree$2"
    ln -s "$2" "$tree/etc/nsswitch.conf"
    like "$1: enabling is refused" "$(show nsswitch enable "$tree/etc/nsswitch.conf")" "$3"
    like "$1: and disabling" "$(show nsswitch disable "$tree/etc/nsswitch.conf")" "$3"
    nok "$1: the status says so" nsswitch enable "$tree/etc/nsswitch.conf"
    ok "$1: it is as it was" same "$tree$2" "$corpus/debian-12/before"
}
refuses_link authselect /etc/authselect/nsswitch.conf \
    "authselect create-profile subid --base-on BASE"
refuses_link NixOS /etc/static/nsswitch.conf "system.nssDatabases.passwd = lib.mkOrder 1501"
refuses_link Guix /gnu/store/0123456789-nsswitch.conf "generated from the system's configuration"
refuses_link "a file of a package" /usr/etc/nsswitch.conf "cp --remove-destination"

diag "--- openSUSE, where the file may be in /usr/etc alone"
new_tree
install -m 0644 "$corpus/opensuse-leap-16/before" "$tree/usr/etc/nsswitch.conf"
like "a message says that a copy is made" "$(show nsswitch enable "$tree/etc/nsswitch.conf")" \
    "it becomes a copy of $tree/usr/etc/nsswitch.conf"
is "the copy has the word, and says where it is from" "$(cat "$tree/etc/nsswitch.conf")" \
    "# Made from /usr/etc/nsswitch.conf, with the service subid added: remove this file
# to go back to that one.
$(cat "$corpus/opensuse-leap-16/after")"
ok "the package's own is as it was" \
    same "$tree/usr/etc/nsswitch.conf" "$corpus/opensuse-leap-16/before"
like "twice changes nothing" "$(show nsswitch enable "$tree/etc/nsswitch.conf")" "already"
ok "it can be disabled" nsswitch disable "$tree/etc/nsswitch.conf"
is "and nothing is left" "$(ls -A "$tree/etc")" ""
nsswitch enable "$tree/etc/nsswitch.conf" >enable.log 2>&1
echo "sudoers: files" >>"$tree/etc/nsswitch.conf"
ok "edited since, it can be disabled" nsswitch disable "$tree/etc/nsswitch.conf"
like "and stays" "$(tail -n 1 "$tree/etc/nsswitch.conf")" "sudoers: files"
nok "without the word" grep -E "^[^#]*subid" "$tree/etc/nsswitch.conf"

diag "--- files and arguments that are refused"
new_tree
like "where there is none, none is made" "$(show nsswitch enable "$tree/etc/nsswitch.conf")" \
    "there is no $tree/etc/nsswitch.conf; glibc then asks files alone"
is "and the directory is still empty" "$(ls -A "$tree/etc")" ""
ok "where there is no file, disabling succeeds" nsswitch disable "$tree/etc/nsswitch.conf"
mkdir "$tree/etc/nsswitch.conf"
like "a directory is refused" "$(show nsswitch enable "$tree/etc/nsswitch.conf")" \
    "is not a regular file"
for arguments in "" "enabel" "enable one two" "disable one two"; do
    # shellcheck disable=SC2086
    like "usage: '$arguments'" "$(show nsswitch $arguments)" "status 2"
done
ok "--help is no mistake" nsswitch --help

done_testing
