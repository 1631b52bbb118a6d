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
bob:300000:1000
alice:100000:65536
bob:165536:65536
END
is "the index of the picture's file" "$("$dump" "$directory/picture")" "$(
    cat <<'END'
lines[]  number      start      count      reach       laid  next  owner
[0]           1     100000      65536          0          0    -   "alice"
[1]           2     165536      65536     165535       1000    -   "bob"
[2]           0     300000       1000     231071          0   [1]  "bob"

buckets[] - [0] [2] - -
step      65536
END
)"

# A line that reaches over others.
cat >"$directory/overlaps" <<'END'
# not a line of the index
carol:500:10
alice:100:1000
bob:50:10
END
is "the index of lines that overlap" "$("$dump" "$directory/overlaps" | sed -n '1,/^$/p')" "$(
    cat <<'END'
lines[]  number      start      count      reach       laid  next  owner
[0]           2         50         10          0          0    -   "bob"
[1]           1        100       1000         59          0    -   "alice"
[2]           0        500         10       1099          0    -   "carol"

END
)"

: >"$directory/empty"
ok "an empty file has an index" "$dump" "$directory/empty"
nok "a missing file has none" "$dump" "$directory/missing"

done_testing
