#!/bin/bash
# The picture in libsubid-shim/index.h is the index of its file.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"
dump=$abs_top_builddir/tests/unit/index-dump
directory=$(mktemp -d) || exit 1
trap 'rm -rf "$directory"' EXIT

cat >"$directory/picture" <<'END'
bob:100000:65536
alice:165536:65536
bob:300000:1000
END
is "the index of the picture's file" "$("$dump" "$directory/picture")" "$(
    cat <<'END'
lines[]         start      count       laid  owner, and its next line
[0]            100000      65536          0  "bob" [2]
[1]            165536      65536          0  "alice" -
[2]            300000       1000      65536  "bob" -

by_start[]      start      reach  line
               100000     165535  [0]
               165536     231071  [1]
               300000     300999  [2]

buckets[] - [1] [0] - -
owners    "bob" "alice" "bob"
END
)"

# An unsorted file, and a line that reaches over others.
cat >"$directory/overlaps" <<'END'
# not a line of the index
carol:500:10
alice:100:1000
bob:50:10
END
is "the index of lines that overlap" "$("$dump" "$directory/overlaps" | sed -n '/by_start/,/^$/p')" "$(
    cat <<'END'
by_start[]      start      reach  line
                   50         59  [2]
                  100       1099  [1]
                  500       1099  [0]

END
)"

: >"$directory/empty"
ok "an empty file has an index" "$dump" "$directory/empty"
nok "a missing file has none" "$dump" "$directory/missing"

done_testing
