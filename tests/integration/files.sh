#!/bin/bash
# subuid and subgid in every state that an administrator leaves them in.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/host.sh
. "$(dirname "$0")/../host.sh"
host_enter "$@"

host_add_program "$abs_top_builddir/tests/integration/lookups"
key=100000
record() { # GID
    echo "subuid-ftweedal-100000:x:100000:$1:Subordinate UID 0 of ftweedal:/:/sbin/nologin"
}

# Prints "absent" or "fault: REASON", between which getent makes no difference.
answer() { host_run lookups 1 "${1-$key}"; }
restore() {
    rm -rf /etc/subuid /etc/subgid
    host_set_subuid ftweedal:100000:65536
    host_set_subgid ftweedal:500000:65536
}
# The other database, and everybody else, have to be as before.
group_is_there() {
    is "$1: subgid still answers" "$(host_run getent group 500000)" "subgid-ftweedal-500000:x:500000:"
    is "$1: root is still root" "$(host_run id -nu 0)" "root"
}

restore
is "two good files" "$(answer)" "$(record 500000)"

diag "--- subuid"
rm /etc/subuid
is "missing" "$(answer)" "absent"
group_is_there missing
host_set_subuid
is "empty" "$(answer)" "absent"
rm /etc/subuid
mkfifo /etc/subuid
is "a FIFO" "$(answer)" "fault: Invalid argument"
group_is_there FIFO
rm /etc/subuid
mkdir /etc/subuid
is "a directory" "$(answer)" "fault: Invalid argument"
group_is_there directory
restore
mv /etc/subuid target
ln -s "$PWD/target" /etc/subuid
is "a symbolic link" "$(answer)" "$(record 500000)"
ln -sf "$PWD/nowhere" /etc/subuid
is "a dangling link" "$(answer)" "absent"
ln -sf /etc/subuid /etc/subuid
is "a link to itself" "$(answer)" "fault: Too many levels of symbolic links"
restore
chmod 0600 /etc/subuid
is "unreadable: root" "$(answer)" "$(record 500000)"
is "unreadable: others" "$(host_run_as 100000 500000 lookups 1 $key)" "absent"
restore

diag "--- subgid, which only the group depends on"
rm /etc/subgid
is "missing" "$(answer)" "$(record 65534)"
is "missing: no group" "$(host_show getent group 500000)" "status 2"
host_set_subgid
is "empty" "$(answer)" "$(record 65534)"
chmod 0600 /etc/subgid
is "unreadable: others" "$(host_run_as 100000 500000 lookups 1 $key)" "$(record 65534)"
rm /etc/subgid
mkfifo /etc/subgid
is "a FIFO" "$(answer)" "fault: Invalid argument"
restore

diag "--- 65,000 lines"
for ((i = 0; i < 65000; i++)); do echo "user$i:$((1000000 + i * 65536 % 4000000000)):10"; done |
    tee /etc/subgid >/etc/subuid
for i in 0 32499 64999; do
    first=$((1000000 + i * 65536 % 4000000000))
    is "line $i by ID" "$(answer $((first + 9)))" \
        "subuid-user$i-$((first + 9)):x:$((first + 9)):$((first + 9)):Subordinate UID 9 of user$i:/:/sbin/nologin"
    is "line $i by name" "$(answer "subuid-user$i-$first" | cut -d: -f3)" "$first"
    is "line $i of subgid" "$(host_run getent group "$first")" "subgid-user$i-$first:x:$first:"
    is "after line $i" "$(answer $((first + 10)))" "absent"
done

diag "--- lines that are not plain"
restore
printf 'ftweedal:100000:65536' >/etc/subuid
is "no final newline" "$(answer)" "$(record 500000)"
printf 'ftweedal:100000:65536\r\n' >/etc/subuid
is "CRLF: the line does not count" "$(answer)" "absent"
printf 'bob:1:1\r\nftweedal:100000:65536\n' >/etc/subuid
is "CRLF above: the next line does" "$(answer)" "$(record 500000)"

line() { # BYTES: a line of that length, without its newline
    local tail=:100000:1 owner
    printf -v owner "%0$(($1 - ${#tail}))d" 0
    echo "${owner//0/o}$tail"
}
line 1023 >/etc/subuid
like "a line of 1023 bytes counts" "$(answer)" '^subuid-o{1014}-100000:'
for bytes in 1024 4096 4097 100000; do
    { line $bytes && echo ftweedal:100000:65536; } >/etc/subuid
    is "a line of $bytes bytes does not count" "$(answer)" "$(record 500000)"
done
while IFS= read -r bad; do
    printf '%b\n' "$bad" ftweedal:100000:65536 >/etc/subuid
    is "does not count: $bad" "$(answer)" "$(record 500000)"
done <<'END'
#bob:100000:1
# a comment

bob
bob:100000
bob:100000:1:
:100000:1
bob::1
bob:100000:
bob:100000:0
bob:-100000:1
bob:100000:1x
bob:100000:4294967295
bob:4295067296:1
+bob:100000:1
-bob:100000:1
b/b:100000:1
 bob:100000:1
bo\0000b:100000:1
bo\tb:100000:1
bob:100000:1\0000
\0377\0376b\0000:100000:1
END
while IFS= read -r good; do
    host_set_subuid "$good"
    is "counts: $good" "$(answer)" "$(record 500000)"
done <<'END'
ftweedal:0x186a0:0x10000
ftweedal:0303240:0200000
ftweedal: 100000: +65536
END

done_testing
