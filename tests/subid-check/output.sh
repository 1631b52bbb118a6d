#!/usr/bin/env bash
# subid-check prints the right bytes for the fixture hosts. The archive hosts/NAME has the
# files of a host, in etc, and the expected output: report, map, json and svg. To change
# that, write the new output into the files that tests/archive/unpack makes of the archive,
# and make the archive anew with tests/archive/pack, which needs LC_ALL=C.UTF-8 here.
set -u
# shellcheck source=tests/subid-check/program.sh
. "$(dirname "$0")/program.sh"

[ "$(id -u)" -eq 0 ] || skip_all "only root can make files that are root's"
for tool in script valgrind; do
    command -v "$tool" >/dev/null || skip_all "$tool is not installed"
done
python3 -c 'import jsonschema' 2>/dev/null || skip_all "python3-jsonschema is not installed"
export LC_ALL=C.UTF-8
unset NO_COLOR

# Fixes name the directory, so its name has one length, and one name in what is compared.
scratch=$(mktemp -d /tmp/subid-check.XXXXXXXX)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit
hosts_unpack || exit
evaluator_start

check() { timeout 300 "$program" "$@"; }
status_of() { # its status, and what it says on standard error alone
    local r=0
    { check "$@" 2>&3 >/dev/null || r=$?; } 3>&1
    echo "status $r"
}
named() { sed "s|$scratch|/tmp/subid-check.DIRECTOR|g"; }
shown() { # OPTION...: output, and status as the last line
    { local r=0; check "$@" 2>&1 || r=$?; echo "status $r"; } | named
}

# Versions of json-c differ in blanks, so compare the parsed JSON. The last line is the status.
same_json() {
    local text
    text=$(</dev/stdin)
    json_value 'json.dumps(d)' <<<"${text%$'\n'*}"
    echo "${text##*$'\n'}"
}
wide_lines() { # those of standard input that are longer than 80 columns
    local line
    while IFS= read -r line; do
        [ ${#line} -le 80 ] || echo "$line"
    done
}

# shellcheck disable=SC2317 # by ok
valid() { # FILE
    python3 "$abs_top_srcdir/tests/subid-check/schema.py" \
        "$abs_top_srcdir/doc/subid-check.schema.json" "$1"
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
    ok "$name: JSON is as the schema has it" valid out.json
    check --root "$host" --svg out.svg
    is "$name: the picture is valid XML" \
        "$(evaluate "xml.dom.minidom.parse('out.svg').documentElement.tagName")" svg
    is "$name: no line is longer than 80 columns" "$(check --root "$host" | wide_lines)" ""
    for view in "" --wide --map --json "--svg -"; do
        # shellcheck disable=SC2086
        check --root "$host" $view >view.out
        is "$name: nothing that a terminal obeys${view:+ ($view)}" \
            "$(evaluate "''.join(ascii(c) for c in open('view.out').read()
                if c != '\\n' and unicodedata.category(c) in ('Cc', 'Cf', 'Cs'))")" ""
    done
done

diag "--- the table"
is "has a row for each range" "$(check --root hosts/shared --output OWNER,SUBUIDS,UIDS,SUBGIDS,GIDS)" \
"OWNER                     SUBUIDS  UIDS       SUBGIDS  GIDS
alice               100000-165535 65536 100000-165535 65536
bob                 165536-231071 65536 165536-231071 65536
carol               200000-265535 65536 231072-263839 32768
subuid-alice-100000 110000-110999  1000 110000-110999  1000"
is "any columns, in any case, without headings" \
    "$(check --root hosts/shared -n -o uid-first,Uid-Last,uid-line,uid-position,gid-first,gid-last,gid-line,gid-position,login | sed 's/  */ /g; s/^ //')" \
"100000 165535 1 0 100000 165535 1 0 alice
165536 231071 2 0 165536 231071 2 0 bob
200000 265535 3 0 231072 263839 3 0 carol
110000 110999 4 0 110000 110999 4 0 -"
is "+ adds columns to the usual ones" "$(check --root hosts/shared --output +LOGIN | head -n 1 | tr -s ' ')" \
    "OWNER UID SUBUIDS UUSED SUBGIDS GUSED LOGIN"
# shellcheck disable=SC2016 # an owner is called so
is "raw is for programs" "$(check --root hosts/hostile --raw --noheadings --output OWNER,UID-FIRST | sed -n 2p)" \
    '$(touch\x20pwned)'"'"' 100005'
is "all columns of --list-columns can be shown" \
    "$(check --root hosts/shared --raw -o "$(check --list-columns | cut -d ' ' -f 1 | paste -s -d ,)" | head -n 1 | tr ' ' '\n')" \
    "$(check --list-columns | cut -d ' ' -f 1)"
is "the table alone still has the status" "$(status_of --root hosts/shared -n)" "status 1"
like "nobody has any" "$(check --root hosts/empty)" '^There are no subordinate IDs\.$'
is "which is no row" "$(check --root hosts/empty --raw --noheadings)" ""

diag "--- options"
is "--wide does not break lines" "$(check --root hosts/lines --wide | grep -c 'alice:')" 0
like "--nested makes a note of a conflict" \
    "$(check --root hosts/shared --nested carol | grep -A1 '\[overlap\]')" 'carol and bob'
is "an ID is answered with 0 if it is delegated" "$(status_of --root hosts/shared 100001)" "status 0"
is "with 1 if it is not" "$(status_of --root hosts/shared 99999)" "status 1"
is "an ID is what the module would say" "$(check --root hosts/shared 110001)" \
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
like "a name finds another owner's" \
    "$(check --root hosts/shared subuid-subuid-alice-100000-110001)" \
    'owner +subuid-alice-100000 \(subordinate UID 100000\)'
is "a name of another form is no record" "$(status_of --root hosts/shared alice)" \
    "subid-check: alice is neither an ID nor a name that a record of the module can have
status 1"
for word in 110001 99999 subuid-alice-110001 subgid-alice-100000; do
    check --root hosts/shared --json "$word" >out.json
    ok "$word: JSON is as the schema has it" valid out.json
done
is "an ID for programs" "$(check --root hosts/shared 200000 --json |
    python3 -c '
import json, sys
one = json.load(sys.stdin)["ids"][0]
print(one["kind"], one["delegated"], one["owner"], one["position"], one["line"], one["gid"])')" \
    "uid True bob 34464 2 200000"

diag "--- what it cannot do"
is "without the directory it cannot look" "$(status_of --root nowhere)" \
    "subid-check: nowhere: No such file or directory
status 2"
for bad in -1 4294967296 007 12x "--pid 0" "--pid x" "--probe=0" "--color=sometimes" "--unknown" "1 2" \
    "--output x" "--output owner,," "--output="; do
    # shellcheck disable=SC2086
    like "$bad is refused" "$(status_of $bad)" '^status 2$'
done
while read -r first second; do
    # shellcheck disable=SC2086
    is "$first and $second are not for one run" "$(status_of ${first//=/ } ${second//=/ })" \
        "subid-check: mutually exclusive arguments: ${first%%=*} ${second%%=*}
status 2"
done <<'END'
--json --map
--json --svg=-
--map --svg=-
--json --output=OWNER
--json --raw
--map --noheadings
--nss --root=hosts/clean
--pid=1 --root=hosts/clean
--probe --root=hosts/clean
--pid=1 --map
--pid=1 --output=OWNER
END
is "nor an ID and a picture" "$(status_of --map 5)" "subid-check: mutually exclusive arguments: ID --map
status 2"
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
like "an absolute link begins at the root" "$(check --root linked)" '700000-700009'
ln -s ../../../../../../../../etc/passwd linked/etc/passwd
is "and not to our files" "$(status_of --root linked)" "subid-check: linked/etc/passwd: Too many levels of symbolic links
status 2"

diag "--- a command that is broken into lines is the same command"
mkdir -p blanks/etc
cp hosts/clean/etc/nsswitch.conf blanks/etc
{
    cat hosts/clean/etc/passwd
    printf '%s:x:1800:1800::/:/bin/sh\n' "two  blanks and many more words that fill a line" "it's a \\ and 'quotes'"
} >blanks/etc/passwd
printf '%s:100000:65536\n' alice "two  blanks and many more words that fill a line" "it's a \\ and 'quotes'" \
    >blanks/etc/subuid
cp blanks/etc/subuid blanks/etc/subgid
words_of() { # which an own usermod prints, one a line, of the commands on standard input
    (
        # shellcheck disable=SC2317 # by eval
        usermod() { printf '<%s>\n' "$@"; }
        eval "$(cat)"
    )
}
is "word by word" \
    "$(check --root blanks | sed -n '/Fix: usermod/,/^$/p' | sed 's/.*Fix: //' | words_of)" \
    "$(check --root blanks --json | python3 -c '
import json, sys
for finding in json.load(sys.stdin)["findings"]:
    if finding["fix"].startswith("usermod"): print(finding["fix"])' | words_of)"
like "the words are those of the owner" "$(check --root blanks --json | python3 -c '
import json, sys
print(json.load(sys.stdin)["findings"][0]["fix"])' | words_of)" '^<two  blanks and many more words that fill a line>$'

diag "--- a terminal"
terminal() { script -qec "$1" /dev/null </dev/null; }
like "has colours" "$(TERM=xterm terminal "$program --root hosts/shared" | cat -v)" '\^\[\[1;31merror'
is "without any by NO_COLOR, the same text" \
    "$(NO_COLOR=1 TERM=xterm terminal "$program --root hosts/shared" | tr -d '\r')" \
    "$(check --root hosts/shared)"
like "--color=always wins over NO_COLOR" "$(NO_COLOR=1 check --root hosts/shared --color=always | cat -v)" '\^\[\[1;31merror'
is "a pipe has none, and the same text" "$(check --root hosts/shared | cat -v)" \
    "$(check --root hosts/shared --color=always | sed 's/\x1b\[[0-9;]*m//g' | cat -v)"
widest() { # COLUMNS: of the report on a terminal that is so wide
    TERM=dumb terminal "stty cols $1; $program --root hosts/shared" | tr -d '\r' |
        sed '1,/^$/d' | awk '{ if (length > n) n = length } END { print n + 0 }'
}
columns=$(widest 120)
ok "lines are as long as the terminal is wide: $columns" test "$columns" -gt 100 -a "$columns" -le 120
is "but no shorter than 60" "$(widest 20)" "$(widest 60)"

diag "--- many lines"
mkdir -p apart/etc over/etc
awk 'BEGIN { for (i = 0; i < 6500; i++) print "u" i ":" 100000 + i * 1000 ":1000" }' >apart/etc/subuid
awk 'BEGIN { for (i = 0; i < 6500; i++) print "u" i ":" 100000 + i ":65536" }' >over/etc/subuid
cp apart/etc/subuid apart/etc/subgid && cp over/etc/subuid over/etc/subgid
cp hosts/clean/etc/nsswitch.conf apart/etc && cp hosts/clean/etc/nsswitch.conf over/etc
is "6,500 owners beside one another are clean" "$(shown --root apart | tail -n 2)" \
    "0 errors, 0 warnings, 6502 notes.
status 0"
like "and the first 1,000 of them are shown" "$(check --root apart)" '^and 5500 more owners; --all'
like "6,500 over one another are summarised" "$(check --root over)" \
    '^error  and 12988 more of \[overlap\]; --all shows them$'
is "and so are they in a few screens" "$(($(check --root over | wc -l) < 1200))" 1
is "their map too" "$(($(check --root over --map | wc -l) < 150))" 1
is "--all means all" "$(check --root over --all | grep -c '^error .*\[overlap\]$')" 12998

diag "--- memory"
# valgrind cannot run a program with a sanitizer.
if ! grep -q __asan_init "$program"; then
    # Its document, picture, map and report of each of the hosts, in one process.
    in_process=$abs_top_builddir/tests/subid-check/test_hosts
    [ ! -x "$in_process" ] ||
        ok "what is printed of all hosts: no fault and no leak" \
            timeout 300 valgrind --quiet --leak-check=full --error-exitcode=99 "$in_process"
    while read -r host view; do
        # shellcheck disable=SC2086
        check --root "hosts/$host" $view >plain.out 2>&1
        status=$?
        # shellcheck disable=SC2086
        timeout 300 valgrind --quiet --leak-check=full --error-exitcode=99 \
            --log-file=valgrind.log "$program" --root "hosts/$host" $view >valgrind.out 2>&1
        r=$?
        # Before 3.22 it notes by -- that it does not know openat2(2).
        is "$host${view:+ $view}: the same, with no fault and no leak" \
            "$r $(grep '^==' valgrind.log) $(cksum <valgrind.out)" "$status  $(cksum <plain.out)"
    done <<'END'
lines --all --wide
shared --json
shared 110001
lines 110001 --json
shared --raw
END
fi

done_testing
