#!/usr/bin/env bash
# In a plain chroot / is no mount point, so unshare(1) cannot make the mounts private.
# scripts/demo and the tests say so, and what helps.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/.." && pwd)}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"

[ "$(id -u)" -eq 0 ] || skip_all "only root can call chroot(2)"
if [ "${1-}" != --inside ]; then
    unshare --mount true 2>/dev/null || skip_all "unshare(1) is refused here"
    exec unshare --mount "$BASH" "$0" --inside
fi

# The host's directories, without the mounts inside them, in a directory of a tmpfs: the chroot.
root=/dev/shm/root
mount -t tmpfs -o mode=0755 scratch /dev/shm && mkdir "$root" || exit
for path in /bin /dev /etc /lib /lib64 /proc /sbin /usr /var "$abs_top_srcdir"; do
    if [ -L "$path" ]; then
        cp -P "$path" "$root$path"
    elif [ -d "$path" ]; then
        mkdir -p "$root$path" && mount --bind "$path" "$root$path"
    fi
done
mkdir -p "$root/dev/shm" "$root/tmp"

inside() { # COMMAND...
    local r=0
    chroot "$root" env TMPDIR=/tmp "$@" 2>&1 || r=$?
    echo "status $r"
}
needs() { # prints what the tests lack
    # shellcheck disable=SC2016
    inside "$BASH" -c '. "$1/tests/tap.sh"; . "$1/tests/host.sh"; host_need_namespaces; echo nothing' \
        - "$abs_top_srcdir"
}

why="/ is no mount point, as in a plain chroot; before chroot(8), mount --rbind DIRECTORY DIRECTORY makes it one"
is "scripts/demo says what is missing" "$(inside "$abs_top_srcdir/scripts/demo")" \
    "scripts/demo: $why
status 1"
is "and so do the tests" "$(TAP_SKIP_STATUS=77 needs)" "1..0 # SKIP $why
status 77"

mount --rbind "$root" "$root"
is "a mount of the directory on itself is enough" "$(needs)" "nothing
status 0"

done_testing
