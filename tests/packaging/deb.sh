#!/bin/bash
# The Debian package, built as a build daemon builds it: by an ordinary user, in
# a root with nothing in it but what debian/control says.
set -u
# shellcheck source=tests/packaging/root.sh
. "$(dirname "$0")/root.sh"

packages_need
# faketime: for the second build alone.
# shellcheck disable=SC2046
root_enter build-essential faketime $(packages_build_depends)
[ -f "$tarball" ] || root_fail "there is no $tarball: make dist"

# The release is copied into the root, so that no file there belongs to a user of the host.
mkdir "$root/source" "$root/source/scripts"
cp "$tarball" "$root/source/"
cp "$abs_top_srcdir/scripts/package" "$root/source/scripts/"
cp -R "$abs_top_srcdir/debian" "$root/source/"
release=/source/${tarball##*/}

is "debian/changelog and configure.ac name one version" \
    "$(inside dpkg-parsechangelog -l /source/debian/changelog -S Version | sed 's/-[^-]*$//')" \
    "$version"

build() { # UID DIRECTORY [ENV-ARGUMENT...]
    inside_as "$1" sh -c "umask $(umask); exec \"\$@\" >~/log 2>&1" - \
        env "${@:3}" /source/scripts/package deb "$release" "$2"
}

# Both builds run at once: each spends most of its time in configure, which uses one processor.
mkdir -p "$root/tmp/home.1/elsewhere" && chown -R 1 "$root/tmp/home.1"
(
    umask 077
    # Or files older than the release would look younger.
    build 1 /tmp/home.1/elsewhere/second NO_FAKE_STAT=1 LC_ALL=C TZ=XXX-13 USER=builder \
        DEB_BUILD_OPTIONS='nocheck parallel=1' faketime '2031-03-04 05:06:07'
) &
second=$root/tmp/home.1/elsewhere/second

diag "--- by nobody, with every test that needs no root"

ok "it builds" build 65534 /tmp/home.65534/first
first=$root/tmp/home.65534/first
log=$root/tmp/home.65534/log
[ -n "$(ls "$first"/*.deb 2>/dev/null)" ] || {
    diag "$(grep -A 3 -E '^(not ok|FAIL|ERROR)' "$log")"
    diag "$(tail -n 40 "$log")"
    root_fail "there is no package"
}
results() { sed -n "s/^# $1: *//p" "$log"; }
ok "with hundreds of tests" test "$(results PASS)" -gt 500
is "of which none failed" "$(results FAIL) $(results ERROR)" "0 0"

diag "--- by somebody else, elsewhere, in another time zone and year, another locale and umask"

wait $!
is "it builds again" "$?" 0
for deb in "$first"/*.deb; do
    deb=${deb##*/}
    ok "and ${deb%%_*} is the same" cmp "$first/$deb" "$second/$deb"
done

diag "--- what is in it"

deb=$(echo "$first"/libnss-subid_*.deb)
multiarch=$(inside dpkg-architecture -qDEB_HOST_MULTIARCH)
field() { dpkg-deb -f "$deb" "$1"; }

is "it is installed beside itself of another architecture" "$(field Multi-Arch)" same
is "in its neighbours' section" "$(field Section) $(field Priority)" "admin optional"
like "it needs the C library, and nothing else" "$(field Depends)" '^libc6 \(>= [0-9.]+\)$'
is "it recommends nothing: the module loads no library" "$(field Recommends)" ""
is "and suggests the two programs" "$(field Suggests)" "subid-check, subid-userdbd"

# Directories apart; the second field is "root/root".
contents() {
    dpkg-deb -c "$deb" | awk '$1 !~ /^d/ { print $1, $2, $6, $7, $8 }' | sed 's/ *$//' |
        sort -k 3
}
compressed() { # FILE...: dh_compress(1) leaves small ones as they are
    local file
    for file; do
        [ "$(stat -c %s "$file")" -le 4096 ] && echo "$file" || echo "$file.gz"
    done
}
expected() {
    echo "-rw-r--r-- root/root ./etc/apparmor.d/abstractions/nameservice.d/libnss-subid"
    echo "-rw-r--r-- root/root ./usr/lib/$multiarch/libnss_subid.so.2"
    local document
    for document in README.Debian changelog.Debian.gz copyright examples/nsswitch.conf.example \
        $(cd "$abs_top_srcdir" && compressed README.md SECURITY.md doc/*); do
        echo "-rw-r--r-- root/root ./usr/share/doc/libnss-subid/$document"
    done
    [ ! -e "$abs_top_srcdir/CHANGELOG.md" ] ||
        echo "-rw-r--r-- root/root ./usr/share/doc/libnss-subid/changelog.gz"
    echo "-rw-r--r-- root/root ./usr/share/lintian/overrides/libnss-subid"
    [ ! -e "$abs_top_srcdir/man/libnss_subid.so.2.8" ] || {
        echo "lrwxrwxrwx root/root ./usr/share/man/man8/libnss_subid.so.2.8.gz -> nss-subid.8.gz"
        echo "-rw-r--r-- root/root ./usr/share/man/man8/nss-subid.8.gz"
    }
}
is "it has the module, what is to be read about it, and nothing else" \
    "$(contents)" "$(expected | sort -k 3)"
is "its one file in /etc is a conffile" "$(dpkg-deb -I "$deb" conffiles)" \
    "/etc/apparmor.d/abstractions/nameservice.d/libnss-subid"

diag "--- what is in subid-check's"

deb=$(echo "$first"/subid-check_*.deb)
is "one of it serves every architecture" "$(field Multi-Arch)" foreign
like "it needs the libraries that it prints with" "$(field Depends)" \
    '^libc6 \(.*\), libjson-c[0-9]+ \(.*\), libsmartcols1 \(.*\)$'
is "it checks what the other two do, and works without them" \
    "$(field Enhances)|$(field Recommends)$(field Suggests)" "libnss-subid, subid-userdbd|"
is "it has the program, its page and its completion, and nothing else" "$(contents)" \
    "-rwxr-xr-x root/root ./usr/sbin/subid-check
-rw-r--r-- root/root ./usr/share/bash-completion/completions/subid-check
-rw-r--r-- root/root ./usr/share/doc/subid-check/changelog.Debian.gz
-rw-r--r-- root/root ./usr/share/doc/subid-check/changelog.gz
-rw-r--r-- root/root ./usr/share/doc/subid-check/copyright
-rw-r--r-- root/root ./usr/share/fish/vendor_completions.d/subid-check.fish
-rw-r--r-- root/root ./usr/share/lintian/overrides/subid-check
-rw-r--r-- root/root ./usr/share/man/man8/subid-check.8.gz
-rw-r--r-- root/root ./usr/share/subid-check/subid-check.schema.json
-rw-r--r-- root/root ./usr/share/zsh/vendor-completions/_subid-check"

diag "--- what is in subid-userdbd's"

deb=$(echo "$first"/subid-userdbd_*.deb)
is "one of it serves every architecture" "$(field Multi-Arch)" foreign
like "it needs the libraries that it asks and answers with" "$(field Depends)" \
    '^libc6 \(.*\), libjson-c[0-9]+ \(.*\), libsubid[0-9]+ \(.*\), libsystemd0 \(.*\)$'
is "it recommends who asks it, and suggests who checks it" \
    "$(field Recommends)|$(field Suggests)" "libnss-systemd|subid-check"
# Debian 12 has its units in /lib.
is "it has the program, its units and its page, and nothing else" \
    "$(contents | sed 's, \./lib/, ./usr/lib/,' | sort -k 3)" \
    "-rw-r--r-- root/root ./usr/lib/systemd/system/subid-userdbd.service
-rw-r--r-- root/root ./usr/lib/systemd/system/subid-userdbd.socket
-rwxr-xr-x root/root ./usr/libexec/subid-userdbd
-rw-r--r-- root/root ./usr/share/doc/subid-userdbd/changelog.Debian.gz
-rw-r--r-- root/root ./usr/share/doc/subid-userdbd/changelog.gz
-rw-r--r-- root/root ./usr/share/doc/subid-userdbd/copyright
-rw-r--r-- root/root ./usr/share/lintian/overrides/subid-userdbd
-rw-r--r-- root/root ./usr/share/man/man8/subid-userdbd.8.gz"
is "the unit starts that program" \
    "$(dpkg-deb --fsys-tarfile "$deb" | tar -xO --wildcards '*/subid-userdbd.service' | grep ^ExecStart=)" \
    "ExecStart=/usr/libexec/subid-userdbd"
control() { dpkg-deb -I "$deb" "$1"; }
like "its socket is enabled when it is installed" "$(control postinst)" \
    "deb-systemd-helper enable 'subid-userdbd.socket'"
like "and started" "$(control postinst)" "deb-systemd-invoke .*'subid-userdbd.socket'"
like "and stopped before it is removed" "$(control prerm)" "deb-systemd-invoke stop .*'subid-userdbd.socket'"

# For the other tests, and for people.
rm -rf "$packages" && mkdir -p "$packages" &&
    find "$first" -maxdepth 1 -type f -exec cp -t "$packages" {} + && touch "$packages/complete"

done_testing
