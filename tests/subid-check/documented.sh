#!/usr/bin/env bash
# The manual and the completion say what the program does, all of it.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"

program=$abs_top_builddir/subid-check/subid-check
page=$abs_top_srcdir/man/subid-check.8
completion=$abs_top_srcdir/subid-check/completions/subid-check
[ -x "$program" ] || skip_all "subid-check is not built"

options=$("$program" --help | grep -oE -- '^ +(-., )?--[a-z]+' | grep -oE -- '--[a-z]+')
like "there are options" "$options" '^--json$'
for option in $options; do
    ok "the manual has $option" grep -q -- "Fl -${option#--}" "$page"
    ok "the completion has $option" grep -q -- "$option" "$completion"
done
is "the completion has no others" \
    "$(grep -oE -- '--[a-z]+' "$completion" | sort -u)" "$(echo "$options" | sort -u)"

# The codes stand in quotes, alone, where a finding is made.
codes=$(cat "$abs_top_srcdir"/subid-check/rules-*.c | tr -d '\n\t' |
    grep -oE 'FINDING_[A-Z]+[^"]{0,90}"[a-z]+(-[a-z]+)*"( : "[a-z-]+")?' |
    grep -oE '"[a-z]+(-[a-z]+)*"' | tr -d '"' | sort -u)
like "there are codes" "$codes" '^overlap$'
for code in $codes group; do
    ok "the manual has the finding $code" grep -qE "^\.It (.* )?$code( |\$)" "$page"
done

if command -v mandoc >/dev/null; then
    is "mandoc has nothing to say" "$(mandoc -T lint -W warning "$page")" ""
fi

diag "--- bash completes"
complete_words() { # WORD...: the last one is to be completed
    bash -c 'source "$1"; shift; COMP_WORDS=(subid-check "$@"); COMP_CWORD=$#; _subid_check
        printf "%s\n" "${COMPREPLY[@]}"' complete "$completion" "$@"
}
is "options" "$(complete_words --n | sort | tr '\n' ' ')" "--name --nested --nss "
is "colours" "$(complete_words --color a)" "auto
always"
is "colours behind =" "$(complete_words --color = n)" "never"
like "processes" "$(complete_words --pid "$$")" "^$$\$"
like "directories" "$(complete_words --root /et)" '^/etc$'
done_testing
