# shellcheck shell=bash
# A systemd in a user namespace inside the machine: sourced after machine.sh.
#
#   inner_tree                  unpacks a tree for it at /srv/inner, every ID
#                               shifted by 100000
#   inner_start UNIT ARG...     "systemd-run ARG..." as User=100000
#   inner_is_up UNIT            it is running; sets inner_pid
#   inner COMMAND...            runs as its root, once it is up
#   inner_unshare               the command that starts it in new namespaces,
#                               given that it is in the right user namespace

# shellcheck disable=SC2034
inner_unshare=(--mount --pid --cgroup --uts --ipc --net --fork --kill-child
    /usr/local/sbin/become-init /srv/inner)

# newuidmap accepts this: the name is a user's, and that user has a range.
# shellcheck disable=SC2054
inner_map=(--user --map-users=100000,0,65536 --map-groups=100000,0,65536
    --setuid 0 --setgid 0)

inner_delegate_to_ourselves() {
    inside_shell 'echo subuid-ftweedal-100000:100000:65536 | tee -a /etc/subuid >>/etc/subgid'
}

inner_tree() {
    # shellcheck disable=SC2154
    inside_shell 'cat >/usr/local/sbin/become-init && chmod +x /usr/local/sbin/become-init' \
        <"$here/become-init"
    # tar as the namespace's root shifts the IDs and keeps set-user-ID bits,
    # which chown(2) clears.
    inside_shell "
        mkdir /srv/inner
        mount -t tmpfs -o mode=0755,uid=100000,gid=100000 tmpfs /srv/inner
        tar --create --directory / --one-file-system --exclude ./srv/inner \
            --exclude './usr/lib/python3*' --exclude ./usr/share/perl . |
            setpriv --reuid 100000 --regid 100000 --clear-groups \
                unshare ${inner_map[*]} tar --extract --directory /srv/inner"
}

inner_start() { # UNIT ARG...
    local name=$1
    shift
    # systemd as PID 1 re-executes itself on SIGTERM, so stopping it that way would take 90 s.
    inside systemd-run --quiet --unit "$name" -p Type=exec -p User=100000 \
        -p KillMode=mixed -p KillSignal=SIGKILL "$@"
}

inner_pid=
inner_is_up() { # UNIT
    local parent
    parent=$(unit_pid "$1")
    # The unshare of util-linux 2.41 first has children that run newuidmap outside.
    [ "$parent" -gt 0 ] && inner_pid=$(inside pgrep --newest -P "$parent") &&
        ! inside test "/proc/$inner_pid/ns/pid" -ef /proc/1/ns/pid &&
        inner systemctl is-system-running --wait >/dev/null 2>&1
}

inner() {
    inside nsenter --target "$inner_pid" --all --wdns=/ \
        env -i PATH=/usr/sbin:/usr/bin LANG=C.UTF-8 \
        SYSTEMD_PAGER= SYSTEMD_COLORS=0 "$@"
}
