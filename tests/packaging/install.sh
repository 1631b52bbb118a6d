#!/bin/bash
# The life of the Debian package on a host with neighbours: nsswitch.conf has our
# service exactly while the package is installed, and the rest is the host's.
set -u
# shellcheck source=tests/packaging/root.sh
. "$(dirname "$0")/root.sh"
# shellcheck source=tests/packaging/neighbours.sh
. "$(dirname "$0")/neighbours.sh"

packages_need
neighbours_enter
packages_fetch

conf=$root/etc/nsswitch.conf
record="subuid-ftweedal-100000:x:100000:100000:Subordinate UID 0 of ftweedal:/:/sbin/nologin"
echo ftweedal:100000:65536 | tee "$root/etc/subuid" >"$root/etc/subgid"

repack() { # TREE-EDIT NAME: makes a package from ours after the shell text TREE-EDIT was run
    inside_shell "cd /packages && rm -rf tree && dpkg-deb -R libnss-subid_*.deb tree && cd tree &&
        $1 && cd .. && dpkg-deb -b tree $2" >/dev/null
}
repack "sed -i 's/^Version: .*/Version: 0.0.1-1/' DEBIAN/control" older.deb ||
    root_fail "no older package can be made"

package_install() { inside dpkg -i "${1:-/packages/${deb##*/}}"; }
deb=$(echo "$root"/packages/libnss-subid_*.deb)
package_remove() { inside dpkg --remove libnss-subid; }
package_purge() { inside dpkg --purge libnss-subid; }
services() { sed -n "s/^$1:[[:space:]]*//p" "$conf"; }
getent_status() {
    local r=0
    inside getent "$@" 2>&1 || r=$?
    echo "status $r"
}
# Lists all files, but for those that dpkg and ldconfig write for every package.
everything() {
    (cd "$root" && find etc usr var -path var/lib/dpkg -prune -o -path var/log -prune -o \
        -path var/cache -prune -o -path etc/ld.so.cache -prune -o -printf '%y %m %u %p\n' | sort)
}

diag "--- a host with systemd, SSSD and LDAP"

# libnss-ldapd makes this edit, if the administrator agrees.
sed -i -E '/^(passwd|group|shadow):/ s/$/ ldap/' "$conf"
diag "$(grep -E '^(passwd|group):' "$conf")"
cp "$conf" "$root/tmp/before"
everything >"$root/tmp/everything"
before=$(services passwd)
like "it has all three" "$before" '^files .*sss.* ldap$'
is "before: nobody has the UID" "$(getent_status passwd 100000)" "status 2"
is "libsubid is not there" "$(find "$root/usr" -name 'libsubid*')" ""

ok "the package is installed" package_install
is "last of all for passwd" "$(services passwd)" "$before subid"
is "and for group" "$(services group)" "$before subid"
is "and for shadow" "$(services shadow)" "$before subid"
is "and no other line is changed" "$(grep -vE '^(passwd|group|shadow):' "$conf")" \
    "$(grep -vE '^(passwd|group|shadow):' "$root/tmp/before")"
is "the UID has a name" "$(getent_status passwd 100000)" "$record"$'\nstatus 0'
is "and the name a group" "$(getent_status group subgid-ftweedal-165535)" \
    $'subgid-ftweedal-165535:x:165535:\nstatus 0'
is "and a shadow record, of a locked account that expired" \
    "$(getent_status shadow subuid-ftweedal-100000)" $'subuid-ftweedal-100000:!*::::::1:\nstatus 0'
is "root is still root" "$(getent_status passwd root)" "$(grep ^root: "$root/etc/passwd")"$'\nstatus 0'
is "every file is as it was packed" "$(inside dpkg --verify libnss-subid)" ""

ok "it is removed" package_remove
is "nsswitch.conf is as before" "$(diff "$root/tmp/before" "$conf")" ""
is "nobody has the UID" "$(getent_status passwd 100000)" "status 2"
ok "it is installed again, over what a removal leaves" package_install
is "last of all, again" "$(services passwd), $(services group), $(services shadow)" \
    "$before subid, $before subid, $before subid"
is "the UID has its name again" "$(getent_status passwd 100000)" "$record"$'\nstatus 0'

ok "it is purged" package_purge
is "nsswitch.conf is as before" "$(diff "$root/tmp/before" "$conf")" ""
is "nobody has the UID" "$(getent_status passwd 100000)" "status 2"
is "nothing is left in /etc, /usr and /var" "$(everything | diff "$root/tmp/everything" -)" ""

diag "--- upgrades"

ok "an older version is installed" package_install /packages/older.deb
is "last of all" "$(services passwd)" "$before subid"
# The administrator edits nsswitch.conf and the conffile.
sed -i -E 's/^(passwd:.*) ldap subid$/\1 subid ldap/; s/^(group:.*) subid$/\1/' "$conf"
echo "  /srv/subuid r," >>"$root/etc/apparmor.d/abstractions/nameservice.d/libnss-subid"
cp "$conf" "$root/tmp/edited"
ok "it is upgraded" package_install
# shellcheck disable=SC2016
is "to the new version" "$(inside dpkg-query -W -f '${Version}' libnss-subid)" \
    "$(dpkg-deb -f "$deb" Version)"
is "nsswitch.conf is as the administrator left it" "$(diff "$root/tmp/edited" "$conf")" ""
is "and so is the conffile" \
    "$(tail -n 1 "$root/etc/apparmor.d/abstractions/nameservice.d/libnss-subid")" "  /srv/subuid r,"
is "the UID has its name" "$(getent_status passwd 100000)" "$record"$'\nstatus 0'
ok "it is purged" package_purge
is "the order of the others is the administrator's" "$(services passwd)" "$before"
cp "$root/tmp/before" "$conf"

diag "--- two architectures"

repack "sed -i 's/^Architecture: .*/Architecture: foreign/; /^Depends:/d; /^Recommends:/d' \
    DEBIAN/control && mv usr/lib/*-linux-gnu* usr/lib/foreign &&
    sed -i 's, usr/lib/[^/]*/, usr/lib/foreign/,' DEBIAN/md5sums" foreign.deb
inside_shell 'echo foreign >>/var/lib/dpkg/arch'
is "both are installed" "$({ package_install && package_install /packages/foreign.deb; } >/dev/null 2>&1; echo $?)" 0
is "with one word for both" "$(services passwd)" "$before subid"
ok "one is purged" inside dpkg --purge libnss-subid:foreign
is "the word stays for the other" "$(services passwd)" "$before subid"
ok "which is purged" package_purge
is "and takes the word along" "$(diff "$root/tmp/before" "$conf")" ""

diag "--- a service that is installed after ours stands where its package puts it"

sed -i 's/ sss//' "$conf"
package_install >/dev/null 2>&1
# shellcheck disable=SC2016
inside_shell 'touch /etc/nsswitch.conf.nss.libnss-sss-will-install &&
    DPKG_MAINTSCRIPT_PACKAGE=libnss-sss sh "$(dpkg-query -c libnss-sss postinst)" configure ""' \
    >/dev/null 2>&1
is "behind us: README.Debian says to move it" \
    "$(services passwd | awk '{ print $(NF - 1), $NF }')" "subid sss"
package_purge >/dev/null 2>&1
is "a purge leaves the others" "$(services passwd)" "${before/ sss/} sss"
cp "$root/tmp/before" "$conf"

diag "--- nsswitch.conf as administrators have it"

# CAPTION BEFORE WHILE: the lines for passwd, group and shadow.
keeps() {
    printf '# ours\n%s\n\nhosts: files dns # not ours\n' "$2" >"$conf"
    cp "$conf" "$root/tmp/edited"
    package_install >/dev/null 2>&1
    is "$1" "$(grep -E '^(passwd|group|shadow)' "$conf")" "$3"
    package_remove >/dev/null 2>&1
    is "$1: as before once it is removed" "$(diff "$root/tmp/edited" "$conf")" ""
    package_purge >/dev/null 2>&1
    is "$1: and once it is purged" "$(diff "$root/tmp/edited" "$conf")" ""
}
keeps "a fresh Debian" $'passwd:         files\ngroup:          files' \
    $'passwd:         files subid\ngroup:          files subid'
keeps "tabs, and an action" $'passwd:\tfiles\tsystemd\ngroup:\tfiles [SUCCESS=merge] systemd [SUCCESS=merge]' \
    $'passwd:\tfiles\tsystemd subid\ngroup:\tfiles [SUCCESS=merge] systemd [SUCCESS=merge] subid'
keeps "an order of one's own" $'group: sss [NOTFOUND=return] files\npasswd: compat nis' \
    $'group: sss [NOTFOUND=return] files subid\npasswd: compat nis subid'
keeps "a line that was commented out" $'#passwd: files\npasswd: files ldap\ngroup: files' \
    $'passwd: files ldap subid\ngroup: files subid'
keeps "a line for shadow" $'passwd: files\ngroup: files\nshadow: files' \
    $'passwd: files subid\ngroup: files subid\nshadow: files subid'
keeps "no line for group" $'passwd: files' $'passwd: files subid'

# dh_installnss(1) keeps the comment, but not the number of blanks before it.
printf '%s\n' 'passwd: files # ours' 'group: files' >"$conf"
cp "$conf" "$root/tmp/edited"
package_install >/dev/null 2>&1
is "a comment on the line stays behind the service" "$(services passwd)" "files  subid # ours"
package_purge >/dev/null 2>&1
is "as before but for a blank once it is purged" "$(diff "$root/tmp/edited" "$conf")" \
    $'1c1\n< passwd: files # ours\n---\n> passwd: files  # ours'

printf '%s\n' 'passwd: files subid systemd' 'group: files' >"$conf"
package_install >/dev/null 2>&1
is "an administrator who has chosen is not asked again" "$(cat "$conf")" \
    $'passwd: files subid systemd\ngroup: files'
package_purge >/dev/null 2>&1
is "and keeps no word for a module that is gone" "$(services passwd)" "files systemd"
cp "$root/tmp/before" "$conf"

diag "--- sources"

package_install >/dev/null 2>&1
is "the files are answered" "$(getent_status passwd 100000)" "$record"$'\nstatus 0'
echo "subid: files" >>"$conf"
is "and where they are asked for by name" "$(getent_status passwd 100000)" "$record"$'\nstatus 0'
sed -i 's/^subid: files/subid: sss/' "$conf"
is "where another source is named, the module answers nothing" \
    "$(getent_status passwd 100000)" "status 2"
is "and leaves everybody else alone" "$(getent_status passwd root)" \
    "$(grep ^root: "$root/etc/passwd")"$'\nstatus 0'

done_testing
