#!/usr/bin/env bash
# A value that an option does not take ends configure, before anything is built
# with a default that nobody asked for.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"

[ -x "$abs_top_srcdir/configure" ] || skip_all "there is no configure; run autoreconf -fi"
[ ! -f "$abs_top_srcdir/config.status" ] ||
    skip_all "the source tree is configured, so no other build directory can be configured"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit

refuses() { # OPTION VALUE
    like "$1=$2 is refused" "$("$abs_top_srcdir/configure" "$1=$2" 2>&1; echo "status $?")" \
        "error: bad value '$2' for $1; it takes"
}

refuses --with-nologin bin/false
refuses --with-nologin ""
refuses --with-nologin /bin/false:x
refuses --with-libsubid perhaps
refuses --enable-werror 2
refuses --enable-sanitizers memory
refuses --enable-sanitizers address,thread
refuses --enable-coverage html
refuses --enable-subid-check perhaps
refuses --enable-subid-userdbd perhaps
refuses --with-systemdsystemunitdir relative/path
like "a service that is asked for and cannot be built is an error" \
    "$("$abs_top_srcdir/configure" --enable-subid-userdbd --without-libsubid 2>&1; echo "status $?")" \
    "error: --enable-subid-userdbd: no \(libsubid is missing\)"
nok "none of these runs made a Makefile" test -e Makefile

done_testing
