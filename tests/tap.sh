# shellcheck shell=bash
# Test Anything Protocol for the tests written in shell: sourced, never run.
#
#   skip_all REASON             the whole file cannot run here
#   ok NAME COMMAND...          passes when COMMAND succeeds
#   nok NAME COMMAND...         passes when COMMAND fails (but not by a timeout)
#   is NAME GOT WANT            passes when the two strings are equal
#   like NAME GOT PATTERN       passes when GOT matches the extended regexp
#   diag TEXT                   a comment in the log
#   done_testing                the plan; a file that never gets here has failed
#
# Every assertion prints what it saw when it fails.

# The distribution's Python: it has the modules that scripts/packages.sh installs, and a
# version manager's wrapper takes ten times as long to start it.
case $(command -v python3) in
/usr/bin/*) ;;
*) [ ! -x /usr/bin/python3 ] || PATH=/usr/bin:$PATH ;;
esac

tap_count=0
tap_failed=0

diag() {
    local text=$*
    printf '# %s\n' "${text//$'\n'/$'\n'# }"
}

tap_result() { # ok|"not ok" NAME
    tap_count=$((tap_count + 1))
    printf '%s %d - %s\n' "$1" "$tap_count" "$2"
    [ "$1" = ok ] || tap_failed=1
}

skip_all() {
    printf '1..0 # SKIP %s\n' "$*"
    # The TAP driver reads the plan, and takes a status other than 0 for a crash. Without
    # the driver, automake's status for a skipped test says the same.
    exit "${TAP_SKIP_STATUS:-77}"
}

ok() {
    local name=$1 out r
    shift
    out=$("$@" 2>&1) && r=0 || r=$?
    if [ "$r" -eq 0 ]; then
        tap_result ok "$name"
    else
        tap_result "not ok" "$name"
        diag "status $r from: $*"
        diag "$out"
    fi
}

nok() {
    local name=$1 out r
    shift
    out=$("$@" 2>&1) && r=0 || r=$?
    # A status of 124 is a timeout(1), and 128 or more a signal: the command must fail by
    # itself.
    if [ "$r" -gt 0 ] && [ "$r" -lt 124 ]; then
        tap_result ok "$name"
    else
        tap_result "not ok" "$name"
        diag "status $r from: $*"
        diag "$out"
    fi
}

is() {
    if [ "$2" = "$3" ]; then
        tap_result ok "$1"
    else
        tap_result "not ok" "$1"
        diag "got:  $2"
        diag "want: $3"
    fi
}

# Is a line of TEXT matched by the extended regexp? The shell sees most matches without starting
# a program; grep has the last word.
tap_matches() { # TEXT PATTERN
    local line
    if [ ${#1} -le 4096 ]; then
        while IFS= read -r line; do
            [[ $line =~ $2 ]] && return
        done <<<"$1"
    fi
    grep -Eq -- "$2" <<<"$1"
}

like() {
    if tap_matches "$2" "$3"; then
        tap_result ok "$1"
    else
        tap_result "not ok" "$1"
        diag "got:     $2"
        diag "pattern: $3"
    fi
}

done_testing() {
    printf '1..%d\n' "$tap_count"
    exit "$tap_failed"
}
