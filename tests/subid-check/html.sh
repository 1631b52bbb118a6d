#!/usr/bin/env bash
# subid-check --html: the file that it writes. tests/e2e/page.sh looks at it in a browser.
set -u
# shellcheck source=tests/subid-check/program.sh
. "$(dirname "$0")/program.sh"

[ "$(id -u)" -eq 0 ] || skip_all "only root can make files that are root's"
export LC_ALL=C.UTF-8

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit
hosts_unpack || exit

check() { timeout 300 "$program" "$@"; }
shown() { # OPTION...: output, and status as the last line
    local r=0
    check "$@" 2>&1 || r=$?
    echo "status $r"
}

check --root hosts/shared --html page.html
is "the same page for the same host" "$(check --root hosts/shared --html -)" "$(cat page.html)"
is "it needs nothing else" "$(grep -ciE '<script|<link|<img|src=|href=|url\(|@import' page.html)" 0
for code in overlap unequal; do
    like "it has the finding $code" "$(cat page.html)" "\\[$code\\]"
done
like "a full device" "$(shown --root hosts/shared --html /dev/full)" '^subid-check: /dev/full: No space'
like "is status 2" "$(shown --root hosts/shared --html /dev/full)" '^status 2$'
like "so is a directory that is not there" "$(shown --root hosts/shared --html absent/x)" '^status 2$'
like "and a full standard output" \
    "$(r=0; check --root hosts/shared --html - 2>&1 >/dev/full || r=$?; echo "status $r")" '^status 2$'
like "a page has the status of the report" "$(shown --root hosts/clean --html clean.html)" \
    "^$(shown --root hosts/clean | tail -n 1)\$"
like "it is one answer" "$(shown --root hosts/clean --json --html x.html)" \
    'mutually exclusive arguments|^status 2$'
done_testing
