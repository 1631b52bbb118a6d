# shellcheck shell=bash
# A scratch host to look users up in: sourced, never run.
#
#   host_enter "$@"             the calling script starts again inside, and goes
#                               on here; first thing to do. Needs skip_all
#   host_is_entered             are we inside?
#   host_need_namespaces        says what is missing, through skip_all, where host_enter
#                               cannot work
#
# Inside, /etc is a copy, with the host's own users from UID 1000 on left out,
# an empty subuid and subgid, and "files systemd subid" for passwd and group;
# $host_dir is a scratch directory that everybody may search.
#
# The module is the build's; none is installed if host_module is set to nothing.
# If HOST_INSTALLED is the path of an installed module, that module is tested, with
# the nsswitch.conf of the real host.
#
#   host_set_services NAME...   the services on the lines passwd and group
#   host_set_file PATH LINE...  replaces a file by rename, as editors do
#   host_set_subuid LINE...     likewise /etc/subuid
#   host_set_subgid LINE...     and /etc/subgid
#   host_add_user NAME UID      an account, with a group of its own
#   host_add_module FILE        an NSS module, found by every program
#   host_add_program FILE       a program that every user finds and may run
#   host_add_sample             the accounts and ranges that most tests use
#   host_settle                 waits until the module takes subuid and subgid for settled,
#                               and keeps an index: three seconds after the last change
#
#   host_run COMMAND...         runs it, but ends it after 120 seconds: a lookup may hang
#   host_show COMMAND...        likewise, and prints its exit status as the last line
#   host_run_as UID GID COMMAND...
#                               likewise as another user, without groups
#
# HOST_WRAPPER, when set, is put before the commands of these three.
# If the build is for another architecture, $EMULATOR runs its programs. Programs that
# are to find the module then need its path.
#
# However a test ends, nothing is left of it. All processes are in a PID namespace,
# which ends with its first process. All mounts and files are in a mount namespace,
# which ends with the processes. The scratch file system is mounted over an existing
# directory, because a new one would have to be removed.

host_srcdir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
: "${abs_top_srcdir:=$host_srcdir}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
export abs_top_srcdir abs_top_builddir

host_dir=/dev/shm
host_module=${HOST_INSTALLED:-$abs_top_builddir/libnss_subid.so.2}

export PATH=$host_dir/bin:$PATH:/usr/sbin:/sbin
export LC_ALL=C

host_unshare=(unshare --mount --pid --fork --kill-child --mount-proc)

# A variable alone could have been inherited, and then we would write to the
# real /etc.
host_is_entered() {
    [ $$ -eq 1 ] && [ -n "${HOST_ENTERED_FROM-}" ] &&
        [ "$HOST_ENTERED_FROM" != "$(readlink /proc/self/ns/mnt)" ]
}

host_need_namespaces() {
    local said
    said=$("${host_unshare[@]}" true 2>&1) && return
    case $said in
    *propagation*) skip_all "/ is no mount point, as in a plain chroot; before chroot(8)," \
        "mount --rbind DIRECTORY DIRECTORY makes it one" ;;
    *) skip_all "no namespaces can be made here: $said" ;;
    esac
}

host_enter() {
    if host_is_entered; then
        unset HOST_ENTERED_FROM
        # The first process of a namespace ignores signals without a handler.
        trap 'exit 130' INT
        trap 'exit 143' TERM HUP
        host_make || host_fail "the scratch host cannot be made"
        return
    fi

    [ "$(id -u)" -eq 0 ] || skip_all "only root can make a scratch host"
    [ -d "$host_dir" ] || skip_all "there is no $host_dir to mount over"
    host_need_namespaces
    if [ -n "$host_module" ]; then
        [ -f "$host_module" ] || host_fail "$host_module is not built"
        ! grep -q __asan_init "$host_module" ||
            skip_all "a module with a sanitizer cannot be loaded by every program"
    fi

    HOST_ENTERED_FROM=$(readlink /proc/self/ns/mnt)
    export HOST_ENTERED_FROM
    exec "${host_unshare[@]}" "$BASH" "$0" "$@"
}

host_fail() {
    echo "Bail out! $*"
    exit 1
}

host_make() {
    # Of the files that are written below.
    umask 022
    mount -t tmpfs -o mode=0755 scratch "$host_dir" &&
        mkdir "$host_dir/lib" "$host_dir/bin" "$host_dir/work" &&
        cp -a /etc "$host_dir/etc" &&
        mount --bind "$host_dir/etc" /etc &&
        # The real host's nscd and systemd would answer for us.
        mount -t tmpfs -o mode=0755 scratch /run &&
        host_hide_cache &&
        cd "$host_dir/work" &&
        host_drop_users passwd && host_drop_users group &&
        host_set_subuid && host_set_subgid &&
        { [ -n "${HOST_INSTALLED-}" ] || host_install; }
}

host_install() {
    host_set_services files systemd subid &&
        echo "$host_dir/lib" | host_write /etc/ld.so.conf.d/000-scratch.conf &&
        { [ -z "$host_module" ] || host_add_module "$host_module"; }
}

# ldconfig(8) has a cache of its own there, which would outlive the test.
host_hide_cache() {
    [ ! -d /var/cache/ldconfig ] ||
        mount -t tmpfs -o mode=0700 scratch /var/cache/ldconfig
}

host_drop_users() {
    awk -F: '$3 < 1000 || $3 >= 65534' "/etc/$1" | host_write "/etc/$1"
}

host_write() { # PATH, from standard input
    cat >"$1.new" && mv "$1.new" "$1"
}

host_set_file() {
    local path=$1
    shift
    if [ $# -gt 0 ]; then printf '%s\n' "$@"; fi >"$path.new" && mv "$path.new" "$path"
}

host_set_subuid() { host_set_file /etc/subuid "$@"; }
host_set_subgid() { host_set_file /etc/subgid "$@"; }

host_set_services() {
    host_set_file /etc/nsswitch.conf "passwd: $*" "group: $*" "shadow: files" "hosts: files"
}

host_add_user() {
    echo "$1:x:$2:$2::/home/$1:/bin/sh" >>/etc/passwd
    echo "$1:x:$2:" >>/etc/group
}

# A cache rather than LD_LIBRARY_PATH: setuid programs do not look there.
host_add_module() {
    local name=${1##*/}
    install -m 0755 -t "$host_dir/lib" "$1" && ldconfig || return
    # ldconfig -p lists no libraries of other architectures.
    [ -z "${EMULATOR-}" ] || return 0
    ldconfig -p | grep -m1 -F "$name" | grep -qF "=> $host_dir/lib/$name" || {
        echo "another $name comes before ours in the loader's cache" >&2
        return 1
    }
}

host_add_program() {
    install -m 0755 -t "$host_dir/bin" "$1" || host_fail "$1 is not built"
}

host_add_sample() {
    host_add_user ftweedal 1000
    host_add_user a-b.c 1002
    host_set_subuid ftweedal:100000:65536 containers:2147483647:2147483648 1002:300000:1000
    host_set_subgid ftweedal:500000:65536 containers:2147483647:2147483648 a-b.c:700000:1000
}

host_settle() {
    local changed
    for changed in $(stat --dereference --format %Z /etc/subuid /etc/subgid); do
        while ((EPOCHSECONDS - changed < 3)); do sleep 0.1; done
    done
    # The module's clock is that of the last tick.
    sleep 0.02
}

read -ra host_wrapper <<<"${HOST_WRAPPER-}"
host_run() { "${host_wrapper[@]}" timeout 120 "$@"; }

host_show() {
    local r=0
    host_run "$@" 2>&1 || r=$?
    echo "status $r"
}

host_run_as() {
    local uid=$1 gid=$2
    shift 2
    host_run setpriv --reuid "$uid" --regid "$gid" --clear-groups "$@"
}
