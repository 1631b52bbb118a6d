#!/bin/bash
# A root is made if there is none, and made anew if it is old. If that fails, the old one is kept:
# a broken suite of the day must not look like a failure of ours. Nothing is fetched here, because
# the programs that fetch are replaced.
set -u
: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"

[ "$(id -u)" -eq 0 ] || skip_all "only root can bootstrap"
unshare --mount true 2>/dev/null || skip_all "unshare(1) is refused here"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"

program() { # NAME, from standard input
    { echo '#!/bin/sh' && cat; } >"$scratch/bin/$1" && chmod +x "$scratch/bin/$1"
}
program sleep </dev/null
program apt-config </dev/null
program dpkg <<<'echo amd64'
program apt-get <<'END'
. /etc/os-release
[ "$1" != indextargets ] || echo http://mirror.invalid "$VERSION_CODENAME" Debian
END
# Its last arguments are the suite, the target and the sources.
program mmdebstrap <<'END'
for arg; do
    case $arg in
    --aptopt=*) grep -q Check-Valid-Until "${arg#--aptopt=}" && valid=yes ;;
    esac
done
if [ -n "${EXPIRED-}" ] && [ -z "${valid-}" ]; then
    echo "E: Release file for http://mirror.invalid is expired (invalid since 3d)." >&2
    exit 100
fi
while [ $# -gt 3 ]; do shift; done
echo "$1" >>"$SCRATCH/bootstraps"
[ "$(wc -l <"$SCRATCH/bootstraps")" -gt "$FAILURES" ] || exit 25
mkdir -p "$2" && echo "$GENERATION" >"$2/generation"
END

export PATH=$scratch/bin:$PATH SCRATCH=$scratch NSS_SUBID_CACHE=$scratch/cache
rootfs() { # FAILURES GENERATION: sets root, status, said, bootstraps
    : >"$scratch/bootstraps"
    status=0
    root=$(FAILURES=$1 GENERATION=$2 "$abs_top_srcdir/tests/e2e/rootfs" suite package \
        2>"$scratch/said") || status=$?
    said=$(cat "$scratch/said")
    bootstraps=$(wc -l <"$scratch/bootstraps")
}
generation() { cat "$root/generation"; }

rootfs 2 never
is "after two failures there is no root" "$status $root" "1 "
like "and a message says that this is no failure of ours" "$said" "COULD NOT BE BOOTSTRAPPED: that says nothing of"
rootfs 1 first
is "after one failure it is tried again" "$status $bootstraps $(generation)" "0 2 first"
rootfs 0 second
is "a root of today is used as it is" "$status $bootstraps $(generation)" "0 0 first"
is "and nothing is printed" "$said" ""

touch -d "8 days ago" "$root.made"
rootfs 2 second
is "an old one is kept where no newer one can be had" "$status $(generation)" "0 first"
like "which is said" "$said" "COULD NOT BE MADE ANEW, this is the one of $(date -d '8 days ago' +%F)"
rootfs 0 second
is "and not tried again for an hour" "$bootstraps $(generation)" "0 first"
like "but said again" "$said" "COULD NOT BE MADE ANEW"
touch -d "2 hours ago" "$root.kept"
rootfs 0 second
is "later it is made anew" "$bootstraps $(generation)" "1 second"
is "in place of the one before, which may be in use" "$(cat "$root.old/generation")" "first"
rootfs 0 third
is "and then there is nothing to say" "$bootstraps $said" "0 "

mv "$scratch/cache" "$scratch/other"
rootfs 0 first
is "the same packages are the same root" "${root##*/}" "$(basename "$scratch"/other/*.made .made)"
is "and others another" "$(
    FAILURES=0 GENERATION=1 "$abs_top_srcdir/tests/e2e/rootfs" suite package other 2>/dev/null |
        grep -cF "$root")" 0

mv "$scratch/cache" "$scratch/third"
export EXPIRED=yes
rootfs 0 first
is "a mirror that does not keep up is used" "$status $bootstraps" "0 1"
like "which is said" "$said" "DEBIAN suite IS OLDER AT THIS MIRROR than its Valid-Until"

done_testing
