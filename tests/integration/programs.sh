#!/bin/bash
# The programs people use show the names, and take them. Without the module they show numbers,
# and refuse the names.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/host.sh
. "$(dirname "$0")/../host.sh"
host_enter "$@"
host_add_sample

user=subuid-ftweedal-100033
group=subgid-ftweedal-500033

unnamed() { host_set_services files systemd; }
named() { host_set_services files systemd subid; }

diag "--- files"
unnamed
touch file
chown 100033:500033 file
is "before: find -nouser finds it" "$(host_show find . -nouser -nogroup)" "./file
status 0"
nok "before: find -user does not know the name" host_run find . -user "$user"
is "before: ls -l shows numbers" "$(host_run ls -l file | awk '{ print $3, $4 }')" "100033 500033"
is "before: stat knows none" "$(host_run stat -c '%U:%G' file)" "UNKNOWN:UNKNOWN"
nok "before: chown does not know the name" host_run chown "$user" file
nok "before: chgrp does not know the name" host_run chgrp "$group" file
nok "before: install does not know the name" host_run install -o "$user" file third

named
is "find -nouser does not find it" "$(host_show find . -nouser)" "status 0"
is "find -nogroup does not find it" "$(host_show find . -nogroup)" "status 0"
is "find -user finds it by name" "$(host_run find . -user "$user" -group "$group")" "./file"
is "ls -l" "$(host_run ls -l file | awk '{ print $3, $4 }')" "$user $group"
is "stat" "$(host_run stat -c '%U:%G %u:%g' file)" "$user:$group 100033:500033"

touch other
ok "chown by name" host_run chown "$user:$group" other
is "chown by name changes the owner and the group" "$(stat -c '%u:%g' other)" "100033:500033"
ok "chown with the login group" host_run chown subuid-ftweedal-100034: other
is "the login group is pw_gid" "$(stat -c '%u:%g' other)" "100034:500034"
ok "chgrp by name" host_run chgrp subgid-ftweedal-500035 other
is "changes the group" "$(stat -c '%u:%g' other)" "100034:500035"
ok "install by name" host_run install -o "$user" -g "$group" other third
is "install sets the owner and the group" "$(stat -c '%u:%g' third)" "100033:500033"

diag "--- tar"
unnamed
host_run tar -cf archive file
is "before: an archive holds the numbers" "$(host_run tar -tvf archive | awk '{ print $2 }')" \
    "100033/500033"
named
host_run tar -cf archive file
is "an archive holds the names" \
    "$(host_run tar -tvf archive | awk '{ print $2 }')" "$user/$group"
# The archive has another number, to show that tar uses the name.
host_run tar -cf archive --owner="$user:7" --group="$group:7" file
mkdir extracted
ok "tar extracts" host_run tar -xf archive -C extracted --same-owner
is "tar extracts for the archive's names" "$(stat -c '%u:%g' extracted/file)" "100033:500033"

diag "--- a host with other ranges"
# On such a host the name does not exist, so the programs keep the number.
rm -rf extracted sent && mkdir extracted sent
host_run tar -cf archive file
cat >other-host <<'END'
#!/bin/sh
# In place of ssh(1): runs the command on this host, with other ranges.
shift
exec unshare --mount sh -c 'echo carol:100000:65536 >other && mount --bind other /etc/subuid &&
    mount --bind other /etc/subgid && exec "$@"' - "$@"
END
chmod +x other-host
host_run ./other-host host tar -xf "$PWD/archive" -C "$PWD/extracted" --same-owner
is "tar keeps the number" "$(stat -c '%u:%g' extracted/file)" "100033:500033"
if command -v rsync >/dev/null; then
    host_run rsync -a -e "$PWD/other-host" file host:"$PWD/sent/"
    is "rsync keeps the number" "$(stat -c '%u:%g' sent/file)" "100033:500033"
else
    tap_result ok "rsync # SKIP rsync is not installed"
fi

diag "--- access lists"
if command -v setfacl >/dev/null; then
    unnamed
    nok "before: setfacl does not know the names" host_run setfacl -m "u:$user:r" file
    host_run setfacl -m u:100034:r,g:500035:r file
    is "before: getfacl shows the numbers" \
        "$(host_run getfacl -c file | grep -E '^(user|group):[0-9]' | xargs)" \
        "user:100034:r-- group:500035:r--"
    setfacl -b file
    named
    ok "setfacl takes the names" host_run setfacl -m u:subuid-ftweedal-100034:r,g:subgid-ftweedal-500035:r file
    is "setfacl stores the numbers" \
        "$(host_run getfacl -cn file | grep -E '^(user|group):[0-9]' | xargs)" \
        "user:100034:r-- group:500035:r--"
    is "getfacl shows the names" "$(host_run getfacl -c file | grep -E '^(user|group):s' | xargs)" \
        "user:subuid-ftweedal-100034:r-- group:subgid-ftweedal-500035:r--"
    setfacl -b file
else
    tap_result ok "access lists # SKIP setfacl is not installed"
fi

diag "--- identities"
unnamed
is "before: id of a number" "$(host_show id 100000)" "id: '100000': no such user
status 1"
is "before: whoami" "$(host_show setpriv --reuid 100033 --clear-groups whoami)" \
    "whoami: cannot find name for user ID 100033
status 1"
nok "before: setpriv does not know the name" host_run setpriv --reuid "$user" true
named
is "id of a number" "$(host_run id 100000)" \
    "uid=100000(subuid-ftweedal-100000) gid=500000(subgid-ftweedal-500000) groups=500000(subgid-ftweedal-500000)"
is "id of a name" "$(host_run id "$user")" \
    "uid=100033($user) gid=500033($group) groups=500033($group)"
is "whoami" "$(host_run_as 100033 500033 whoami)" "$user"
is "setpriv takes the name" \
    "$(host_run setpriv --reuid "$user" --regid "$group" --init-groups id -u)" "100033"

diag "--- processes"
setpriv --reuid 100000 --regid 500000 --clear-groups sleep 60 &
pid=$!
until [ "$(cat "/proc/$pid/comm")" = sleep ]; do sleep 0.01; done
top_user() { host_run top -b -n 1 "$@" | awk '$NF == "sleep" { print $1, $2 }'; }
unnamed
is "before: ps" "$(host_run ps -o user:40=,group:40= -p "$pid" | xargs)" "100000 500000"
nok "before: ps -u does not know the name" host_run ps -u subuid-ftweedal-100000
nok "before: pgrep -u does not know the name" host_run pgrep -u subuid-ftweedal-100000
is "before: top" "$(top_user -p "$pid")" "$pid 100000"
is "before: top -u does not know the name" "$(host_show top -b -n 1 -u subuid-ftweedal-100000)" \
    "top: Invalid user
status 1"
like "before: lsof" "$(host_run lsof -w -a -p "$pid" -d cwd)" "^sleep +$pid +100000 "
nok "before: start-stop-daemon does not know the names" \
    host_run start-stop-daemon --start --test --chuid "$user" --exec /bin/true
named
is "ps" "$(host_run ps -o user:40=,group:40= -p "$pid" | xargs)" \
    "subuid-ftweedal-100000 subgid-ftweedal-500000"
is "ps -u takes the name" "$(host_run ps -o pid= -u subuid-ftweedal-100000 | xargs)" "$pid"
is "pgrep -u takes the name" "$(host_run pgrep -u subuid-ftweedal-100000)" "$pid"
is "top shows as much as its column holds" "$(top_user -p "$pid")" "$pid subuid-+"
is "top -u takes the name" "$(top_user -u subuid-ftweedal-100000)" "$pid subuid-+"
like "lsof shows the whole name" "$(host_run lsof -w -a -p "$pid" -d cwd)" \
    "^sleep +$pid subuid-ftweedal-100000 "
kill "$pid"
ok "start-stop-daemon takes the names" host_run start-stop-daemon --start --background --make-pidfile \
    --pidfile "$PWD/started" --chuid subuid-ftweedal-100007:subgid-ftweedal-500007 --exec /bin/sleep -- 60
until [ -s started ]; do sleep 0.1; done
is "and runs as them" "$(host_run ps -o user:40=,group:40= -p "$(cat started)" | xargs)" \
    "subuid-ftweedal-100007 subgid-ftweedal-500007"
kill "$(cat started)"

diag "--- languages"
unnamed
is "before: perl getpwuid" "$(host_show perl -e 'exit(getpwuid(100033) ? 0 : 3)')" "status 3"
like "before: python getpwuid" "$(host_show python3 -c 'import pwd; pwd.getpwuid(100033)')" \
    "KeyError: 'getpwuid\(\): uid not found: 100033'"
named
record="x:100033:500033:Subordinate UID 33 of ftweedal:/:/sbin/nologin"
# shellcheck disable=SC2016
is "perl getpwuid" "$(host_run perl -e \
    'print join(":", (getpwuid(100033))[0, 2, 3, 6, 7, 8])')" "$user:${record#x:}"
# shellcheck disable=SC2016
is "perl getpwnam" "$(host_run perl -e \
    'print join(":", (getpwnam(shift))[0, 2, 3, 6, 7, 8])' "$user")" "$user:${record#x:}"
is "perl getgrgid, getgrnam" "$(host_run perl -e \
    'print scalar(getgrgid(500033)), " ", scalar(getgrnam(shift))' "$group")" "$group 500033"
is "python getpwuid" "$(host_run python3 -c \
    'import pwd; print(*pwd.getpwuid(100033), sep=":")')" "$user:$record"
is "python getpwnam" "$(host_run python3 -c \
    'import pwd, sys; print(*pwd.getpwnam(sys.argv[1]), sep=":")' "$user")" "$user:$record"
is "python getgrgid, getgrnam" "$(host_run python3 -c \
    'import grp, sys; print(grp.getgrgid(500033), grp.getgrnam(sys.argv[1]).gr_gid)' "$group")" \
    "grp.struct_group(gr_name='$group', gr_passwd='x', gr_gid=500033, gr_mem=[]) 500033"

done_testing
