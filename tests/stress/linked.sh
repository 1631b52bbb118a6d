#!/usr/bin/env bash
# stress.sh with the module linked into the program, so that a sanitizer sees all of
# the module. The modes take two seconds each by default.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"
# shellcheck source=tests/host.sh
. "$abs_top_srcdir/tests/host.sh"
# shellcheck source=tests/stress/modes.sh
. "$abs_top_srcdir/tests/stress/modes.sh"

# The module is in the program, so none is installed: a module with a sanitizer in
# the loader's cache would end every other program that looks up a user.
host_module=
host_enter "$@"
stress_prepare "$abs_top_builddir/tests/stress/stress_linked"
: "${STRESS_SECONDS:=2}"
export STRESS_SECONDS

stress rename "files are replaced: every record is one of a version"
stress truncate "files are emptied and written: every record is one of a version"
stress recreate "files are removed and made anew: every record is one of a version"
stress switch "a link goes from file to file: every record is one of a version"
stress cancel "threads are cancelled: nothing leaks and nothing stays locked"
stress fork "children answer at once, whatever their parent's threads were doing"
stress signal "lookups are interrupted by signals: every answer is right"

done_testing
