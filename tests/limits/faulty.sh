#!/usr/bin/env bash
# faulty.sh timeout SECONDS COMMAND...: runs the command of a test. Before that, it runs the
# command several times while system calls on subuid and subgid fail, and asks the module
# itself the same questions in the same way. It writes a report to a new file in $FAULTY_DIR,
# which tests/limits/sweep.sh judges:
#
#   program NAME WORDS-BEFORE-IT
#   command TEXT
#   asked                     from here on, runs of the module; before it, of the command
#   run CALL ERROR WHEN       without arguments: a run in which nothing fails
#   opens N                   how often one of the files is opened in that run
#   at LINE-OF-TRACE          each call that failed
#   = LINE                    of output
#   status N                  how it ended
set -u
: "${FAULTY_DIR:?}" "${abs_top_builddir:?}"

calls=openat,pread64,newfstatat,statx,fstat
errors=(EMFILE ENFILE EIO EACCES EINTR)
runs_each=3

limit=("${@:1:2}")
shift 2
prefix=()
command=("$@")
while :; do
    case ${command[0]} in
    setpriv | --clear-groups | env | -i | [A-Z]*=*) words=1 ;;
    --reuid | --regid) words=2 ;;
    *) break ;;
    esac
    prefix+=("${command[@]:0:words}")
    command=("${command[@]:words}")
done
# Only commands that change nothing are run several times. Other commands run once, as they
# are.
case ${command[0]##*/} in
getent | lookups | id | ls | find | stat | whoami | perl | python3 | ps | pgrep) ;;
probe | setuid-probe) ;;
*) exec "${limit[@]}" "$@" ;;
esac

# The lookups that the module itself is asked for.
keys=()
case ${command[0]} in
getent) for key in "${command[@]:2}"; do keys+=("${command[1]}:$key"); done ;;
lookups) for key in "${command[@]:2}"; do keys+=("passwd:$key"); done ;;
id) [[ ${command[-1]} == -* ]] || keys=("passwd:${command[-1]}") ;;
esac
status=${PATH%%:*}/status
[ -x "$status" ] || install -m 0755 "$abs_top_builddir/tests/limits/status" "$status"

shopt -s nullglob
files=("$FAULTY_DIR"/*)
turn=${#files[@]}
report=$FAULTY_DIR/$turn
trace=$FAULTY_DIR.trace

run_traced() { # STRACE-ARGUMENT... -- COMMAND...: to the report
    local arguments=() line r=0
    while [ "$1" != -- ]; do
        arguments+=("$1")
        shift
    done
    shift
    "${limit[@]}" strace --seccomp-bpf -f -qq -o "$trace" -P /etc/subuid -P /etc/subgid -e trace="$calls" \
        "${arguments[@]}" "$@" >"$trace.out" 2>&1 3>&1 || r=$?
    while IFS= read -r line; do
        [[ $line != *INJECTED* ]] || echo "at $line"
    done <"$trace"
    while IFS= read -r line || [ -n "$line" ]; do echo "= $line"; done <"$trace.out"
    echo "status $r"
}

fail_each() { # COMMAND...
    local made=() line call rest error suffix i n
    local -A times=() opens=([uid]=0 [gid]=0)
    echo run
    run_traced -- "$@"
    while read -r _ line; do
        call=${line%%(*}
        case $line in
        openat*/etc/subuid*) opens[uid]=$((opens[uid] + 1)) ;;
        openat*/etc/subgid*) opens[gid]=$((opens[gid] + 1)) ;;
        esac
        [[ ,$calls, == *,$call,* ]] || continue
        times[$call]=$((${times[$call]-0} + 1))
        made+=("$call ${times[$call]}")
    done <"$trace"
    n=${#made[@]}
    echo "opens $((opens[uid] > opens[gid] ? opens[uid] : opens[gid]))"
    # A command has only some of the combinations. All commands together let every call fail
    # with every error. In every third run, all later calls fail, too. EINTR is an exception:
    # such a call would be tried again for ever.
    for ((i = 0; i < runs_each && i < 5 * n; i++)); do
        read -r call rest <<<"${made[(turn + i) % n]}"
        error=${errors[(turn + i + (turn + i) / n) % 5]}
        suffix=
        [ $(((turn + i) % 3)) -ne 0 ] || [ "$error" = EINTR ] || suffix=+
        echo "run $call $error $rest$suffix"
        run_traced -e inject="$call:error=$error:when=$rest$suffix" -- "$@"
    done
}

{
    echo "program ${command[0]##*/} ${#prefix[@]}"
    echo "command ${*@Q}"
    fail_each "$@"
    if [ ${#keys[@]} -gt 0 ]; then
        echo asked
        fail_each "${prefix[@]}" "$status" libnss_subid.so.2 "${keys[@]}"
    fi
} >"$report" 2>&1

exec "${limit[@]}" "$@"
