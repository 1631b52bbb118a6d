#!/bin/bash
# glibc reads the files that scripts/nsswitch edits, and those that it refuses to edit,
# as the script expects.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/host.sh
. "$(dirname "$0")/../host.sh"
host_enter "$@"
host_add_sample

# shellcheck source=tests/enable/cases.sh
. "$abs_top_srcdir/tests/enable/cases.sh"
corpus=$host_dir/work/cases
mkdir "$corpus"
cases_unpack "$corpus" || host_fail "the cases cannot be unpacked"
conf=/etc/nsswitch.conf
nsswitch() { host_run sh "$abs_top_srcdir/scripts/nsswitch" "$@" 2>&1; }
use() { host_write "$conf" <"$1"; } # FILE

# The records that this file finds, one letter each: a user of ours, its shadow
# record, a group of ours, root, and root's group.
found() {
    local letters=
    host_run getent passwd 100000 >/dev/null && letters+=u
    host_run getent shadow subuid-ftweedal-100000 >/dev/null && letters+=s
    host_run getent group 500000 >/dev/null && letters+=g
    host_run getent passwd root >/dev/null && letters+=R
    host_run getent group root >/dev/null && letters+=G
    echo "$letters"
}

for path in "$corpus"/*/; do
    name=$(basename "$path")
    if [ -f "$path/refused" ] || [ -f "$path/unreached" ]; then continue; fi
    use "$path/before"
    want=RG
    # Some have the word already. Without a line of its own, shadow follows passwd.
    if grep -q '^passwd.* subid\( \|$\)' "$conf"; then
        grep -q '^shadow' "$conf" || want=s$want
        want=u$want
    fi
    ! grep -q '^group.* subid\( \|$\)' "$conf" || want=${want/RG/gRG}
    is "$name: as it was" "$(found)" "$want"
    nsswitch enable >/dev/null
    is "$name: enabled, glibc finds ours and everybody else" "$(found)" usgRG
    nsswitch disable >/dev/null
    is "$name: disabled, everybody else" "$(found)" RG
done

diag "--- what is refused would not have done"
by_hand() { # NAME FOUND
    sed -E '/^(passwd|group|shadow)/ s/$/ subid/' "$corpus/$1/before" | host_write "$conf"
    is "$1, with the word at the ends" "$(found)" "$2"
}
by_hand two-brackets gRG
by_hand unknown-action ""
by_hand unknown-status ""
by_hand open-bracket ""
by_hand empty-brackets ""
by_hand success-continue usgG
by_hand comment-with-bracket ""
by_hand only-the-group-ends usRG
by_hand nobody-is-asked usgG

diag "--- what glibc reads differently from how it looks"
host_set_file "$conf" "passwd: files" "passwd: files subid" "group: files"
is "of two lines the last counts" "$(found)" usRG
printf 'passwd: files subid\ngroup: files subid' >"$conf"
is "a last line without a newline does not" "$(found)" usRG
host_set_file "$conf" "passwd: files # the word subid" "group: files"
is "the words of a comment are services" "$(found)" usRG

diag "--- other services answer as before"
host_set_file "$conf" "passwd: files" "group: files [SUCCESS=merge] systemd [SUCCESS=merge]"
before=$(host_show getent group root sudo nogroup adm)
shadow=$(host_show getent shadow root nobody)
nsswitch enable >/dev/null
is "groups that are merged" "$(host_show getent group root sudo nogroup adm)" "$before"
is "the groups of a user" "$(host_show id ftweedal)" \
    $'uid=1000(ftweedal) gid=1000(ftweedal) groups=1000(ftweedal)\nstatus 0'
# Without lines of their own, shadow and gshadow follow passwd and group, and so
# they ask subid, which has no group passwords.
is "shadow, which follows passwd" "$(host_show getent shadow root nobody)" "$shadow"
is "and a shadow record that nobody has" "$(host_show getent shadow nobody-of-this-name)" "status 2"

diag "--- a module that was removed before the word was"
use "$corpus/debian-12/after"
is "with the module" "$(found)" usgRG
rm "$host_dir/lib/libnss_subid.so.2"
ldconfig
is "without it everybody else is found" "$(found)" RG
is "and nobody else is absent, not at fault" \
    "$(host_run "$abs_top_builddir/tests/integration/lookups" 1 100000 4242 nobody-of-this-name)" \
    $'absent\nabsent\nabsent'

diag "--- a file that cannot be replaced"
rm -f "$conf".*
use "$corpus/debian-12/before"
touch mounted
cp "$conf" mounted
mount --bind mounted "$conf"
like "a mounted file" "$(nsswitch enable; echo "status $?")" "cannot be written; it is as it was"
ok "is as it was" cmp "$conf" "$corpus/debian-12/before"
umount "$conf"
is "and nothing but the copy is beside it" "$(cd /etc && echo nsswitch.conf.*)" \
    nsswitch.conf.before-subid

done_testing
