#!/bin/bash
# The tests that the Debian package brings along, run as Debian runs them: the
# package is installed with apt-get, in a root that it may change.
set -u
# shellcheck source=tests/packaging/root.sh
. "$(dirname "$0")/root.sh"
# shellcheck source=tests/packaging/tools.sh
. "$(dirname "$0")/tools.sh"

packages_need
tools_enter
packages_fetch

r=0
log=$(inside_shell 'exec autopkgtest --no-auto-control --output-dir=/tmp/out /packages/*.changes -- null' 2>&1) || r=$?
summary=$(cat "$root/tmp/out/summary")
diag "$(grep -E -A 8 '^(ok:|not ok|--- |[0-9]+\.\.)' <<<"$log" | grep -vE '^(ok [0-9]|--$)')"
is "each test passes, and none is skipped" \
    "$(awk '{ print $1, $2 }' <<<"$summary")" "names PASS"$'\n'"integration PASS"
is "autopkgtest ends well" "$r" 0
done_testing
