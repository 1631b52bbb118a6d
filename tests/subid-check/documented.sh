#!/usr/bin/env bash
# The manual and the completion say what the program does, all of it.
set -u
# shellcheck source=tests/subid-check/program.sh
. "$(dirname "$0")/program.sh"

for tool in mandoc zsh fish; do
    command -v "$tool" >/dev/null || skip_all "$tool is not installed"
done
page=$abs_top_srcdir/man/subid-check.8
completions=$abs_top_srcdir/subid-check/completions

options=$("$program" --help | grep -oE -- '^ +(-., )?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u)
like "there are options" "$options" '^--json$'
for option in $options; do
    ok "the manual has $option" grep -q -- "Fl -${option#--}" "$page"
done
# Of an option, zsh and fish have the short one as well.
short=$("$program" --help | grep -oE -- '^ +-., ' | tr -d ' ,-' | sort)
is "the completion of bash has all of them, and no others" \
    "$(grep -oE -- '--[a-z-]+' "$completions/subid-check" | sort -u)" "$options"
is "that of zsh too" "$(sed '/^[^ ]*arguments/,$!d' "$completions/_subid-check" |
    sed -E "s/^ +'\([^)]*\)'//; s/^ +'\([^)]*\)//" | grep -oE -- '--[a-z-]+' | sort -u)" "$options"
is "and its short ones" "$(grep -oE -- '\{-[A-Za-z]' "$completions/_subid-check" | tr -d '{-' | sort)" "$short"
is "and that of fish" "$(sed -nE 's/.* -l ([a-z-]+).*/--\1/p' "$completions/subid-check.fish" | sort -u)" "$options"
is "with its short ones" "$(sed -nE 's/.* -s (.) .*/\1/p' "$completions/subid-check.fish" | sort)" "$short"
for column in $("$program" --list-columns | cut -d ' ' -f 1); do
    ok "the manual has the column $column" grep -qE "^\.It (.* , )?$column( ,|\$)" "$page"
done

# The codes stand in quotes, alone, where a finding is made.
codes=$(cat "$abs_top_srcdir"/subid-check/rules-*.c | tr -d '\n\t' |
    grep -oE 'FINDING_[A-Z]+[^"]{0,90}"[a-z]+(-[a-z]+)*"( : "[a-z-]+")?' |
    grep -oE '"[a-z]+(-[a-z]+)*"' | tr -d '"' | sort -u)
like "there are codes" "$codes" '^overlap$'
for code in $codes group; do
    ok "the manual has the finding $code" grep -qE "^\.It (.* )?$code( |\$)" "$page"
done

is "mandoc has nothing to say" "$(mandoc -T lint -W warning "$page"; echo "status $?")" "status 0"

PATH=$abs_top_builddir/subid-check:$PATH
diag "--- bash completes"
complete_words() { # WORD...: the last one is to be completed
    bash -c 'source "$1"; shift; COMP_WORDS=(subid-check "$@"); COMP_CWORD=$#; _subid_check
        printf "%s\n" "${COMPREPLY[@]}"' complete "$completions/subid-check" "$@"
}
is "options" "$(complete_words --n | sort | tr '\n' ' ')" "--nested --noheadings --nss "
is "colours" "$(complete_words --color a)" "auto
always"
is "colours behind =" "$(complete_words --color = n)" "never"
is "columns" "$(complete_words --output UID-L)" "UID-LAST
UID-LINE"
is "columns behind others" "$(complete_words -o OWNER,GID-P)" "OWNER,GID-POSITION"
like "processes" "$(complete_words --pid "$$")" "^$$\$"
like "directories" "$(complete_words --root /et)" '^/etc$'

diag "--- zsh and fish complete"
ok "zsh understands its completion" zsh -n "$completions/_subid-check"
fish_completes() { # LINE
    # shellcheck disable=SC2016 # fish expands it
    HOME=/nonexistent fish --no-config -c 'source $argv[1]; complete -C "$argv[2]"' \
        "$completions/subid-check.fish" "subid-check $1" 2>/dev/null | cut -f 1
}
# fish 4 adds words that merely contain these letters.
is "fish completes options" "$(fish_completes --n | grep '^--n' | sort | tr '\n' ' ')" \
    "--nested --noheadings --nss "
is "and colours" "$(fish_completes '--color=n')" "--color=never"
like "and columns" "$(fish_completes '-o UID-L')" '^UID-LAST'
done_testing
