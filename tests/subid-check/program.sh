# shellcheck shell=bash
# The beginning of every test of subid-check. This file is sourced, never run. It sources
# tests/tap.sh, and skips the test if the program is not built.
#
#   $program                    the program
#   hosts_unpack                makes ./hosts/NAME of each archive in hosts/: the files of a
#                               host, in etc, and what the program prints of it
#   evaluator_start             starts the interpreter of the next two, in this directory
#   evaluate EXPRESSION         prints the value of a Python expression
#   json_value EXPRESSION       likewise, with the JSON document of standard input as d

: "${abs_top_srcdir:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"

program=$abs_top_builddir/subid-check/subid-check
[ -x "$program" ] || skip_all "subid-check is not built"

# Whatever the umask is.
hosts_unpack() {
    local host
    mkdir hosts || return
    for host in "$abs_top_srcdir"/tests/subid-check/hosts/*; do
        "$abs_top_builddir/tests/archive/unpack" "$host" "hosts/${host##*/}" || return
    done
    chmod -R u=rwX,go=rX hosts
}

# One interpreter for all expressions of a test: to start it takes longer than the program.
# It reads a line with an expression and one with a document.
evaluator_start() {
    coproc evaluator {
        exec python3 -c '
import json, os, socket, sys, unicodedata, xml.dom.minidom
def value(expression, d):
    try:
        return eval(expression, {**globals(), "d": d})
    except Exception as error:
        return repr(error)
for expression in sys.stdin:
    try:
        document = json.loads(sys.stdin.readline())
    except ValueError as error:
        print("no JSON:", error, flush=True)
        continue
    print(str(value(expression, document)).replace("\n", "\\n"), flush=True)'
    }
    # A subshell has these, but not those of the coprocess.
    # shellcheck disable=SC2154
    exec {evaluator_in}>&"${evaluator[1]}" {evaluator_out}<&"${evaluator[0]}"
}

evaluate() { json_value "$1" <<<null; }

json_value() {
    local document value
    document=$(</dev/stdin)
    printf '%s\n' "${1//$'\n'/ }" "${document//$'\n'/ }" >&"$evaluator_in"
    IFS= read -r value <&"$evaluator_out" || value="the interpreter has ended"
    printf '%s\n' "$value"
}
