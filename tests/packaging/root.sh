# shellcheck shell=bash
# A scratch Debian root to build or install packages in: sourced, never run.
#
#   root_enter PACKAGE...       the calling script starts again in namespaces of
#                               its own, and goes on here; first thing to do. A
#                               root with PACKAGE... is mounted at $root, of
#                               Debian $NSS_SUBID_SUITE or the host's
#   root_is_entered             are we inside?
#   inside COMMAND...           runs as root in there
#   inside_shell TEXT           the same for a piece of shell
#   inside_as UID COMMAND...    runs as somebody else in there, without groups;
#                               the home directory is one in /tmp
#
#   tarball, version            the release, and the version it has
#   packages                    where the Debian package is kept, once it is built
#   packages_build_depends      what debian/control says that it is built with
#   packages_need               skips the test of a release, which has no debian/
#   packages_fetch              copies the package to /packages in there
#
# There is no network in there, and nothing of it stays: every process is in a
# PID namespace that dies with its first, every mount and file in a mount
# namespace that dies with the processes. The tree that lies below it is kept,
# and shared by all who want the same PACKAGE...

: "${abs_top_srcdir:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
export abs_top_srcdir abs_top_builddir

# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"

root_scratch=/dev/shm
root=$root_scratch/root
root_unshare=(unshare --mount --pid --uts --ipc --net --fork --kill-child --mount-proc)

packages=$abs_top_builddir/packages/${NSS_SUBID_SUITE:-host}
version=$(sed -n 's/^AC_INIT(\[nss-subid\], \[\(.*\)\])$/\1/p' "$abs_top_srcdir/configure.ac")
# shellcheck disable=SC2034
tarball=$abs_top_builddir/nss-subid-$version.tar.xz

# A variable alone could have been inherited.
root_is_entered() {
    [ $$ -eq 1 ] && [ -n "${ROOT_ENTERED_FROM-}" ] &&
        [ "$ROOT_ENTERED_FROM" != "$(readlink /proc/self/ns/mnt)" ]
}

root_enter() { # PACKAGE...
    local tool
    if root_is_entered; then
        unset ROOT_ENTERED_FROM
        # The first process of a namespace ignores signals without a handler.
        trap 'exit 130' INT
        trap 'exit 143' TERM HUP
        root_make || root_fail "the scratch root cannot be made"
        return
    fi

    [ "$(id -u)" -eq 0 ] || skip_all "only root can make a Debian root"
    for tool in mmdebstrap apt-get flock unshare setpriv; do
        command -v "$tool" >/dev/null || skip_all "$tool is not installed"
    done
    grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null ||
        skip_all "the kernel has no overlay file system"
    "${root_unshare[@]}" true 2>/dev/null || skip_all "unshare(1) is refused here"

    ROOT_BELOW=$(NSS_SUBID_CACHE=${NSS_SUBID_CACHE:-/var/cache/nss-subid-e2e}/packages \
        "$abs_top_srcdir/tests/e2e/rootfs" "${NSS_SUBID_SUITE-}" "$@") ||
        skip_all "no Debian root can be made here"
    ROOT_ENTERED_FROM=$(readlink /proc/self/ns/mnt)
    export ROOT_BELOW ROOT_ENTERED_FROM
    exec "${root_unshare[@]}" "$BASH" "$0"
}

root_fail() {
    echo "Bail out! $*"
    exit 1
}

root_make() {
    mount -t tmpfs -o mode=0755 scratch "$root_scratch" &&
        mkdir "$root_scratch/upper" "$root_scratch/work" "$root" &&
        mount -t overlay -o \
            "lowerdir=$ROOT_BELOW,upperdir=$root_scratch/upper,workdir=$root_scratch/work" \
            overlay "$root" &&
        mount -t proc proc "$root/proc" &&
        mount -t sysfs -o ro sysfs "$root/sys" &&
        mount -t tmpfs -o mode=1777 scratch "$root/dev/shm" &&
        hostname scratch &&
        # There is no init, so no package may start a service.
        printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" &&
        chmod 0755 "$root/usr/sbin/policy-rc.d" &&
        # The kept tree was made without documentation; what we install has it.
        rm -f "$root"/etc/dpkg/dpkg.cfg.d/*mmdebstrap
}

root_environment=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
    DEBIAN_FRONTEND=noninteractive)

inside() { chroot "$root" "${root_environment[@]}" HOME=/root "$@" </dev/null; }
inside_shell() { inside sh -c "$1"; }

inside_as() { # UID COMMAND...
    local uid=$1
    shift
    mkdir -p "$root/tmp/home.$uid" && chown "$uid:$uid" "$root/tmp/home.$uid" &&
        chroot "$root" setpriv --reuid "$uid" --regid "$uid" --clear-groups \
            "${root_environment[@]}" HOME="/tmp/home.$uid" "$@" </dev/null
}

packages_build_depends() {
    sed -n '/^Build-Depends:/,/^[^ ]/{/^Build-Depends:\|^ /p}' "$abs_top_srcdir/debian/control" |
        sed 's/^Build-Depends://; s/([^)]*)//g; s/<[^>]*>//g; s/,/ /g' | xargs
}

packages_need() {
    [ -d "$abs_top_srcdir/debian" ] ||
        skip_all "debian/ is in the repository, and not in a release"
}

packages_fetch() {
    [ -e "$packages/complete" ] || root_fail "nothing is in $packages: tests/packaging/deb.sh builds it"
    mkdir "$root/packages" && cp "$packages"/* "$root/packages/"
}
