#!/usr/bin/env bash
# A program forks while another of its threads makes glibc load a service. In the child,
# a lock of glibc's (nss_module_list_lock) is still held by that thread, which does not
# exist there, so the child waits for ever. This happens with `files` alone.
# doc/troubleshooting.md says so, and this test shows it in every run.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"
# shellcheck source=tests/host.sh
. "$abs_top_srcdir/tests/host.sh"
host_enter "$@"
host_add_program "$abs_top_builddir/tests/why/forker"
host_add_sample

got=$(host_run forker files 0)
like "a child waits for glibc, with files alone" "$got" '^[0-9]+ answered, [1-9][0-9]* waited, 0 other$'
[[ $got != *' 0 waited'* ]] ||
    diag "glibc no longer does so: doc/troubleshooting.md can go without this limit"
like "none does if there was a lookup before" "$(host_run forker files 0 before)" \
    '^[1-9][0-9]* answered, 0 waited, 0 other$'
like "nor with the module" "$(host_run forker "files subid" 100000 before)" \
    '^[1-9][0-9]* answered, 0 waited, 0 other$'

done_testing
