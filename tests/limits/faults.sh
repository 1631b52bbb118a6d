#!/usr/bin/env bash
# Makes each system call of a lookup fail in turn, through strace(1).
# tests/unit/test_faults.c does the same with replaced functions of libc.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"
# shellcheck source=tests/host.sh
. "$abs_top_srcdir/tests/host.sh"

command -v strace >/dev/null || skip_all "strace is not installed"
strace -o /dev/null true 2>/dev/null || skip_all "strace(1) cannot trace here"
host_enter "$@"
host_add_program "$abs_top_builddir/tests/limits/steps"
# nss-systemd 252 asks for groups by GID itself, so that we would be asked twice.
host_set_services files subid

# An answer made from the second half of a file would name bob. The comments make the file
# longer than one pread(2) reads.
comment="# $(printf '%0900d' 0)"
subuid=(dave:5:5 "$comment"{,,,,,} ftweedal:100000:65536 bob:100000:65536)
subgid=(dave:5:5 ftweedal:500000:65536 bob:500000:65536)
questions=(passwd:100033 passwd:subuid-ftweedal-100033 group:500033
    group:subgid-ftweedal-500033 passwd:99999)
databases=(/etc/subuid /etc/subgid)
calls=(openat newfstatat fstat statx pread64 close)
# The errors of open(2), close(2) and the others.
open_errors=(EMFILE ENFILE ENOMEM EIO EACCES EINTR)
close_errors=(EIO EINTR)
errors=(ENOMEM EIO EACCES EINTR)

traced=() # trace calls on these paths only; empty: on all
inject=   # if set, let calls fail; otherwise only trace them
strace_run() { # CALLS|CALL:error=ERROR:when=ORDINAL COMMAND...
    local expression=$1 path filter=()
    shift
    for path in "${traced[@]}"; do filter+=(-P "$path"); done
    timeout 120 strace -f -qq -o trace -e trace="${expression%%:*}" \
        ${inject:+-e inject="$expression"} "${filter[@]}" "$@"
}

# Writes the files anew, so that they have just changed when the next run begins. There are some
# hundred runs, so it uses a builtin, which is fast.
renew_files() {
    printf '%s\n' "${subuid[@]}" >/etc/subuid
    printf '%s\n' "${subgid[@]}" >/etc/subgid
    printf '%s\n' "$nsswitch" >/etc/nsswitch.conf
}
nsswitch=$(cat /etc/nsswitch.conf)
renew_files

# Prints which calls of the traced run are to fail, as "CALL ORDINAL" lines. For nsswitch.conf,
# these are the calls on the module's descriptor: glibc opens the file with other flags. For
# memory, these are the calls for an index.
calls_to_fail() { # all|nsswitch|memory
    awk -v which="$1" '
        { call = $2; sub(/\(.*/, "", call); n[call]++ }
        which == "nsswitch" && call == "openat" && /O_NONBLOCK/ { ours = 1 }
        which == "memory" && /MAP_NORESERVE/ { ours = 1 }
        which == "memory" && call == "mmap" && !/MAP_NORESERVE/ { next }
        which == "all" || ours { print call, n[call] }
        which == "nsswitch" && call == "close" { ours = 0 }' trace
}

# Runs the steps once for each call that is to fail and each of its errors. The file "runs" gets
# "run STATE CALL ERROR ORDINAL", "at LINE-OF-TRACE", then the answers.
fail_each() { # STATE all|nsswitch|memory STEP...
    local state=$1 which=$2 call ordinal error line list=("${calls[@]}") ways
    shift 2
    [ "$which" != memory ] || list=(mmap munmap)
    [ "$state" != recent ] || renew_files
    inject=
    strace_run "$(IFS=, && echo "${list[*]}")" steps "$@" >baseline ||
        host_fail "the steps fail even if no call does"
    { echo "baseline $state" && cat baseline; } >>runs

    inject=yes
    while read -r call ordinal; do
        case $call in
        openat) ways=("${open_errors[@]}") ;;
        close) ways=("${close_errors[@]}") ;;
        *) ways=("${errors[@]}") ;;
        esac
        for error in "${ways[@]}"; do
            [ "$state" != recent ] || renew_files
            strace_run "$call:error=$error:when=$ordinal" steps "$@" >answers 2>&1 ||
                echo "status $?" >>answers
            echo "run $state $call $error $ordinal"
            while read -r line; do
                [[ $line != *INJECTED* ]] || echo "at $line"
            done <trace
            cat answers
        done >>runs
    done < <(calls_to_fail "$which")
}

# Compares every run with the contract: a fault changes one answer at most, which then reports
# it, and the other answers are as without it.
judge() {
    awk '
    function finish(    i, differ, which, want, open, expected, why) {
        if (!running)
            return
        key = state " " call " " error
        if (!(key in total))
            order[++keys] = key
        total[key]++
        differ = which = 0
        for (i = 1; i <= lines || i <= wanted; i++)
            if (answer[i] != baseline[i]) {
                differ++
                which = i
            }
        open = at ~ / openat\(/
        expected = 1
        # No answer shows that close(2) or a call for memory failed, or that a call was
        # interrupted and then repeated.
        if (call == "close" || call ~ /^m/ || (error == "EINTR" && (open || call == "pread64")))
            expected = 0
        # Nor that stat(2) of a path failed: it only says whether the index is current.
        if (at ~ /newfstatat\(AT_FDCWD/ || at ~ /statx\(AT_FDCWD/)
            expected = 0
        if (open && error == "EACCES" && at ~ /nsswitch/)
            expected = 0

        want = "fault: " text[error]
        if (open && error == "EACCES") {
            want = "absent"
            if (baseline[which] ~ /^subuid/ && at ~ /subgid/) {
                want = baseline[which]
                sub(/:500033:/, ":65534:", want)
            }
        }
        why = ""
        if (at == "")
            why = "nothing was injected"
        else if (lines != wanted)
            why = lines " answers instead of " wanted
        else if (differ > expected)
            why = differ " answers differ, the last is " which ": " answer[which]
        else if (differ == 1 && answer[which] != want)
            why = "answer " which ": " answer[which] " instead of " want
        # In later runs, the call may be for an index, and then no answer shows its failure. An
        # absence stays an absence.
        else if (differ < expected && state != "later" && want != "absent")
            why = "no answer reports it"
        if (why != "") {
            bad[key]++
            detail[key] = detail[key] "# " ordinal ": " why "\n# " at "\n"
        }
        told[key] += differ
    }
    BEGIN {
        text["EMFILE"] = "Too many open files"
        text["ENFILE"] = "Too many open files in system"
        text["ENOMEM"] = "Cannot allocate memory"
        text["EIO"] = "Input/output error"
        text["EACCES"] = "Permission denied"
        text["EINTR"] = "Interrupted system call"
    }
    $1 == "baseline" || $1 == "run" { finish(); running = $1 == "run"; lines = 0; at = ""; delete answer }
    $1 == "baseline" { wanted = 0; delete baseline; next }
    $1 == "run" { state = $2; call = $3; error = $4; ordinal = $5; next }
    $1 == "at" { at = $0; next }
    running { answer[++lines] = $0; next }
    { baseline[++wanted] = $0 }
    END {
        finish()
        for (i = 1; i <= keys; i++) {
            key = order[i]
            printf("%s %d %d %s\n", bad[key] ? "bad" : "good", total[key], told[key], key)
            printf("%s", detail[key])
        }
    }' runs
}

traced=("${databases[@]}")
fail_each recent all "${questions[@]}"
traced=(/etc/nsswitch.conf)
fail_each recent nsswitch "${questions[@]:0:2}"

renew_files
sleep 3
fail_each first nsswitch "${questions[@]:0:2}"
traced=("${databases[@]}")
# At most three lookups in each file: the fourth builds an index.
fail_each first all "${questions[@]:0:3}"
fail_each first all "${questions[@]:3}"
fail_each later all times=2 "${questions[@]}" times=1 "${questions[@]}"
traced=()
fail_each later memory times=2 "${questions[@]}" times=1 "${questions[@]}"

judge >judged
failures=0
while read -r verdict runs told state call error; do
    case $verdict in
    '#') diag "$runs $told $state $call $error" ;;
    *)
        is "$state lookups, $call fails with $error: $runs times, $told answers report it" \
            "$verdict" good
        failures=$((failures + told))
        ;;
    esac
done <judged

seen() { sed -n "s/^good [0-9]* [0-9]* $1 \([a-z0-9]*\) EIO\$/\1/p" judged | sort | tr '\n' ' '; }
diag "recent: $(seen recent); first: $(seen first); later: $(seen later)"
like "lookups in recent files open, examine, read and close them" "$(seen recent)" \
    '^close (fstat |)(newfstatat |)openat pread64 (statx |)$'
like "later lookups map memory" "$(seen later)" '(^| )mmap '
ok "more than a hundred answers report a fault" [ "$failures" -gt 100 ]

diag "--- getent(1), which shows a fault and an absence alike"
record=$(host_run getent passwd 100033)
traced=(/etc/subuid)
getent_with() { # CALL ERROR
    strace_run "$1:error=$2:when=1" getent passwd 100033
    echo "status $?"
    grep -q INJECTED trace || echo "nothing was injected"
}
while read -r call error want; do
    [ "$want" = absent ] && want="status 2" || want=$record$'\n'"status 0"
    is "getent: $call fails with $error" "$(getent_with "$call" "$error")" "$want"
done <<'END'
openat EMFILE absent
openat ENFILE absent
openat ENOMEM absent
openat EIO absent
openat EACCES absent
openat EINTR record
pread64 ENOMEM absent
pread64 EIO absent
pread64 EACCES absent
pread64 EINTR record
close EIO record
close EINTR record
END

done_testing
