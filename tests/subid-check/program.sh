# shellcheck shell=bash
# The beginning of every test of subid-check. This file is sourced, never run. It sources
# tests/tap.sh, and skips the test if the program is not built.
#
#   $program                    the program
#   hosts_copy                  copies the fixture hosts into ./hosts, as files of root

: "${abs_top_srcdir:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"

program=$abs_top_builddir/subid-check/subid-check
[ -x "$program" ] || skip_all "subid-check is not built"

# git keeps neither owners nor modes.
hosts_copy() {
    cp -r "$abs_top_srcdir/tests/subid-check/hosts" hosts && chown -R 0:0 hosts &&
        chmod -R u=rwX,go=rX hosts
}
