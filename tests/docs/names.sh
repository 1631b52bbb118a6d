#!/usr/bin/env bash
# What the documents name exists: files, and targets of make.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
cd "$abs_top_srcdir" || exit

documents=(README.md CONTRIBUTING.md CHANGELOG.md SECURITY.md)

# A path begins with a directory of ours. One that ends in a * stands for many.
paths() { # DOCUMENT
    grep -oE '(^|[^A-Za-z0-9_./-])(\.ci|bench|debian|libsubid-shim|man|nss_subid|scripts|tests)/[A-Za-z0-9_.*/-]*[A-Za-z0-9_*/-]' "$1" |
        grep -oE '[.a-z].*' | sort -u
}
# What is made is there as its template or source.
# shellcheck disable=SC2317
exists() { compgen -G "$1" || [ -e "$1.in" ] || [ -e "$1.c" ]; }
targets() { # DOCUMENT
    grep -oE '(^|`|sudo |&& )make( [A-Z]+=[^ ]+)*( -[a-z0-9]+)* [a-z][a-z0-9-]+' "$1" | awk '{ print $NF }' | sort -u
}
# shellcheck disable=SC2317
is_target() { grep -qE "^$1:" "$abs_top_builddir/Makefile"; }

for document in "${documents[@]}"; do
    mapfile -t named < <(paths "$document")
    for path in "${named[@]}"; do
        ok "$document: $path" exists "$path"
    done
    mapfile -t named < <(targets "$document")
    for target in "${named[@]}"; do
        ok "$document: make $target" is_target "$target"
    done
done
ok "and the documents name some" test "$tap_count" -gt 30

done_testing
