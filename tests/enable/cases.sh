# shellcheck shell=bash
# The nsswitch.conf files of tests/enable/corpus, for several tests: sourced, never run.
# Needs skip_all.
#
#   cases_unpack DIRECTORY      makes DIRECTORY/CASE for each case, with the files
#
#     why                       why it is a case
#     before                    the nsswitch.conf
#     after                     what enabling makes of it
#     disabled                  what disabling makes of `after`, if that is not `before`
#     refused                   instead of `after`: a regexp of the message
#     unreached                 why glibc does not reach our module with it on a test host

: "${abs_top_srcdir:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
cases_unpack_program=$abs_top_builddir/tests/archive/unpack
[ -x "$cases_unpack_program" ] || skip_all "$cases_unpack_program is not built"

cases_unpack() {
    local archive case
    for archive in "$abs_top_srcdir"/tests/enable/corpus/*; do
        "$cases_unpack_program" "$archive" "$1" || return
    done
    for case in "$1"/*/; do
        if [ -f "$case/refused" ]; then
            mv "$case/conf" "$case/before"
        else
            cases_read_marks "$case"
        fi || return
    done
}

# A file may have no newline at its end, and what is added may have one in it: -z.
cases_read_marks() { # CASE
    sed -zE 's/\{\+[^+]*\+\}//g; s/\[-|-\]//g' <"$1/conf" >"$1/before" &&
        sed -zE 's/\{\+|\+\}|\[-|-\]//g' <"$1/conf" >"$1/after" || return
    grep -qF '[-' "$1/conf" || return 0
    sed -zE 's/\{\+[^+]*\+\}|\[-[^-]*-\]//g' <"$1/conf" >"$1/disabled"
}
