#!/usr/bin/env bash
# Runs the contract program on a scratch host.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"
# shellcheck source=tests/host.sh
. "$abs_top_srcdir/tests/host.sh"
host_enter "$@"
host_add_sample

# shellcheck disable=SC2086
timeout 120 ${EMULATOR-} "$abs_top_builddir/tests/contract/contract" "$host_dir/lib/libnss_subid.so.2" \
    ${EMULATOR:+emulated}
