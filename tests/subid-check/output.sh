#!/usr/bin/env bash
# What subid-check prints of fixture hosts, byte for byte: hosts/NAME/etc is the
# host, hosts/NAME/report, map, json and svg are what is to be seen.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"

program=$abs_top_builddir/subid-check/subid-check
fixtures=$abs_top_srcdir/tests/subid-check/hosts
[ -x "$program" ] || skip_all "subid-check is not built"
[ "$(id -u)" -eq 0 ] || skip_all "only root can make files that are root's"
command -v python3 >/dev/null || skip_all "python3 is not installed"
export LC_ALL=C.UTF-8
unset NO_COLOR

# Fixes name the directory, so its name has one length, and one name in what is compared.
scratch=$(mktemp -d /tmp/subid-check.XXXXXXXX)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit
# git keeps neither owners nor modes.
cp -r "$fixtures" hosts && chown -R 0:0 hosts && chmod -R u=rwX,go=rX hosts || exit

check() { timeout 60 "$program" "$@"; }
status_of() { # its status, and what it says on standard error alone
    local r=0
    { check "$@" 2>&3 >/dev/null || r=$?; } 3>&1
    echo "status $r"
}
named() { sed "s|$scratch|/tmp/subid-check.DIRECTOR|g"; }
shown() { # OPTION...: output, and status as the last line
    { local r=0; check "$@" 2>&1 || r=$?; echo "status $r"; } | named
}

# json-c 0.18 puts other blanks between the same. The last line is the status.
same_json() {
    python3 -c 'import json, sys
json_text, status = sys.stdin.read().rstrip("\n").rsplit("\n", 1)
print(json.dumps(json.loads(json_text), indent=1), status, sep="\n")'
}

diag "--- the hosts"
for host in hosts/*/; do
    name=$(basename "$host")
    is "$name: the report" "$(shown --root "$host")" "$(cat "$host/report")"
    is "$name: the map" "$(shown --root "$host" --map)" "$(cat "$host/map")"
    is "$name: JSON" \
        "$(shown --root "$host" --json | same_json)" "$(same_json <"$host/json")"
    is "$name: the picture" "$(shown --root "$host" --svg -)" "$(cat "$host/svg")"
    check --root "$host" --json >out.json
    ok "$name: JSON is valid" python3 -c 'import json; json.load(open("out.json"))'
    check --root "$host" --svg out.svg
    ok "$name: the picture is valid XML" \
        python3 -c 'import xml.dom.minidom as d; d.parse("out.svg")'
    is "$name: no line is longer than 80 columns" \
        "$(check --root "$host" | python3 -c '
import sys
for line in sys.stdin:
    if len(line.rstrip("\n")) > 80: print(line)')" ""
    for view in "" --wide --map --json "--svg -"; do
        # shellcheck disable=SC2086
        is "$name: nothing that a terminal obeys${view:+ ($view)}" \
            "$(check --root "$host" $view | python3 -c '
import sys, unicodedata
for c in sys.stdin.read():
    if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs"): print(ascii(c))')" ""
    done
done

diag "--- options"
like "--wide has the lines' numbers" "$(check --root hosts/shared --wide)" \
    'alice +1000 .* 1/1$'
is "--wide does not break lines" "$(check --root hosts/lines --wide | grep -c 'alice:')" 0
like "--nested makes a note of a conflict" \
    "$(check --root hosts/shared --nested carol | grep -A1 '\[overlap\]')" 'carol and bob'
is "--id answers with 0 for one that is delegated" "$(status_of --root hosts/shared --id 100001)" "status 0"
is "--id answers with 1 for one that is not" "$(status_of --root hosts/shared --id 99999)" "status 1"
is "--id says what the module would" "$(check --root hosts/shared --id 110001)" \
"UID 110001 is subuid-alice-110001
  owner       alice (UID 1000)
  position    10001 of 65536
  line        /etc/subuid:1  alice:100000:65536
  but also    /etc/subuid:4  subuid-alice-100000:110000:1000
  its GID     110001, by /etc/subgid:1  alice:100000:65536
  record      subuid-alice-110001:x:110001:110001:Subordinate UID 10001 of alice:/:/sbin/nologin
GID 110001 is subgid-alice-110001
  owner       alice (UID 1000)
  position    10001 of 65536
  line        /etc/subgid:1  alice:100000:65536
  but also    /etc/subgid:4  subuid-alice-100000:110000:1000
  record      subgid-alice-110001:x:110001:"
like "--name finds another owner's" \
    "$(check --root hosts/shared --name subuid-subuid-alice-100000-110001)" \
    'owner +subuid-alice-100000 \(subordinate UID 100000\)'
is "--name of another form is no record" "$(status_of --root hosts/shared --name alice)" \
    "subid-check: alice is not called like a record of the module's
status 1"
is "--id --json is for programs" "$(check --root hosts/shared --id 200000 --json |
    python3 -c '
import json, sys
one = json.load(sys.stdin)["ids"][0]
print(one["kind"], one["delegated"], one["owner"], one["position"], one["line"], one["gid"])')" \
    "uid True bob 34464 2 200000"

diag "--- what it cannot do"
is "without the directory it cannot look" "$(status_of --root nowhere)" \
    "subid-check: nowhere: No such file or directory
status 2"
for bad in "--id -1" "--id 4294967296" "--id x" "--color sometimes" "--json --map" "--id 1 --svg -" \
    "--id 1 --name x" "--root hosts/clean --nss" "--root hosts/clean --pid 1" "--unknown" "word"; do
    # shellcheck disable=SC2086
    like "$bad is refused" "$(status_of $bad)" '^status 2$'
done
mkdir -p odd/etc && mkfifo odd/etc/subuid
is "a FIFO is not waited for" "$(status_of --root odd)" "subid-check: odd/etc/subuid: Not a regular file
status 2"
rm odd/etc/subuid && mkfifo odd/etc/passwd
is "nor one in the place of another file" "$(status_of --root odd)" \
    "subid-check: odd/etc/passwd: Not a regular file
status 2"
cp -r hosts/clean unreadable && chmod 600 unreadable/etc/subuid && chmod 755 "$scratch"
is "a file that this process may not read" \
    "$(setpriv --reuid 4711 --regid 4711 --clear-groups "$program" --root unreadable 2>&1; echo $?)" \
    "subid-check: unreadable/etc/subuid: Permission denied
2"
for view in "" --map --json "--svg -"; do
    # shellcheck disable=SC2086
    is "output that cannot be written${view:+ ($view)}" \
        "$(check --root hosts/clean $view 2>&1 >/dev/full; echo "status $?")" \
        "subid-check: standard output: No space left on device
status 2"
done
is "a picture that cannot be written" "$(status_of --root hosts/clean --svg /dev/full)" \
    "subid-check: /dev/full: No space left on device
status 2"
is "a picture that can" "$(status_of --root hosts/clean --svg out.svg)" "status 0"

diag "--- a root that leads out of itself"
mkdir -p linked/etc linked/data
echo alice:700000:10 >linked/data/subuid
ln -s /data/subuid linked/etc/subuid
like "a link leads where it would lead that host" "$(check --root linked)" '700000-700009'
ln -s ../../../../../../../../etc/passwd linked/etc/passwd
is "and not to our files" "$(status_of --root linked)" "subid-check: linked/etc/passwd: Too many levels of symbolic links
status 2"

diag "--- a terminal"
terminal() { script -qec "$1" /dev/null </dev/null; }
like "has colours" "$(TERM=xterm terminal "$program --root hosts/shared" | cat -v)" '\^\[\[1;31merror'
nok "without any by NO_COLOR" grep -qF "^[[" <(NO_COLOR=1 TERM=xterm terminal "$program --root hosts/shared" | cat -v)
like "--color=always is the last word" "$(NO_COLOR=1 check --root hosts/shared --color=always | cat -v)" '\^\[\[1;31merror'
nok "a pipe has none" grep -qF "^[[" <(check --root hosts/shared | cat -v)

diag "--- many lines"
mkdir -p apart/etc over/etc
awk 'BEGIN { for (i = 0; i < 65000; i++) print "u" i ":" 100000 + i * 1000 ":1000" }' >apart/etc/subuid
awk 'BEGIN { for (i = 0; i < 65000; i++) print "u" i ":" 100000 + i ":65536" }' >over/etc/subuid
cp apart/etc/subuid apart/etc/subgid && cp over/etc/subuid over/etc/subgid
cp hosts/clean/etc/nsswitch.conf apart/etc && cp hosts/clean/etc/nsswitch.conf over/etc
is "65,000 owners beside one another are clean" "$(shown --root apart | tail -n 2)" \
    "0 errors, 0 warnings, 65002 notes.
status 0"
like "and the first 1,000 of them are shown" "$(check --root apart)" '^and 64000 more owners; --all'
like "65,000 over one another are summarised" "$(check --root over)" \
    '^error  and 129988 more of \[overlap\]; --all shows them$'
is "and so are they in a few screens" "$(($(check --root over | wc -l) < 1200))" 1
is "their map too" "$(($(check --root over --map | wc -l) < 150))" 1
is "--all means all" "$(check --root over --all | grep -c '^error .*\[overlap\]$')" 129998

diag "--- memory"
if command -v valgrind >/dev/null && ! grep -q __asan_init "$program"; then
    wrapped=$program
    [ ! -x "$abs_top_builddir/subid-check/.libs/subid-check" ] ||
        wrapped=$abs_top_builddir/subid-check/.libs/subid-check
    for view in "--all --wide" --map --json "--svg -" "--id 110001" "--id 110001 --json"; do
        for host in hosts/lines hosts/shared; do
            # shellcheck disable=SC2086
            timeout 120 valgrind --quiet --leak-check=full --error-exitcode=99 "$wrapped" \
                --root "$host" $view >/dev/null 2>valgrind.log
            is "$(basename "$host")${view:+ $view}: no fault and no leak" "$(($? == 99)) $(grep '==' valgrind.log)" "0 "
        done
    done
fi

done_testing
