# shellcheck shell=bash
# The beginning of every test of subid-check. This file is sourced, never run. It sources
# tests/tap.sh, and skips the test if the program is not built.
#
#   $program                    the program
#   hosts_unpack                makes ./hosts/NAME of each archive in hosts/: the files of a
#                               host, in etc, and what the program prints of it

: "${abs_top_srcdir:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"

program=$abs_top_builddir/subid-check/subid-check
[ -x "$program" ] || skip_all "subid-check is not built"

# Whatever the umask is.
hosts_unpack() {
    local host
    mkdir hosts || return
    for host in "$abs_top_srcdir"/tests/subid-check/hosts/*; do
        "$abs_top_builddir/tests/archive/unpack" "$host" "hosts/${host##*/}" || return
    done
    chmod -R u=rwX,go=rX hosts
}
