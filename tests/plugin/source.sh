#!/bin/bash
# Ranges that come from a plugin of libsubid instead of /etc/subuid.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/host.sh
. "$(dirname "$0")/../host.sh"

plugins=$abs_top_builddir/tests/plugin/.libs
[ -e "$plugins/libsubid_sample.so" ] || skip_all "libsubid's header was not there to build plugins with"

host_enter "$@"
host_add_user alice 1001
host_add_user bob 1003
host_add_user carol 1004
host_add_user slow 1005
host_add_user wide 1006
host_add_user low 1007
host_add_user asker 1008
host_add_user dave 1009
# What the plugin knows nothing of.
host_set_subuid alice:900000:10 dave:910000:10
host_set_subgid alice:900000:10 dave:910000:10
for plugin in sample incomplete; do
    host_add_module "$plugins/libsubid_$plugin.so" || host_fail "a plugin cannot be installed"
done
printf 'not an ELF file' >"$host_dir/lib/libsubid_garbage.so"
host_add_program "$abs_top_builddir/tests/plugin/hosts"

set_source() { # LINE...
    host_set_file /etc/nsswitch.conf "passwd: files systemd subid" "group: files systemd subid" "$@"
}
nologin=:/:/sbin/nologin
[ -z "${NSS_SUBID_NOLOGIN-}" ] || nologin=:/:$NSS_SUBID_NOLOGIN

user() { # NAME OWNER UID GID POSITION
    is "getent passwd $3" "$(host_show getent passwd "$3")" \
        "$1:x:$3:$4:Subordinate UID $5 of $2$nologin"$'\n'"status 0"
    is "getent passwd $1" "$(host_show getent passwd "$1")" \
        "$1:x:$3:$4:Subordinate UID $5 of $2$nologin"$'\n'"status 0"
}
# It says so at once: a systemd unit, a login, an ls -l are waiting.
refuses() { # DATABASE KEY
    local r=0
    timeout 2 getent "$1" "$2" >out 2>&1 || r=$?
    is "no record: getent $*" "$(cat out) status $r" " status 2"
}
answer() { host_run hosts ask "$@"; }

diag "--- subid: sample"
set_source "subid: sample"
user subuid-alice-100000 alice 100000 500000 0
user subuid-alice-100009 alice 100009 500009 9
refuses passwd 100010
refuses passwd subuid-alice-100010
user subuid-alice-300002 alice 300002 500012 12
refuses passwd 99999
refuses passwd 310000
for key in 500012 subgid-alice-500012; do
    is "getent group $key" "$(host_show getent group "$key")" \
        "subgid-alice-500012:x:500012:"$'\n'"status 0"
done
refuses group 499999
refuses group subgid-alice-565536
is "id" "$(host_run id subuid-alice-300002)" \
    "uid=300002(subuid-alice-300002) gid=500012(subgid-alice-500012) groups=500012(subgid-alice-500012)"

diag "--- the files are not asked"
for key in 900000 subuid-alice-900000 910000 subuid-dave-910000; do
    refuses passwd "$key"
done
refuses group 900000
refuses group subgid-dave-910000

diag "--- positions"
user subuid-bob-200004 bob 200004 600004 4
user subuid-bob-200005 bob 200005 65534 5
user subuid-bob-200050 bob 200050 65534 50
is "the other owner of it, by name" "$(answer subuid-carol-200050)" "subuid-carol-200050:200050:65534"
user subuid-4242-400009 4242 400009 450009 9
is "an owner that is found by name alone" \
    "$(host_run getent passwd subuid-containers-2147483999)" \
    "subuid-containers-2147483999:x:2147483999:65534:Subordinate UID 351 of containers$nologin"
refuses passwd 2147483999
refuses passwd subuid-1001-100000
refuses passwd subuid-nobody-100000
refuses passwd subuid-empty-100000

diag "--- ranges that no line of subuid(5) can hold"
user subuid-wide-810000 wide 810000 65534 0
user subuid-wide-4294967290 wide 4294967290 65534 10
refuses passwd subuid-wide-800000
refuses passwd subuid-wide-4294967295
refuses passwd subuid-wide-5

diag "--- IDs that are somebody else's"
user subuid-low-65533 low 65533 4 4
for id in 0 65534 65535; do refuses passwd "subuid-low-$id"; done
refuses group subgid-low-0
is "root is still root" "$(host_run getent passwd 0 | cut -d: -f1)" "root"

diag "--- owners that are subordinate themselves"
user subuid-100003-950001 100003 950001 65534 1
user subuid-960000-970000 960000 970000 65534 0
user subuid-970000-960000 970000 960000 65534 0

diag "--- a plugin that looks accounts up"
user subuid-asker-980000 asker 980000 65534 0
is "even while it is loaded" "$(host_run hosts loading)" "inside: EAGAIN
outside: right"

diag "--- no answer, and no fault either"
refuses passwd subuid-broken-1
refuses passwd 920000
refuses passwd 940000
is "as a program sees it" \
    "$(answer subuid-broken-1 920000 subuid-nobody-100000 12345 940000 subuid-empty-1 | sort | uniq -c | xargs)" \
    "6 absent"
is "no memory is a fault" "$(answer subuid-starved-1 930000)" "ENOMEM
ENOMEM"
begin=$(date +%s%N)
is "a slow answer is waited for" "$(answer subuid-slow-700001)" "subuid-slow-700001:700001:750001"
ok "and is slow" [ $((($(date +%s%N) - begin) / 1000000)) -ge 2000 ]

diag "--- memory"
for key in 100000 subuid-alice-100000 subuid-nobody-1 subuid-broken-1 920000 subuid-empty-1 12345; do
    is "what 1,000 lookups of $key keep" "$(host_run hosts memory 1000 "$key")" "none"
done

diag "--- plugins that do not work"
# With libsubid preloaded its messages would be those of the host's own libsubid.
silent_files() { # NAME PRELOAD
    local r=0
    LD_PRELOAD=$2 host_run getent passwd 100000 subuid-alice-100000 900000 subuid-dave-910000 \
        >out 2>err || r=$?
    is "subid: $1 means files" "$(cut -d: -f1 out | xargs) status $r" \
        "subuid-alice-900000 subuid-dave-910000 status 2"
    is "subid: $1 leaves stderr alone" "$(cat err)" ""
}
libsubid=$(ldconfig -p | awk '$1 ~ /^libsubid\.so\.[0-9]+$/ { print $1; exit }')
for plugin in nosuch garbage incomplete files ../sample; do
    set_source "subid: $plugin"
    silent_files "$plugin" ""
    silent_files "$plugin (libsubid preloaded)" "$libsubid"
done
set_source "subid: sample"
host_run getent passwd 100000 subuid-alice-100000 subuid-nobody-1 subuid-broken-1 920000 >out 2>err
is "subid: sample answers" "$(cut -d: -f1 out | xargs)" "subuid-alice-100000 subuid-alice-100000"
is "subid: sample leaves stderr alone" "$(cat err)" ""

diag "--- what a lookup costs in the two modes"
loads() { # PATTERN KEY
    rm -f loads.*
    LD_LIBRARY_PATH=$PWD LD_DEBUG=files LD_DEBUG_OUTPUT=loads host_run hosts twice "$2"
    cat loads.* | grep -c "calling init:.*/$1"
}
# Though one could take it for a plugin.
cp "$plugins/libsubid_sample.so" libsubid_files.so
for line in "" "subid: files" "subid: files sample"; do
    set_source "$line"
    is "files (${line:-nothing said}): no libsubid is loaded" "$(loads libsubid 900000)" "0"
    is "files (${line:-nothing said}): but we are" "$(loads libnss_subid 900000)" "1"
done
set_source "subid: sample"
is "a plugin: libsubid is loaded" "$(loads 'libsubid\.so' 100000)" "1"
set_source "subid: nosuch"
is "no such plugin: no libsubid is loaded" "$(loads libsubid 900000)" "0"

# Every system call of the second lookup, and what it is about.
second_lookup() { # KEY
    host_run strace -o trace hosts twice "$1" 2>&1
    sed -e '1,/"\/first"/d' -e '/"\/second"/,$d' trace |
        sed -E 's/^([a-z0-9]+)\([^"]*("[^"]*")?.*/\1 \2/; s/^(pread64|fstat|newfstatat|close) .*/\1/'
}
if host_run strace -o trace true 2>/dev/null; then
    # Files of this moment are read twice, see subid_reader_verify().
    touch -d '1 minute ago' /etc/subuid /etc/subgid
    sleep 3
    one_file() { # PATH READS
        echo "openat \"$1\""
        echo fstat
        for ((i = 0; i < $2; i++)); do echo pread64; done
        printf 'fstat\nclose\n'
    }
    set_source
    is "files: the second lookup opens, reads and closes the two files" \
        "$(second_lookup 900000 | sed 's/^newfstatat$/fstat/')" \
        "$(one_file /etc/subuid 1; one_file /etc/subgid 1)"
    set_source "subid: sample"
    is "a plugin: the second lookup opens neither" \
        "$(second_lookup subuid-alice-100000 | grep '^openat' | sort -u)" 'openat "/dev/null"'
else
    diag "strace cannot be used here"
fi

diag "--- no libsubid"
mapfile -t libraries < <(ldconfig -p | awk '$1 ~ /^libsubid\.so\.[0-9]+$/ { print $NF }' |
    xargs realpath | sort -u)
for library in "${libraries[@]}"; do
    mount --bind /dev/null "$library" || host_fail "$library cannot be hidden"
done
keys=(100000 subuid-alice-100000 900000 subuid-dave-910000 12345)
cached="the loader's cache has it"
for i in 1 2; do
    set_source "subid: sample"
    is "a plugin: is unavailable, $cached" "$(answer "${keys[@]}" | uniq -c | xargs)" "5 ELIBACC"
    host_run getent passwd root 100000 subuid-dave-910000 >out 2>err
    is "everybody else is there" "$(cut -d: -f1 out)" "root"
    is "stderr is left alone" "$(cat err)" ""
    # In an own service: nothing behind it is asked in its place.
    for plugin in nosuch incomplete files; do
        set_source "subid: $plugin"
        is "$plugin: means files" "$(answer "${keys[@]}" | xargs)" \
            "absent absent subuid-alice-900000:900000:900000 subuid-dave-910000:910000:910000 absent"
    done
    ldconfig 2>/dev/null
    cached="the loader's cache has it not"
done
for library in "${libraries[@]}"; do umount "$library"; done
ldconfig
set_source "subid: sample"
is "libsubid is back" "$(answer 100000)" "subuid-alice-100000:100000:500000"

done_testing
