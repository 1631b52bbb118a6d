#!/usr/bin/env bash
# subid-check on hostile trees. It opens no device, follows no link out of the tree, and its time
# and memory are bounded.
set -u
# shellcheck source=tests/subid-check/program.sh
. "$(dirname "$0")/program.sh"

[ "$(id -u)" -eq 0 ] || skip_all "only root can make device nodes"
command -v strace >/dev/null || skip_all "strace is not installed"
export LC_ALL=C.UTF-8

scratch=$(mktemp -d)
storm=
# shellcheck disable=SC2317 # by the trap
cleanup() {
    [ -z "$storm" ] || kill "$storm"
    rm -rf "$scratch"
}
trap cleanup EXIT
cd "$scratch" || exit

# A tree with a little of everything.
mkdir -p clean/etc
printf 'root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n' >clean/etc/passwd
printf 'root:x:0:\nalice:x:1000:\n' >clean/etc/group
echo alice:100000:65536 >clean/etc/subuid
cp clean/etc/subuid clean/etc/subgid
printf 'passwd: files subid\ngroup: files subid\n' >clean/etc/nsswitch.conf
tree() { # NAME: a copy to spoil
    cp -a clean "$1"
}
# A sanitizer reserves terabytes.
! grep -q __asan_init "$program" && asan=no || asan=yes
# Its last lines and its status, within 40 seconds of a processor and 512 MiB.
said() { # ROOT [OPTION...]
    (
        local r=0
        ulimit -t 40
        [ "$asan" = yes ] || ulimit -v 524288
        timeout 300 "$program" --root "$@" 2>&1 | tail -n 2
        r=${PIPESTATUS[0]}
        echo "status $r"
    )
}
too_large() { # FILE
    echo "subid-check: $1: Larger than subid-check reads: 32 MiB or 1000000 lines, and 1 MiB of configuration
status 2"
}

like "the tree is clean" "$(said clean)" '^status 0$'

diag "--- size"
tr '\0' x </dev/zero | head -c 33554432 >32-mib
yes x | head -n 1000001 >million-and-one
for file in passwd group subuid subgid; do
    tree long
    truncate -s 64M "long/etc/$file"
    is "$file of 64 MiB without a newline" "$(said long)" "$(too_large "long/etc/$file")"
    cp 32-mib "long/etc/$file"
    like "$file of 32 MiB in one line" "$(said long)" '^status [01]$'
    rm -rf long
    tree many
    cp million-and-one "many/etc/$file"
    is "$file of a million and one lines" "$(said many)" "$(too_large "many/etc/$file")"
    rm -rf many
done
for file in nsswitch.conf login.defs sssd/sssd.conf samba/smb.conf pam.d/su; do
    tree long
    mkdir -p "$(dirname "long/etc/$file")"
    head -c 1048577 32-mib >"long/etc/$file"
    like "$file of more than 1 MiB" "$(said long)" 'Larger than subid-check reads'
    rm -rf long
done
rm 32-mib
tree joined
mkdir joined/etc/samba
# shellcheck disable=SC1003 # a backslash is meant
yes 'idmap config A : range = 1-2\' | head -c 1000000 >joined/etc/samba/smb.conf
like "lines that go on and on" "$(said joined)" '^status 0$'

diag "--- findings"
tree refused
head -n 1000000 million-and-one >refused/etc/subuid
is "a million lines that delegate nothing" "$(said refused)" \
    "800000 findings are not shown: there are more than 200000 of one kind.
1000000 errors, 1 warning, 0 notes.
status 2"
# More than are kept of one kind. If the time grew with the square of their number, it would not
# do; nor would the memory if each took twice as much.
tree owners
awk 'BEGIN { for (i = 0; i < 210000; i++) print "u" i ":" 100000 + i % 1000 ":65536" }' >owners/etc/subuid
like "210,000 owners of the same IDs" "$(said owners)" '^status 2$'
like "on the map" "$(said owners --map)" '^status 2$'

tree names
echo 'alice:x:1000:1000::/:/bin/sh' >>names/etc/passwd
awk 'BEGIN {
    for (i = 0; i < 400000; i++) print "1000:100000:10"
    for (i = 0; i < 400000; i++) print "alice:200000:10"
    print "alice:100000:10" }' >names/etc/subuid
like "a name that 400,000 lines could mean" "$(said names subuid-alice-100003)" '^status 0$'

diag "--- what a file may be"
for file in passwd subuid nsswitch.conf; do
    tree device
    rm "device/etc/$file"
    mknod "device/etc/$file" c 1 5
    is "a device in the place of $file" "$(said device)" \
        "subid-check: device/etc/$file: Not a regular file
status 2"
    rm -rf device
done
tree device
rm device/etc/subuid
mknod device/etc/subuid c 1 5
strace -f -qq -o trace -e trace=open,openat,openat2 "$program" --root device >/dev/null 2>&1
ok "the trace is one of its work" grep -q '"/etc/subuid".*O_PATH' trace
# Only O_PATH reaches the device: no other open follows, by its name or by /proc/self/fd.
is "no driver is asked" "$(grep -A9 '"/etc/subuid"' trace | grep -v O_PATH)" ""
# A file is opened through /proc/self/fd after it was seen to be a regular file.
is "without /proc no file is taken for absent" \
    "$(unshare --mount sh -c 'mount -t tmpfs none /proc && exec "$@"' sh "$program" --root clean 2>&1; echo "status $?")" \
    "subid-check: clean/etc/subuid: Cannot be read where /proc is not mounted
status 2"
tree out
ln -sf ../../../../../../../../etc/passwd out/etc/passwd
mkdir out/etc/pam.d
ln -s /etc/pam.d/none out/etc/pam.d/none
ln -s / out/etc/pam.d/root
is "a link to itself" "$(said out)" "subid-check: out/etc/passwd: Too many levels of symbolic links
status 2"
rm out/etc/passwd
like "links to nothing, and to a directory, in pam.d" "$(said out)" '^status 0$'

diag "--- fixes name files of the tree, and never those of this host"
tree bad
chmod 666 bad/etc/subuid
like "by the full path" "$(timeout 300 "$program" --wide --root bad)" "chmod 0644 $scratch/bad/etc/subuid\$"
mkdir linked && mv bad/etc linked/data && ln -s /data linked/etc
like "not where that path leads through a link" "$(timeout 300 "$program" --root linked)" \
    'Fix: Let nobody but root write it\.$'

diag "--- a shortage of memory is not a clean host"
if [ "$asan" = no ]; then
    tree short
    { cat clean/etc/nsswitch.conf; printf 'x: '; tr '\0' x </dev/zero | head -c 1000000; echo; } \
        >short/etc/nsswitch.conf
    like "with enough of it" "$(said short)" '^status 0$'
    # The limits go from too little memory to start up to enough. Each run fails or is right.
    outcomes=$(
        for kib in 8000 9000 10000 11000 12000 13000 14000 15000 16000 20000 40000; do
            (
                ulimit -v "$kib"
                exec "$program" --root short
            ) >log 2>&1
            r=$?
            if [ "$r" -eq 0 ] && ! tail -n 1 log | grep -q '^No findings\.$'; then r=wrong; fi
            echo "$r"
        done | sort -u | tr '\n' ' '
    )
    like "each run is right or says that it failed" "$outcomes" '^0 (127 )?(2 )?$'
    unset outcomes
fi

diag "--- names"
# Any user may choose the names of files, of a process and of its cgroup.
cat >names.py <<'END'
import os, sys
for name in (b"\x1b[31m\x07", b"new\nline", b"<u>&amp;\"'", b"\xff\xfe\x80", b"\xc2\x9b31m",
             b"\xe2\x80\xaertl", b"\xed\xa0\x80", b"\xef\xbf\xbf", b"a" * 255):
    path = b"clean/names/" + name
    open(path, "w").close()
    os.chown(path, 400000, 0)
    os.chmod(path, 0o4755)
END
mkdir clean/names && chmod 777 clean/names && python3 names.py
mkfifo clean/names/fifo && mknod clean/names/device c 1 5 && chmod 6755 clean/names/{fifo,device}
cat >harmless.py <<'END'
# harmless.py VIEW FILE...: a line for each file, empty if it is harmless
import json, sys, unicodedata, xml.dom.minidom
for path in sys.argv[2:]:
    try:
        text = open(path, "rb").read().decode()
    except UnicodeDecodeError as error:
        print(error)
        continue
    said = [ascii(c) for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Cn")]
    if sys.argv[1] == "--json":
        said += [sum(f["code"] == "setid" for f in json.loads(text)["findings"])]
    elif sys.argv[1] == "--svg":
        xml.dom.minidom.parseString(text)
    elif sys.argv[1] == "--html" and "<u>" in text:
        said += ["an element"]
    print(*said)
END
for view in --wide --json "--svg -" "--html -"; do
    for locale in C C.UTF-8; do
        # shellcheck disable=SC2086
        LC_ALL=$locale timeout 300 "$program" --root clean $view --files /names >"view.$locale"
    done
    mapfile -t said < <(python3 harmless.py "${view%% *}" view.C view.C.UTF-8 2>&1)
    want=$([ "$view" != --json ] || echo 9)
    is "names of files are harmless, in C ($view)" "${said[0]-none}" "$want"
    is "names of files are harmless, in C.UTF-8 ($view)" "${said[1]-none}" "$want"
done
rm -r clean/names
rm -f ready
python3 -c '
import ctypes, time
ctypes.CDLL(None).prctl(15, b"\x1b[31m\nx\xff<&\"\x9b", 0, 0, 0)
open("ready", "w").close()
time.sleep(300)' &
storm=$!
until [ -e ready ]; do sleep 0.1; done
timeout 300 "$program" --pid "$storm" --json >view.json
timeout 300 "$program" "$(id -u)" >view.table
mapfile -t said < <(python3 harmless.py - view.json view.table 2>&1)
is "a name of a process is, in JSON" "${said[0]-none}" ""
is "and in a table" "${said[1]-none}$(grep -cF '\033[31m\012x\377<&"\233' view.table)" 1
kill "$storm"
wait "$storm" 2>/dev/null
storm=

diag "--- while others rename files"
# The kernel then refuses to resolve a path with "..", by chance.
tree moving
mv moving/etc/subuid moving/etc/real
ln -s ../etc/real moving/etc/subuid
want=$("$program" --root moving; echo "status $?")
# The first 64 tries follow each other at once, and the others after a pause.
is "100 refusals change nothing" \
    "$(strace -qq -o trace -e trace=openat2 -e inject=openat2:error=EAGAIN:when=1..100 \
        "$program" --root moving 2>&1; echo "status $?")" "$want"
is "each was one of the same file" "$(grep INJECTED trace | grep -c '"/etc/subuid"')" 100
mkdir spin
(
    cd spin && touch a && exec python3 -c '
import os
while True:
    os.rename("a", "b")
    os.rename("b", "a")'
) &
storm=$!
failed=0
until [ -e spin/b ]; do sleep 0.01; done
for ((i = 0; i < 10; i++)); do
    timeout 300 "$program" --root moving >log 2>&1 || { failed=$((failed + 1)); cp log failure; }
done
is "10 runs find the file behind a link" "$failed$([ ! -f failure ] || tail -n 1 failure)" 0
kill "$storm"
storm=
done_testing
