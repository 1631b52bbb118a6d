# shellcheck shell=bash
# How the stress program is run: sourced after tests/host.sh, never run.
#
#   stress_prepare PROGRAM      the accounts, and the program
#   stress MODE NAME            a mode of it must find nothing wrong
#
# STRESS_MODES, when set, are the only modes to run. STRESS_WRAPPER is put before
# the program, e.g. "valgrind --error-exitcode=9".

stress_prepare() {
    host_add_user alice 1001
    host_add_user ann 1002
    host_add_user carol 1003
    host_add_user cora 1004
    host_add_program "$1"
    stress_program=${1##*/}
    read -ra stress_wrapper <<<"${STRESS_WRAPPER-}"

    # The test forks a process with threads, which ThreadSanitizer ends by default.
    export TSAN_OPTIONS="die_after_fork=0:halt_on_error=1:${TSAN_OPTIONS-}"
}

stress() {
    local out r=0
    [[ " ${STRESS_MODES:-$1} " == *" $1 "* ]] || return 0
    out=$(timeout $((600 + 15 * ${STRESS_SECONDS:-5})) \
        "${stress_wrapper[@]}" "$stress_program" "$1" 2>&1) || r=$?
    diag "$out"
    is "$2" "status $r" "status 0"
}
