#!/bin/bash
# The RPM package, built from the release alone with the rpm that Debian has, by
# an ordinary user, into the places that Fedora and openSUSE have.
set -u
# shellcheck source=tests/packaging/root.sh
. "$(dirname "$0")/root.sh"
# shellcheck source=tests/packaging/tools.sh
. "$(dirname "$0")/tools.sh"

packages_need
tools_enter
[ -f "$tarball" ] || root_fail "there is no $tarball: make dist"
mkdir -p "$root/source/scripts" &&
    cp "$tarball" "$root/source/" && cp "$abs_top_srcdir/scripts/package" "$root/source/scripts/"

# Debian's packages have other names (--nodeps). Its rpm has no tools for packages of debugging
# information or for compressed manual pages, and lacks systemd's macros. deb.sh lets the same user
# run all tests; %check has one here.
ok "it builds" inside_as 65534 sh -c 'exec "$@" >~/log 2>&1' - \
    env MAKEFLAGS='TESTS=tests/unit/test_line check_PROGRAMS=tests/unit/test_line' /source/scripts/package rpm "/source/${tarball##*/}" /tmp/home.65534/rpm \
    --nodeps --define '_libdir /usr/lib64' --define 'debug_package %{nil}' \
    --define '_build_id_links none' --define '_unitdir /usr/lib/systemd/system' \
    --define 'systemd_post() : post %*' --define 'systemd_preun() : preun %*' \
    --define 'systemd_postun_with_restart() : postun %*'
log=$root/tmp/home.65534/log
rpm=$(cd "$root" && find tmp/home.65534/rpm/RPMS -name "nss-subid-$version-*.rpm")
[ -f "$root/$rpm" ] || {
    diag "$(grep -A 3 -E '^(not ok|FAIL|ERROR|error)|Error [0-9]' "$log")"
    diag "$(tail -n 40 "$log")"
    root_fail "there is no package"
}
results() { sed -n "s/^# $1: *//p" "$log"; }
ok "with the tests of a program" test "$(results PASS)" -gt 5
is "of which none failed" "$(results FAIL) $(results ERROR)" "0 0"
ok "and a source package" test -f "$root/tmp/home.65534/rpm/SRPMS/nss-subid-$version-1.src.rpm"

query() { inside rpm -qp "$@" "/$rpm"; }
documents=/usr/share/doc/nss-subid-$version
licenses=/usr/share/licenses/nss-subid-$version

diag "--- what is in it"

expected() {
    echo "-rwxr-xr-x /usr/lib64/libnss_subid.so.2"
    echo "drwxr-xr-x $documents"
    echo "-rw-r--r-- $documents/README.md"
    echo "-rw-r--r-- $documents/SECURITY.md"
    echo "drwxr-xr-x $documents/doc"
    (cd "$abs_top_srcdir" && printf -- "-rw-r--r-- $documents/%s\n" doc/*)
    echo "-rw-r--r-- $documents/nsswitch.conf.example"
    echo "drwxr-xr-x $licenses"
    echo "-rw-r--r-- $licenses/LICENSE"
    [ ! -e "$abs_top_srcdir/man/libnss_subid.so.2.8" ] ||
        printf -- '-rw-r--r-- /usr/share/man/man8/%s\n' libnss_subid.so.2.8 nss-subid.8
}
is "it has the module, what is to be read about it, and nothing else" \
    "$(query --qf '[%{FILEMODES:perms} %{FILENAMES}\n]')" "$(expected)"
is "all of it root's" "$(query --qf '[%{FILEUSERNAME}:%{FILEGROUPNAME}\n]' | sort -u)" root:root
is "it is of the version that configure.ac names" "$(query --qf '%{VERSION}')" "$version"
is "its change log begins with it" "$(query --changelog | sed -n '1s/.* //p')" "$version-1"
is "it provides itself and the module" "$(query --provides | sed 's/ = .*//; s/(x86-64)//' | sort -u)" \
    $'libnss_subid.so.2()(64bit)\nnss-subid'
is "it needs the C library, and nothing else" \
    "$(query --requires | grep -vE '^(libc\.so\.6\(|rtld\(GNU_HASH\)|rpmlib\()')" ""
is "it recommends nothing: the module loads no library" "$(query --recommends)" ""
is "it has no scriptlets: nsswitch.conf is authselect's" "$(query --scripts --triggers)" ""

rpm_of_module=$rpm
rpm=$(cd "$root" && find tmp/home.65534/rpm/RPMS -name "subid-check-$version-*.rpm")
is "a package of its own has subid-check, its page, its schema and its completions" "$(query --list | sort)" \
    "/usr/sbin/subid-check
/usr/share/bash-completion/completions/subid-check
/usr/share/fish
/usr/share/fish/vendor_completions.d
/usr/share/fish/vendor_completions.d/subid-check.fish
/usr/share/licenses/subid-check-$version
/usr/share/licenses/subid-check-$version/LICENSE
/usr/share/man/man8/subid-check.8
/usr/share/subid-check
/usr/share/subid-check/subid-check.schema.json
/usr/share/zsh
/usr/share/zsh/site-functions
/usr/share/zsh/site-functions/_subid-check"
rpm=$(cd "$root" && find tmp/home.65534/rpm/RPMS -name "subid-userdbd-$version-*.rpm")
is "another one has subid-userdbd, its units and its page" "$(query --list | sort)" \
    "/usr/lib/systemd/system/subid-userdbd.service
/usr/lib/systemd/system/subid-userdbd.socket
/usr/libexec/subid-userdbd
/usr/share/licenses/subid-userdbd-$version
/usr/share/licenses/subid-userdbd-$version/LICENSE
/usr/share/man/man8/subid-userdbd.8"
is "whose scriptlets leave its socket to the presets" \
    "$(query --scripts | grep '^: ' | sort)" \
    ": post subid-userdbd.socket subid-userdbd.service
: postun subid-userdbd.service
: preun subid-userdbd.socket subid-userdbd.service"
rpm=$rpm_of_module

diag "--- in a root of its own"

r=0
inside_shell "mkdir /tmp/install && exec rpm --root /tmp/install --nodeps -i /$rpm" >/dev/null 2>&1 || r=$?
is "it is installed" "$r" 0
module=$root/tmp/install/usr/lib64/libnss_subid.so.2
is "its module exports the five entry points" \
    "$(readelf -W --dyn-syms "$module" | awk '$7 != "UND" && $5 == "GLOBAL" { print $8 }' | sort | xargs)" \
    "_nss_subid_getgrgid_r _nss_subid_getgrnam_r _nss_subid_getpwnam_r _nss_subid_getpwuid_r _nss_subid_getspnam_r"
like "goes by the name that glibc asks for" "$(readelf -Wd "$module")" 'SONAME.*\[libnss_subid\.so\.2\]'
is "and has no search path" "$(readelf -Wd "$module" | grep -E 'RPATH|RUNPATH')" ""
mkdir -p "$root/usr/lib64"
cp "$module" "$root/usr/lib64/"
echo ftweedal:100000:65536 | tee "$root/etc/subuid" >"$root/etc/subgid"
sed -i -E '/^(passwd|group|shadow):/ s/$/ subid/' "$root/etc/nsswitch.conf"
is "it answers" "$(inside env LD_LIBRARY_PATH=/usr/lib64 getent passwd 100000)" \
    "subuid-ftweedal-100000:x:100000:100000:Subordinate UID 0 of ftweedal:/:/sbin/nologin"
is "and says that the account is locked and expired" \
    "$(inside env LD_LIBRARY_PATH=/usr/lib64 getent shadow subuid-ftweedal-100000)" \
    "subuid-ftweedal-100000:!*::::::1:"
is "every file is as it was packed" "$(inside rpm --root /tmp/install -V --nodeps nss-subid)" ""
ok "it is erased" inside rpm --root /tmp/install -e nss-subid
is "and leaves nothing" "$(cd "$root/tmp/install" && find . -name '*subid*')" ""

done_testing
