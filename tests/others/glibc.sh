#!/usr/bin/env bash
# Runs glibc's own promises, as glibc.c puts them, on a scratch host.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"
# shellcheck source=tests/host.sh
. "$abs_top_srcdir/tests/host.sh"
host_enter "$@"
host_add_program "$abs_top_builddir/tests/others/glibc"

host_add_sample
ok "kept with files that changed just now" host_run glibc
host_settle
ok "kept with files that stay as they are" host_run glibc
if command -v valgrind >/dev/null; then
    ok "nothing is read or written outside of any size of a buffer" timeout 300 \
        valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
        glibc sweep
else
    tap_result ok "memcheck # SKIP valgrind is not installed"
fi
rm "$host_dir/lib/libnss_subid.so.2" && ldconfig
nok "and not without the module" host_run glibc

done_testing
