#!/usr/bin/env bash
# Files of any bytes are the same after pack and unpack. An archive may be written by hand, and
# unpack says where it has a mistake.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"

programs=$abs_top_builddir/tests/archive
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit
pack() { "$programs/pack" "$@"; }
unpack() { "$programs/unpack" "$@"; }
refused() { # LINE..., of an archive
    local r=0
    printf '%s\n' "$@" >archive
    rm -rf made && mkdir made
    unpack archive made || r=$?
    echo "status $r"
}

diag "--- any bytes"
mkdir -p files/below
: >files/empty
printf '\n' >files/newline
printf '\n\n \n\t\r\n' >files/blank
printf 'last line' >files/unterminated
printf 'a line\n@ not a name\n\\c\n\\x41\n\\{2 x}\n' >files/marks
printf '%0300d\n%0300d' 1 2 >files/long
printf '@%.0s' {1..300} >files/below/ats
printf '}\\\t%.0s' {1..300} >files/below/repeated
printf 'caf\xc3\xa9 \xe2\x94\x80 \xe2\x80\xae \xff\xfe \xc3' >files/characters
awk 'BEGIN { for (i = 0; i < 65536; i++) printf "\\%03o", i % 256 * 7 % 256 }' >octal
# shellcheck disable=SC2059
printf "$(cat octal)" >files/bytes
# shellcheck disable=SC2046
(cd files && pack $(find . -type f | LC_ALL=C sort | sed 's,^\./,,')) >archive
mkdir made
ok "an archive of them is unpacked" unpack archive made
ok "and the files are as they were" diff -r files made
is "a name stays with its bytes" "$(cat made/marks)" "$(cat files/marks)"
# shellcheck disable=SC2046
is "in the C locale an archive is ASCII" \
    "$(cd files && LC_ALL=C pack characters bytes | LC_ALL=C tr -d '\n -~' | wc -c)" 0
is "and no line is long" "$(awk 'length > 502' archive)" ""
is "and one with escapes is shorter" "$(grep '[\]x' archive | awk 'length > 102')" ""

diag "--- by hand"
rm -rf made && mkdir made
cat >archive <<'END_OF_ARCHIVE'
Text that is not a file's.

@ one name
\x41\t\\\{3 ab}\{2 \x7d\t}\c
, on one line
@ dir/other
END_OF_ARCHIVE
ok "an archive can be written" unpack archive made
is "with every escape" "$(cat "made/one name")" $'A\t\\ababab}\t}\t, on one line'
is "and an empty file" "$(wc -c <made/dir/other)" 0

diag "--- mistakes end it"
like "an unknown escape" "$(refused "@ a" "\\n")" "archive:2: no such escape"
like "an unfinished byte" "$(refused "@ a" "\\x4")" "archive:2: no such escape"
like "a repetition that is not closed" "$(refused "@ a" "\\{3 x")" "archive:2: .*not closed"
like "a repetition without a count" "$(refused "@ a" "\\{x}")" "archive:2: no count"
like "an @ that is not escaped" "$(refused "@ a" "@b")" "archive:2: not one of"
like "no name" "$(refused "@ ")" "archive:1: no name"
like "no file" "$(refused "text")" "no file in it"
like "a name twice" "$(refused "@ a" "@ a")" "made/a: File exists"
like "a file outside of the directory" "$(refused "@ a/../../b")" "not below the directory"
like "a file that is not there" "$(refused "@absent a")" "nor an absent file can be unpacked"
is "the status of a mistake is 1" "$(refused "@ a" "\\n" | tail -n 1)" "status 1"
like "no archive" "$(unpack absent made; echo "status $?")" "No such file.*"

done_testing
