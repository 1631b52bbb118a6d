#!/usr/bin/env bash
# Runs the integration tests once more, and each of their lookups also while openat, pread64
# and stat on subuid and subgid fail. The tests pass. Each failure has no effect, or the
# answer is the fault or the absence that the contract says. No command crashes, hangs, or
# names another owner.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"

[ "$(id -u)" -eq 0 ] || skip_all "only root can make a scratch host"
command -v strace >/dev/null || skip_all "strace is not installed"
strace -o /dev/null true 2>/dev/null || skip_all "strace(1) cannot trace here"

# Below /tmp, because a scratch host mounts over /dev/shm and /etc.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/nss-subid-sweep.XXXXXX")
trap 'rm -r "$scratch"' EXIT

tests=(files getent nested programs ranges setuid)
one_after_the_other() { # TEST...
    local name
    for name; do
        mkdir "$scratch/$name"
        FAULTY_DIR=$scratch/$name HOST_WRAPPER="bash $abs_top_srcdir/tests/limits/faulty.sh" \
            TAP_SKIP_STATUS=77 \
            timeout 600 bash "$abs_top_srcdir/tests/integration/$name.sh" >"$scratch/$name.log" 2>&1
        echo "status $?" >>"$scratch/$name.log"
    done
}
one_after_the_other files &
pid=$!
one_after_the_other "${tests[@]:1}"
wait "$pid"

for name in "${tests[@]}"; do
    is "$name.sh passes when the faults are over" \
        "$(grep -v '^ok' "$scratch/$name.log" | grep -v '^# ---' | grep -v '^1\.\.')" "status 0"
done

# One line of verdict for each call and error, and details of what is wrong.
judge() {
    awk '
    # Names of records in a text, as a set.
    function names_in(text, set,    word) {
        while (match(text, /sub[ug]id-[^ :,()"\047]*-[0-9]+/)) {
            word = substr(text, RSTART, RLENGTH)
            set[word] = 1
            text = substr(text, RSTART + RLENGTH)
        }
    }
    function wrong(why) {
        bad[key]++
        print "# " FILENAME ": " what (asked ? ", the module" : "") ", " key " " when ": " why
        if (at != "")
            print "# " at
    }
    # Replaces the accounts of these tests that are owners by number. A record may show the
    # number or the name: if the account cannot be looked up, that is no fault of the record.
    function with_number(text) {
        text = spell(text, "a-b\\.c", "1002")
        text = spell(text, "alice", "1001")
        return spell(text, "mallory", "5000")
    }
    function spell(text, account, number) {
        if (text ~ "sub[ug]id-" account "-[0-9]+") {
            sub("id-" account "-", "id-" number "-", text)
            sub(" of " account ":", " of " number ":", text)
        }
        return text
    }
    function is_spelled(text) { return text ~ /sub[ug]id-([0-9]+|a-b\.c|alice|mallory)-[0-9]+/ }
    function is_open() { return at ~ / openat\(/ }
    # May one answer be another when this call fails?
    function may_differ(from, to,    as_nobody) {
        if (from != with_number(from) && to == with_number(from))
            return 1
        if (error != "EACCES" || !is_open()) {
            if (!asked)
                return to == "fault: " text[error]
            return to == (error ~ /^E[MN]FILE$/ ? "TRYAGAIN " : "UNAVAIL ") error
        }
        # A file that the process may not see counts as absent.
        if (to == (asked ? "NOTFOUND" : "absent"))
            return 1
        as_nobody = from
        sub(/:x:[0-9]+:[0-9]+:/, "&\n", as_nobody)
        sub(/[0-9]+:\n/, "65534:", as_nobody)
        return from ~ /subuid-/ && to == as_nobody
    }
    function judge_run(    i, n, allowed, seen, word, differ, retried) {
        if (!running)
            return
        total[key]++
        if (at == "" && when !~ /^1/)
            missed++
        retried = error == "EINTR" && at !~ / (newfstatat|fstat|statx)\(/
        differ = lines != base_lines
        for (i = 1; i <= lines && i <= base_lines; i++)
            differ += line[i] != base[i]

        if (status >= 124)
            wrong("it ended with status " status)
        if (differ && (at == "" || retried))
            wrong("it answers " line[1] " instead of " base[1])
        if (differ)
            told[key]++
        if (asked || program == "lookups") {
            if (lines != base_lines)
                wrong(lines " answers instead of " base_lines)
            for (i = 1; i <= lines && i <= base_lines; i++)
                if (line[i] != base[i] && !may_differ(base[i], line[i]))
                    wrong("it answers " line[i] " instead of " base[i])
            # setpriv(1) and env(1) look users up, too. A file that is read more often is
            # indexed, and a failure while an index is built has no effect.
            if (!differ && at != "" && !retried && !prefixed && opens <= 3 && !is_spelled(base[1]) &&
                !(error == "EACCES" && is_open()))
                wrong("nothing was told")
            return
        }
        names_in(what, allowed)
        for (i = 1; i <= base_lines; i++) {
            names_in(base[i], allowed)
            names_in(with_number(base[i]), allowed)
        }
        for (i = 1; i <= lines; i++)
            names_in(line[i], seen)
        for (word in seen)
            if (!(word in allowed))
                wrong("it names " word)
        # getent prints what it was asked for or nothing.
        if (program == "getent")
            for (i = 1; i <= lines; i++) {
                n = 0
                for (word = 1; word <= base_lines; word++)
                    n += line[i] == base[word] || may_differ(base[word], line[i])
                if (n == 0)
                    wrong("it prints " line[i])
            }
    }
    function finish() {
        judge_run()
        if (!running && begun) {
            base_lines = lines
            for (i = 1; i <= lines; i++)
                base[i] = line[i]
            baselines++
        }
        lines = 0
        at = ""
        running = begun = 0
    }
    BEGIN {
        text["EMFILE"] = "Too many open files"
        text["ENFILE"] = "Too many open files in system"
        text["EIO"] = "Input/output error"
        text["EACCES"] = "Permission denied"
        text["EINTR"] = "Interrupted system call"
    }
    $1 == "program" { finish(); asked = 0; program = $2; prefixed = $3; next }
    $1 == "command" { what = substr($0, 9); next }
    $1 == "asked" { finish(); asked = 1; next }
    $1 == "run" {
        finish()
        begun = 1
        running = NF > 1
        call = $2; error = $3; when = $4
        key = call " " error
        next
    }
    $1 == "opens" { opens = $2; next }
    $1 == "at" { at = at == "" ? $0 : at; next }
    $1 == "=" { line[++lines] = substr($0, 3); next }
    $1 == "status" { status = $2; next }
    { print "# " FILENAME ": not understood: " $0; bad["report"]++; total["report"]++ }
    END {
        finish()
        for (key in total)
            print (bad[key] ? "bad" : "good"), total[key], told[key] + 0, key
        print "figures", baselines, missed + 0
    }' "$@"
}

judge "$scratch"/*/[0-9]* >"$scratch/judged"
grep '^#' "$scratch/judged" | head -n 40
runs=0
while read -r verdict n told call error; do
    [ "$verdict" != figures ] || { diag "$n commands and questions"; continue; }
    is "$call fails with $error: $n runs, of which $told report it" "$verdict" good
    runs=$((runs + n))
done < <(grep -v '^#' "$scratch/judged" | sort -k 4)
diag "$runs runs"
for call in openat pread64 '(newfstatat|fstat|statx)'; do
    is "each of five errors was tried often: $call" \
        "$(grep -Ec "^[a-z]+ [0-9]{2,} [0-9]+ $call E" "$scratch/judged")" 5
done

done_testing
