#!/bin/bash
# Programs that show or take the name of a user, and are not on every host: PostgreSQL, htop, btop,
# ausearch, git, sudo and systemd-tmpfiles. Each runs with the module and without it, in a Debian
# root, because PostgreSQL's package starts a daemon.
set -u
# shellcheck source=tests/packaging/root.sh
. "$(dirname "$0")/../packaging/root.sh"
# shellcheck source=tests/packaging/tools.sh
. "$(dirname "$0")/../packaging/tools.sh"

packages_need
tools_enter

user=subuid-ftweedal-100033
group=subgid-ftweedal-500033

cp "$abs_top_builddir/libnss_subid.so.2" "$(dirname "$root"/lib/*/libc.so.6)/"
echo ftweedal:100000:65536 >"$root/etc/subuid"
echo ftweedal:500000:65536 >"$root/etc/subgid"
echo 127.0.0.1 scratch >"$root/etc/hosts"
named() { # no|yes
    local word=
    [ "$1" = no ] || word=subid
    printf '%s\n' "passwd: files $word" "group: files $word" "shadow: files $word" "hosts: files" \
        >"$root/etc/nsswitch.conf.new" && mv "$root/etc/nsswitch.conf.new" "$root/etc/nsswitch.conf"
}
says() { # COMMAND...: what it says, and its status
    local r=0
    inside "$@" 2>&1 || r=$?
    echo "status $r"
}
says_as() { # OFFSET COMMAND...: as that subordinate ID of ftweedal
    local offset=$1
    shift
    says setpriv --reuid $((100000 + offset)) --regid $((500000 + offset)) --clear-groups \
        env HOME=/tmp "$@"
}

diag "--- programs that paint a terminal"

setpriv --reuid 100033 --regid 500033 --clear-groups sleep 600 &
pid=$!
until [ "$(cat "/proc/$pid/comm")" = sleep ]; do sleep 0.01; done
mkdir -p "$root/root/.config/btop" "$root/dev/pts"
mount --bind /dev/pts "$root/dev/pts"
echo 'shown_boxes = "proc"' >"$root/root/.config/btop/btop.conf"

# The painted text, with a line for each place that the cursor was set to.
painted() {
    sed -E 's/\x1b\[[0-9;]*[Hf]/\n/g; s/\x1b\[[0-9]*C/ /g; s/\x1b[[(][0-9;?]*[A-Za-z0-9]//g' \
        "$root_scratch/typescript" 2>/dev/null | tr -d '\r'
}
# Runs a program on a terminal until it has painted PATTERN, types q, and prints
# what matched.
paints() { # PATTERN COMMAND...
    local pattern=$1 i
    shift
    rm -f "$root_scratch"/{keys,typescript}
    mkfifo "$root_scratch/keys"
    script -qefc "stty rows 40 cols 160
        exec chroot $root ${root_environment[*]} HOME=/root TERM=xterm $*" \
        "$root_scratch/typescript" <"$root_scratch/keys" >/dev/null &
    exec 3>"$root_scratch/keys"
    for ((i = 0; i < 600; i++)); do
        painted | grep -aqE "$pattern" && break
        sleep 0.1
    done
    printf q >&3
    wait $!
    exec 3>&-
    painted | grep -aoE "$pattern" | head -n 1 | xargs
}
row="(^| )$pid (100033|subuid[^ ]*) "
named no
is "htop shows the number" "$(paints "$row" htop --pid "$pid")" "$pid 100033"
is "and so does btop" "$(paints ' [0-9]+ 100033 ' btop --utf-force)" "1 100033"
like "htop -u does not take the name" "$(says htop -u "$user")" 'invalid user "'"$user"'"'
named yes
is "htop shows ten characters of the name" "$(paints "$row" htop --pid "$pid")" \
    "$pid subuid-ftw"
is "btop shows nine" "$(paints ' [0-9]+ subuid[^ ]+ ' btop --utf-force)" "1 subuid-ft+"
is "htop -u takes the name" "$(paints "$row" htop -u "$user")" "$pid subuid-ftw"
kill "$pid"

diag "--- ausearch"

cat >"$root/tmp/audit.log" <<'END_OF_LOG'
type=SYSCALL msg=audit(1700000000.123:1): arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=0 a2=0 a3=0 items=1 ppid=1 pid=2 auid=100033 uid=100033 gid=500033 euid=100033 suid=100033 fsuid=100033 egid=500033 sgid=500033 fsgid=500033 tty=pts0 ses=1 comm="cat" exe="/usr/bin/cat" key="k"
END_OF_LOG
interpreted() { inside ausearch -i -if /tmp/audit.log 2>&1 | grep -oE ' [ug]id=[^ ]+' | xargs; }
named no
is "ausearch -i knows no names" "$(interpreted)" "uid=unknown(100033) gid=unknown(500033)"
like "and -ui does not take one" "$(says ausearch -if /tmp/audit.log -ui "$user")" \
    "unknown \($user\)"
named yes
is "ausearch -i shows the names" "$(interpreted)" "uid=$user gid=$group"
like "and -ui takes one" "$(says ausearch -if /tmp/audit.log -ui "$user")" "uid=100033 "

diag "--- git"

mkdir "$root/tmp/repository" && chown 100033:500033 "$root/tmp/repository"
says_as 33 git -C /tmp/repository init -q >/dev/null
identity() { says_as 33 git -C /tmp/repository -c user.email=a@example var GIT_AUTHOR_IDENT; }
for names in no yes; do
    named "$names"
    # It compares numbers, and its message has none.
    is "names: $names: git refuses another user's repository" \
        "$(says_as 34 git -C /tmp/repository status | grep -vE '^$')" \
        "fatal: detected dubious ownership in repository at '/tmp/repository'
To add an exception for this directory, call:
	git config --global --add safe.directory /tmp/repository
status 128"
    is "names: $names: and not its owner's" \
        "$(says_as 33 git -C /tmp/repository status --short)" "status 0"
done
named no
like "an author without a user.name has none" "$(identity)" "^fatal: unable to auto-detect name"
named yes
like "or the record's" "$(identity)" "^Subordinate UID 33 of ftweedal <a@example> "

diag "--- sudo -l"

echo '#100033 ALL=(root) NOPASSWD: /bin/true' >"$root/etc/sudoers.d/number"
allowed() { says sudo -l -U "$1" | grep -vE '^Matching|^ +env_reset' | xargs; }
named no
is "sudo -l -U does not take the name" "$(allowed "$user")" "sudo: unknown user $user status 1"
named yes
like "sudo -l -U takes the name, and finds the number in sudoers" "$(allowed "$user")" \
    "^User $user may run the following commands on scratch: \(root\) NOPASSWD: /bin/true status 0$"
echo "subuid-ftweedal-100034 ALL=(root) NOPASSWD: /bin/false" >"$root/etc/sudoers.d/name"
like "and a name there" "$(allowed subuid-ftweedal-100034)" \
    "^User subuid-ftweedal-100034 may .*: \(root\) NOPASSWD: /bin/false status 0$"

diag "--- systemd-tmpfiles"

echo "f /run/made 0640 $user $group - text" >"$root/tmp/made.conf"
makes() { # [TREE]: the owner of the file, or the message
    rm -f "$root${1-}/run/made"
    inside systemd-tmpfiles --create ${1:+--root="$1"} /tmp/made.conf 2>&1 |
        sed 's/.*: Failed/Failed/'
    stat -c %u:%g "$root${1-}/run/made" 2>/dev/null
}
mkdir -p "$root/tmp/tree/etc" "$root/tmp/tree/run"
cp "$root"/etc/{passwd,group,subuid,subgid} "$root/tmp/tree/etc/"
named no
like "a line does not take the name" "$(makes)" "^Failed to resolve user '$user'"
named yes
is "a line takes the names" "$(makes)" 100033:500033
like "with --root only those in the tree's passwd and group" "$(makes /tmp/tree)" \
    "^Failed to resolve user '$user'"

diag "--- PostgreSQL, whose method \"peer\" asks for the name of the client's UID"

programs=$(cd "$root" && echo usr/lib/postgresql/*/bin)
programs=/$programs
as_postgres() { inside runuser -u postgres -- "$@" >/dev/null; }
as_postgres "$programs/initdb" -D /tmp/db -A peer --no-sync
echo 'local all all peer map=ids' >"$root/tmp/db/pg_hba.conf"
printf '%s\n' 'ids postgres postgres' 'ids subuid-ftweedal-100000 guest' >"$root/tmp/db/pg_ident.conf"
as_postgres "$programs/pg_ctl" -D /tmp/db -l /tmp/db/log -w \
    -o "-c log_connections=on -c fsync=off -c listen_addresses= -k /tmp" start
as_postgres "$programs/psql" -h /tmp -c 'create role guest login' postgres
connects() { # OFFSET [ARGUMENT...]: as whom; or what the server's log says
    : >"$root/tmp/db/log"
    says_as "$1" "$programs/psql" -h /tmp "${@:2}" -Atc 'select session_user' postgres | xargs
    sed -n 's/.*connection authenticated: \(.*\) (.*/\1/p; s/.*LOG:  \(could not\|no match\)/\1/p' \
        "$root/tmp/db/log"
}
named no
like "without a name there is no peer" "$(connects 0 -U guest)" \
    "^could not look up local user ID 100000: user does not exist$"
is "and psql does not know whom to connect as" "$(connects 0)" \
    "psql: error: local user with ID 100000 does not exist status 2"
named yes
is "with one, a line of pg_ident.conf may name it" "$(connects 0 -U guest)" \
    'guest status 0
identity="subuid-ftweedal-100000" method=peer'
like "and no other" "$(connects 1 -U guest)" \
    '^no match in usermap "ids" for user "guest" authenticated as "subuid-ftweedal-100001"$'
as_postgres "$programs/pg_ctl" -D /tmp/db -m immediate stop

done_testing
