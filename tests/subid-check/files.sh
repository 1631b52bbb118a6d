#!/usr/bin/env bash
# subid-check --files: whose files there are, and which of them are dangerous.
set -u
# shellcheck source=tests/subid-check/program.sh
. "$(dirname "$0")/program.sh"
# shellcheck source=tests/host.sh
. "$abs_top_srcdir/tests/host.sh"

keeper=$abs_top_builddir/tests/subid-check/keeper
host_is_entered || python3 -c 'import jsonschema' 2>/dev/null ||
    skip_all "python3-jsonschema is not installed"
for tool in script setcap strace; do
    command -v "$tool" >/dev/null || skip_all "$tool is not installed"
done
host_enter "$@"
unset NO_COLOR

host_add_user alice 1000
host_add_user bob 1001
host_set_subuid alice:100000:65536 bob:165536:65536
host_set_subgid alice:100000:65536 bob:165536:65536

check() { timeout 300 "$program" "$@"; }
shown() { # output and status
    local r=0
    check "$@" 2>&1 || r=$?
    echo "status $r"
}
one() { # PYTHON-EXPRESSION DIR...: of the JSON document
    local expression=$1
    shift
    check --json --files "$@" | json_value "$expression"
}
found() { # CODE DIR...: severity, file and ID
    local code=$1
    shift
    one "[(f['severity'], f['file'], f.get('first')) for f in d['findings'] if f['code'] == '$code']" "$@"
}
set_attribute() { # FILE NAME HEX
    evaluate "os.setxattr('$1', '$2', bytes.fromhex('$3'), follow_symlinks=False)" >/dev/null
}
hex() { # NUMBER: of 32 bits, little-endian
    local digits
    printf -v digits %08x "$1"
    echo "${digits:6:2}${digits:4:2}${digits:2:2}${digits:0:2}"
}
file() { # PATH OWNER MODE
    cp "$keeper" "$1" && chown "$2" "$1" && chmod "$3" "$1"
}

umask 022
mkdir tree && cd tree || exit
evaluator_start
mkdir home home/alice home/bob tmp
chown 1000:1000 home/alice && chown 1001:1001 home/bob && chmod 1777 tmp
chmod 0755 home/alice home/bob

diag "--- who has how many"
mkdir home/alice/storage
for i in 0 1 2; do head -c 5000 /dev/zero >"home/alice/storage/$i"; done
chown -R 100000:100000 home/alice/storage && chown 100999:100007 home/alice/storage/2
touch home/bob/x && chown 165536:1001 home/bob/x
is "files and bytes of each owner, by UID" \
    "$(one "[(u['owner'], u['first'], u['last'], u['files'], u['bytes']) for u in d['files']['uids']]" home)" \
    "[('alice', 100000, 100999, 4, 24576), ('bob', 165536, 165536, 1, 0)]"
is "and by GID" \
    "$(one "[(u['owner'], u['first'], u['last'], u['files']) for u in d['files']['gids']]" home)" \
    "[('alice', 100000, 100007, 4)]"
is "as many files as find counts" "$(one "d['files']['files']" .)" "$(find . | wc -l)"
is "several directories are one answer" \
    "$(one "(d['files']['directories'], d['files']['files'])" home/alice --files home/bob tmp)" \
    "(['home/alice', 'home/bob', 'tmp'], $(find home/alice home/bob tmp | wc -l))"
like "the table" "$(check --files home)" "^alice +UID +100000 +100999 +4 +24.0 KiB\$"
is "files in their places add no finding" "$(shown --files home | tail -n 2)" "$(shown | tail -n 2)"
is "files of accounts are not in the table" "$(check --files home | grep -c '^root')" 0

touch home/bob/stray && chown 400000 home/bob/stray
check --json --files home >out.json
ok "JSON is as the schema has it" python3 "$abs_top_srcdir/tests/subid-check/schema.py" \
    "$abs_top_srcdir/doc/subid-check.schema.json" out.json
rm out.json home/bob/stray

diag "--- the range that is given to another user"
# alice keeps a program that is set-user-ID of one of her IDs, as any user can make it in
# a user namespace of her own.
install -o 1000 -g 1000 -m 0755 "$keeper" home/alice/kept
unshare --user sleep 300 &
holder=$!
until [ "$(cat /proc/$holder/comm)" = sleep ]; do sleep 0.1; done
# In one write(2), which the kernel wants and the shell's own printf does not do.
env printf '0 1000 1\n1 100000 65536\n' >"/proc/$holder/uid_map"
env printf '0 1000 1\n1 100000 65536\n' >"/proc/$holder/gid_map"
nsenter --user --target "$holder" --setuid 0 --setgid 0 \
    sh -c "chown 1:1 home/alice/kept && chmod 4755 home/alice/kept"
kill "$holder"
wait "$holder" 2>/dev/null
is "in her namespace she makes it" "$(stat -c '%u %a' home/alice/kept)" "100000 4755"
is "which is hers" "$(found setid home)" "[]"
host_set_subuid bob:100000:65536 alice:300000:65536
host_set_subgid bob:100000:65536 alice:300000:65536
is "she acts as bob's ID" "$(host_run_as 1000 1000 home/alice/kept id -u)" 100000
is "the program is found" "$(found setid home)" "[('error', 'home/alice/kept', 100000)]"
like "and why" "$(check --files home)" "A set-user-ID program belongs to UID 100000, which is bob's"
like "with status 1" "$(shown --files home)" '^status 1$'
is "in a directory of bob's it is not reported" "$(mv home/alice/kept home/bob && found setid home)" "[]"
is "in a directory where anybody can make files it is" "$(mv home/bob/kept tmp && found setid .)" \
    "[('error', './tmp/kept', 100000)]"
mkdir store && chmod 0700 store
is "in a directory of root's alone it is not" "$(mv tmp/kept store && found setid .)" "[]"
is "a directory to walk that belongs to a subordinate ID is judged by the one above it" "$(mv store home/alice/ &&
    chown 100000 home/alice/store && found setid home/alice/store)" \
    "[('error', 'home/alice/store/kept', 100000)]"
host_set_subuid alice:300000:65536
is "it is found when the range is nobody's" "$(found setid home)" "[('error', 'home/alice/store/kept', 100000)]"
rm -r home/alice/store
host_set_subuid alice:100000:65536 bob:165536:65536
host_set_subgid alice:100000:65536 bob:165536:65536

diag "--- set-user-ID, set-group-ID, and neither"
mkdir home/alice/bits && chown 1000 home/alice/bits
file home/alice/bits/setgid 1000:165536 2755
file home/alice/bits/both 165537:165537 6755
file home/alice/bits/locked 1000:165536 2745
file home/alice/bits/data 165536:165536 4644
file home/alice/bits/plain 165536:165536 0755
file home/alice/bits/hers 100001:100001 6755
file home/alice/bits/sudo 0:0 6755
mkdir -m 2755 home/alice/bits/directory && chgrp 165536 home/alice/bits/directory
is "programs alone" "$(found setid home/alice)" "[('error', 'home/alice/bits/both', 165537), ('error', 'home/alice/bits/setgid', 165536), ('error', 'home/alice/bits/both', 165537)]"
rm -r home/alice/bits

diag "--- capabilities"
mkdir home/alice/caps && chown 1000 home/alice/caps
for name in foreign hers plain data host; do file "home/alice/caps/$name" 1000:1000 0755; done
# struct vfs_ns_cap_data: version 3, effective, permitted CAP_SETUID, the UID of the namespace's root.
capability() { # FILE ROOTID
    set_attribute "$1" security.capability "01000003$(hex 128)$(hex 0)$(hex 0)$(hex 0)$(hex "$2")"
}
capability home/alice/caps/foreign 165536
capability home/alice/caps/hers 100000
capability home/alice/caps/data 165536 && chmod 0644 home/alice/caps/data
setcap cap_net_raw=ep home/alice/caps/host
is "of a namespace whose root is somebody else's" "$(found capability home)" \
    "[('error', 'home/alice/caps/foreign', 165536)]"
chown 165540 home/alice/caps/host && setcap cap_net_raw=ep home/alice/caps/host
is "and of the host, by the file's owner" "$(found capability home)" \
    "[('error', 'home/alice/caps/foreign', 165536), ('error', 'home/alice/caps/host', 165540)]"
# As many as the file system takes.
evaluate "[os.setxattr('home/alice/caps/foreign', f'trusted.{i:0200}', b'') for i in range(500)]" \
    >/dev/null
is "many attributes do not hide it" "$(found capability home)" \
    "[('error', 'home/alice/caps/foreign', 165536), ('error', 'home/alice/caps/host', 165540)]"
rm -r home/alice/caps

diag "--- ACLs"
mkdir home/alice/acl && chown 1000 home/alice/acl
touch home/alice/acl/{orphan,hers,bobs,user}
# The bytes of user::rw-,user:ID:rwx,group::r--,mask::rwx,other::r--.
acl() { # PATH ID [NAME]
    set_attribute "$1" "${3:-system.posix_acl_access}" \
        "$(hex 2)01000600ffffffff02000700$(hex "$2")04000400ffffffff10000700ffffffff20000400ffffffff"
}
acl home/alice/acl/orphan 400000
acl home/alice/acl/hers 100000
acl home/alice/acl/bobs 165536
acl home/alice/acl/user 1001
acl home/alice/acl 400001 system.posix_acl_default
is "of nobody, and of another owner" "$(found acl home)" \
    "[('warning', 'home/alice/acl/orphan', 400000), ('warning', 'home/alice/acl', 400001), ('note', 'home/alice/acl/bobs', 165536)]"
is "they are counted" "$(one "[(s['first'], s['files'], s['acl_entries']) for s in d['files']['stray_uids']]" home)" \
    "[(400000, 0, 1), (400001, 0, 1)]"
rm home/alice/acl/orphan home/alice/acl/hers home/alice/acl/user
evaluate "[os.setxattr(open(f'home/alice/acl/{i}', 'w').name, name, os.getxattr('home/alice/acl/bobs', name))
    for name in ['system.posix_acl_access'] for i in range(40)]" >/dev/null
is "a note counts the notes that are not listed" \
    "$(one "[f['severity'] for f in d['findings'] if f['code'] == 'acl' and not f['file']]" home)" \
    "['note']"
rm -r home/alice/acl

diag "--- orphans"
touch home/orphan{1,2,3} home/systemd home/nobody
chown 231072:231072 home/orphan1 && chown 231080:231080 home/orphan2 && chown 4242:4242 home/orphan3
chown 1000000000 home/systemd && chown 65534 home/nobody
is "neighbours are one finding" "$(found orphan home)" \
    "[('warning', None, 4242), ('warning', None, 231072), ('warning', None, 4242), ('warning', None, 231072)]"
like "the fix lists them" "$(check --wide --files home)" "find home -xdev -uid \+231071 -uid -231081\$"
is "which is true" "$(find home -xdev -uid +231071 -uid -231081 | sort | tr '\n' ' ')" \
    "home/orphan1 home/orphan2 "
head -c 5000 /dev/zero >home/alice/orphan && chown 1000000000 home/alice/orphan
head -c 50000 /dev/zero >home/systemd
like "a file of an ID that systemd allocates is an orphan, and counts, in a user's directory only" \
    "$(check --wide --files home)" "^ *1 file \(8\.0 KiB\) belongs to UID 1000000000, which"
rm home/alice/orphan
# A range that overlaps another one is given a free one.
host_set_subuid alice:100000:65536 bob:165535:65536
like "without --files, the next free range is proposed" "$(check --wide)" "--add-subuids 231071-296606"
like "with it, one without the IDs that own files" "$(check --wide --files home)" "--add-subuids 231081-296616"
host_set_subuid alice:100000:65536 bob:165536:65536
rm home/orphan* home/systemd home/nobody

diag "--- scanners of files without an owner"
mkdir audit && touch audit/delegated && chown 100000:100000 audit/delegated
host_set_services files
is "without the module, find -nouser reports files of delegated IDs" \
    "$(host_run find audit -nouser -o -nogroup)" audit/delegated
host_set_services files subid
is "with it, it does not" "$(host_run find audit -nouser -o -nogroup)" ""
is "and no enumeration lists the ID" "$(host_run getent passwd | cut -d: -f3 | grep -c '^100000$')" 0
rm -r audit

diag "--- where it goes"
mkdir mounted && mount -t tmpfs x mounted && touch mounted/{a,b}
ln -s ../home linked
is "not into what is mounted" "$(one "(d['files']['files'], d['files']['mount_points'])" .)" \
    "($(find . -xdev | wc -l), 1)"
is "but with --mounts" "$(one "(d['files']['files'], d['files']['mount_points'])" . --mounts)" \
    "($(find . | wc -l), 0)"
chown 400000 mounted/a
fix=$(check --wide --mounts --files . | sed -n 's/.*Fix: \(find .* -uid .*\)/\1/p')
is "the fix goes there, too: $fix" "$(eval "$fix")" ./mounted/a
umount mounted && rmdir mounted
like "not through a link, even if it is the directory that is named" "$(shown --files linked)" '^status 2$'
like "a directory that is not there" "$(shown --files absent)" 'absent: No such file or directory'
like "--files is not for one process" "$(shown --files=. --pid 5)" '^status 2$'
deep=$(python3 -c '
import os
os.mkdir("deep"); os.chdir("deep")
for i in range(3000):
    os.mkdir("d"); open("f", "w").close(); os.mkdir("e"); os.chdir("d")
os.chown(".", 400000, 400000)
print(3000 * 3 + 1)')
is "as deep as the tree is" "$(one "(d['files']['files'], d['files']['stray_uids'][0]['files'])" deep)" "($deep, 1)"
# On one processor there is one worker, which keeps a descriptor for each level.
like "with few descriptors, it says what it could not read" \
    "$(taskset -c 0 bash -c 'ulimit -n 200; exec "$@"' limited timeout 300 "$program" --files deep)" \
    'The directory cannot be read \(Too many open files\)'
python3 -c '
import os
os.chdir("deep"); n = 0
while os.path.isdir("d"): os.chdir("d"); n += 1
for _ in range(n):
    os.chdir("..")
    for name in ("d", "e"): os.rmdir(name)
    os.remove("f")
os.chdir(".."); os.rmdir("deep")'
# Levels below the 64th share a buffer. The worker calls fchdir(2) for the top, for each of 70
# levels on the way down, and then to return to the 69th, which fails here.
python3 -c '
import os
os.mkdir("shared"); os.chdir("shared")
for i in range(1, 71):
    os.mkdir("d"); os.chdir("d")
    if i in (68, 70):
        for j in range(400): open("f" * (i - 60) + str(j), "w").close()'
like "where it cannot return to a level, it goes on in the level above" \
    "$(taskset -c 0 strace -f -qq -o trace -e trace=fchdir -e inject=fchdir:error=EACCES:when=72 \
        timeout 300 "$program" --json --files shared | tr -d ' \n')" \
    "shared$(printf '/d%.0s' $(seq 69))\".*\(Permissiondenied\).*\"files\":$((1 + 70 + 800)),"
rm -r shared

mkdir -m 0700 closed && touch closed/x && chmod 0755 .
is "what a user cannot read is named" \
    "$(host_run_as 1000 1000 "$program" --json --files . |
        json_value "[f['file'] for f in d['findings'] if f['code'] == 'unread-directory']")" "['./closed']"
is "and root can" "$(found unread-directory .)" "[]"
touch "$(printf 'home/alice/bad\033[31m\nname')" && file "$(printf 'home/alice/bad\033[31m\nname')" 165536:0 4755
is "no byte of a name reaches the terminal" \
    "$(check --files home | grep -F setid | tr -d '[:print:]\n' | od -An -tx1)" ""
like "but is shown" "$(check --files home)" 'home/alice/bad\\033\[31m\\012name'
rm home/alice/bad*

mkdir '(' && touch '(/orphan' && chown 400000 '(/orphan'
fix=$(check --wide --files '(' | sed -n 's/.*Fix: \(find .* -uid .*\)/\1/p')
is "a fix is right for a name that is find's own: $fix" "$(eval "$fix")" "./(/orphan"
rm -r '('

diag "--- what cannot be read"
unread_by() { # CALL:error=ERROR: the findings if this call fails for the file
    mkdir -p faulty/sub && touch faulty/sub/file
    strace -f -qq -o trace -P file -e inject="$1" "$program" --json --files faulty |
        json_value "' '.join(f['file'] + ' ' + f['reason'] for f in d['findings']
            if f['code'] == 'unread-directory')"
    grep -q INJECTED trace || echo "nothing was injected"
}
like "a file that cannot be examined" "$(unread_by statx:error=EIO)" \
    '^faulty/sub The directory cannot be read \(Input/output error\)'
like "one whose attributes cannot be listed" "$(unread_by llistxattr:error=ENOMEM)" \
    '^faulty/sub/file Its attributes cannot be read \(Cannot allocate memory\)'
is "a file that is gone is none" "$(unread_by statx:error=ENOENT)" ""
is "nor one of a file system without attributes" "$(unread_by llistxattr:error=EOPNOTSUPP)" ""
is "where nothing fails, all is known" "$(found unread-directory faulty)" "[]"
acl faulty/sub/file 400000
like "an ACL that cannot be read" "$(unread_by lgetxattr:error=EIO)" '^faulty/sub/file Its attributes'
is "one that is gone" "$(unread_by lgetxattr:error=ENODATA)" ""

diag "--- progress on a terminal"
# Directories are read four times, for 0.4 seconds each. The line appears after one second.
slow=(strace -f -qq -o /dev/null -e trace=getdents64 -e inject=getdents64:delay_enter=400000 "$program" --root / --files "$PWD/faulty")
seen=$(TERM=dumb script -qec "${slow[*]}" /dev/null </dev/null)
like "on a terminal a line counts the files" "$(cat -v <<<"$seen")" 'subid-check: [0-9]+ files\^M'
is "which is erased in the end" "$(tr -d '\r' <<<"$seen" | sed 's/.*\x1b\[K//; /: still reading /d')" \
    "$(check --root / --files "$PWD/faulty")"
is "in a pipe there is none" "$("${slow[@]}" 2>&1 >/dev/null | cat -v)" ""
rm -r faulty

diag "--- a user who moves directories about"
mkdir -p home/alice/race/a/b/c outside
touch home/alice/race/a/b/c/{1..300} outside/{1..300}
chown 400001 outside/*
ln -s "$PWD/outside" home/alice/race/link
python3 - <<'EOF' &
import os, time
os.chdir("home/alice/race")
while True:
    os.rename("a/b", "x"); os.rename("link", "a/b"); time.sleep(0.001)
    os.rename("a/b", "link"); os.rename("x", "a/b"); time.sleep(0.001)
EOF
mover=$!
# The delay is between the moment when a directory is seen and the one when it is opened.
strays=$(for _ in {1..10}; do
    strace -f -qq -o /dev/null -e trace=openat -e inject=openat:delay_enter=5000 \
        timeout 300 "$program" --json --files home | tr -d ' \n' | grep -o '"stray_uids":\[[^]]*\]'
done | sort | uniq -c | sed 's/^ *//')
kill "$mover"
wait "$mover" 2>/dev/null
is "never leads the walk through a link" "$strays" '10 "stray_uids":[]'

diag "--- what it touches"
# By default (relatime), the first reading of a directory after a change sets its access time.
mkdir -p fresh && touch fresh/file
state() { stat -c '%n %a %u %s %x %y %z' fresh fresh/file; }
before=$(state)
sleep 0.1
check --files . >/dev/null
is "not even the time of the last access" "$(state)" "$before"
find . >/dev/null
nok "find changes that time" test "$(state)" = "$before"
strace -f -qq -o trace -e trace=file,fchmod,fchown,ftruncate,fsetxattr,fremovexattr \
    "$program" --files home >/dev/null
ok "the trace is one of its work" grep -qF 'llistxattr("' trace
is "it writes, makes and changes nothing" \
    "$(grep -vE 'open(at)?\(.*O_RDONLY|open(at)?\(.*O_PATH|execve|access|readlink|[a-z]*stat[a-z0-9]*\(|chdir|l?(get|list)xattr|^[0-9]+ +(\+\+\+|<\.\.\.)|---|statfs' trace)" ""
done_testing
