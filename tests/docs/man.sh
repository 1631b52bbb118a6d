#!/usr/bin/env bash
# The manual page: without findings, under both of its names, and for this build.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"

page=$abs_top_builddir/man/nss-subid.8
alias=$abs_top_srcdir/man/libnss_subid.so.2.8
command -v mandoc >/dev/null || skip_all "there is no mandoc"
[ -f "$page" ] || skip_all "$page is not made"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# It is no finding that this host lacks another page.
lint() { mandoc -T lint -W style "$1" 2>&1 | grep -v -e "referenced manual not found" -e "outdated mandoc.db"; }
is "mandoc -T lint finds nothing" "$(lint "$page")" ""
is "every @VALUE@ was replaced" "$(grep -n '@[A-Za-z_]*@' "$page")" ""
is "nothing is wider than a terminal when /sbin/nologin is the shell" \
    "$(sed 's,:/:/[^ ]*$,:/:/sbin/nologin,' "$page" | mandoc -T ascii -O width=80 | col -bx |
        awk 'length > 80')" ""

# The page must name the shell that this build was configured with.
value_of() { sed -n "s/^$1 = //p" "$abs_top_builddir/Makefile"; }
shell=$(value_of nologin)
shown=$(mandoc -T ascii -O width=200 "$page" | col -bx)
like "the shell is this build's" "$shown" "shell +.$shell"
like "in the examples too" "$shown" ":/:$shell\$"

mkdir -p "$scratch/man8"
cp "$page" "$alias" "$scratch/man8"
shown_as() { (cd "$scratch" && mandoc -T ascii -O width=80 "$1" | col -bx); }
like "the alias shows the page" "$(shown_as man8/libnss_subid.so.2.8)" "nss-subid, libnss_subid.so.2"
is "the whole page" "$(shown_as man8/libnss_subid.so.2.8)" "$(shown_as man8/nss-subid.8)"
if command -v man >/dev/null; then
    like "man(1) shows it without a warning" \
        "$(MANPATH=$scratch MANWIDTH=80 man --warnings -E UTF-8 -P cat libnss_subid.so.2 2>&1)" \
        "^ +(.\\[[0-9;]*m)*nss-subid"
    is "and writes nothing to standard error" \
        "$(MANPATH=$scratch MANWIDTH=80 man --warnings -E UTF-8 -P cat nss-subid 2>&1 >/dev/null)" ""
fi

done_testing
