#!/usr/bin/env bash
# Lookups by many threads while their world changes, through glibc and the
# module as it ships. STRESS_SECONDS and STRESS_LOOKUPS are for each mode.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"
# shellcheck source=tests/host.sh
. "$abs_top_srcdir/tests/host.sh"
# shellcheck source=tests/stress/modes.sh
. "$abs_top_srcdir/tests/stress/modes.sh"
host_enter "$@"
stress_prepare "$abs_top_builddir/tests/stress/stress"

stress rename "files are replaced: every record is one of a version"
stress truncate "files are emptied and written: every record is one of a version"
stress recreate "files are removed and made anew: every record is one of a version"
stress switch "a link goes from file to file: every record is one of a version"
stress cancel "threads are cancelled: nothing leaks and nothing stays locked"
stress fork "children answer at once, whatever their parent's threads were doing"
stress signal "lookups are interrupted by signals: every answer is right"
stress reload "the module stays when it is closed, and threads in it go on"

done_testing
