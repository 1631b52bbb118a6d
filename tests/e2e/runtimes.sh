#!/bin/bash
# Containers of runtimes that take their IDs from a user's or root's ranges: each runs without
# the module and then with it. With it there are names, and nothing else changes.
set -u
# shellcheck source=tests/e2e/machine.sh
. "$(dirname "$0")/machine.sh"

machine_needs
machine_boot

# --- what runs in each container ----------------------------------------------

# Its argument is the name of the runtime. It makes a file, and stays until SIGTERM.
# shellcheck disable=SC2016
inside_shell '
    mkdir -p /srv/tree/{bin,dev,etc,proc,run,srv,sys,tmp} && chmod 1777 /srv/tree/srv
    cp /bin/busybox /srv/tree/bin
    for applet in chown id mv sh sleep touch; do ln -s busybox "/srv/tree/bin/$applet"; done
    cat >/srv/tree/bin/stay && chmod +x /srv/tree/bin/stay' <<'END'
#!/bin/sh
trap 'exit 7' TERM
touch "/srv/$1.new"
[ "$(id -u)" -ne 0 ] || chown 33:33 "/srv/$1.new"
mv "/srv/$1.new" "/srv/$1.file"
while :; do sleep 0.1; done
END

inside_shell 'echo root:200000:65536 | tee -a /etc/subuid >>/etc/subgid
    chmod 0755 /home/ftweedal && loginctl enable-linger ftweedal'
# The host may have the controller for it in another hierarchy.
inside_file /etc/containers/containers.conf <<'END'
[containers]
pids_limit = 0
END

as_ftweedal() {
    inside setpriv --reuid 1000 --regid 1000 --init-groups --inh-caps=-all \
        env --chdir /home/ftweedal HOME=/home/ftweedal XDG_RUNTIME_DIR=/run/user/1000 "$@"
}

# An overlay does not lie on an overlay.
as_ftweedal mkdir -p .config/containers/systemd
inside_file /home/ftweedal/.config/containers/storage.conf <<'END'
[storage]
driver = "vfs"
END

# --- a container: start it, look at it, end it ---------------------------------

# Sets $pid to that of the container's process.
start() { # root|ftweedal COMMAND...
    local run=(inside systemd-run)
    manager=(inside systemctl)
    if [ "$1" = ftweedal ]; then
        run=(as_ftweedal systemd-run --user)
        manager=(as_ftweedal systemctl --user)
    fi
    unit=$runtime.service
    "${run[@]}" --quiet --unit "$unit" -p Type=exec -p Delegate=yes \
        -p RemainAfterExit=yes "${@:2}"
    look
}
look() {
    ok "$runtime${with:+, with names}: it starts" eventually is_there
    pid=$(pid_in) || unit_report ""
    [ -n "$pid" ]
}
# The oldest: a shell that starts a program is there twice for a moment.
pid_in() { inside pgrep -o -x -f "/bin/sh /bin/stay $runtime"; }
# shellcheck disable=SC2317
is_there() {
    local pid
    pid=$(pid_in) && inside test -e "/proc/$pid/root/srv/$runtime.file"
}

seen_as() { # NAMES: what is to be seen, which is the numbers in them without the module
    if [ -n "$with" ]; then
        printf '%s\n' "$1"
    else
        sed -E 's/sub[ug]id-[a-z]+-//g' <<<"$1"
    fi
}
shows() { # PROCESS FILE CGROUP: the user and the group of each
    local cgroup
    cgroup=/sys/fs/cgroup$(inside sed -n s/^0:://p "/proc/$pid/cgroup")
    sees "$runtime${with:+, with names}: ps" \
        "$(inside ps -o user:40=,group:40= -p "$pid" | xargs)" "$(seen_as "$1")"
    # shellcheck disable=SC2012
    sees "$runtime${with:+, with names}: ls" \
        "$(inside ls -l "/proc/$pid/root/srv/$runtime.file" | cut -d ' ' -f 3,4)" "$(seen_as "$2")"
    # shellcheck disable=SC2012
    sees "$runtime${with:+, with names}: whose the cgroup is" \
        "$(inside ls -ld "$cgroup" | tr -s ' ' | cut -d ' ' -f 3,4)" "$(seen_as "$3")"
}

# shellcheck disable=SC2317
has_ended() { [ "$("${manager[@]}" show --property MainPID --value "$unit")" = 0 ]; }
ends() { # STATUS
    inside kill -TERM "$pid"
    eventually has_ended
    sees "$runtime${with:+, with names}: its exit status" \
        "$("${manager[@]}" show --property ExecMainStatus --value "$unit")" "$1"
    "${manager[@]}" stop "$unit"
    "${manager[@]}" reset-failed "$unit" 2>/dev/null
}

# Of an archive: modes, owners as they are written there, sizes and paths.
members() { tar --list --verbose | sed -E 's/ [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]+ / /' | sort; }
declare -A exports
exports_the_same() { # TEXT PATTERN
    if [ -n "$with" ]; then
        is "$runtime, with names: what it exports is the same" "$1" "${exports[$runtime]-}"
    else
        like "$runtime: what it exports" "$1" "$2"
        exports[$runtime]=$1
    fi
}

# --- the runtimes ---------------------------------------------------------------

lxc() { # OWNER DIRECTORY FIRST-ID
    runtime=lxc-of-$1
    inside_shell "rm -rf $2 && mkdir -p $2/box && cp -a /srv/tree $2/box/rootfs &&
        chown -hR $3:$3 $2/box/rootfs && chown $1: $2 $2/box"
    inside_file "$2/box/config" <<END
lxc.rootfs.path = dir:$2/box/rootfs
lxc.idmap = u 0 $3 65536
lxc.idmap = g 0 $3 65536
lxc.net.0.type = empty
lxc.mount.auto = proc:mixed sys:ro
lxc.apparmor.profile = unconfined
lxc.init.cmd = /bin/stay $runtime
END
    start "$1" lxc-start --foreground --lxcpath "$2" --name box || return
    shows "subuid-$1-$3 subgid-$1-$3" "subuid-$1-$(($3 + 33)) subgid-$1-$(($3 + 33))" \
        "$1 subgid-$1-$3"
    exports_the_same \
        "$(inside tar --create --numeric-owner --directory "$2/box/rootfs" . | members)" \
        "$(($3 + 33))/$(($3 + 33)) .*/srv/$runtime.file"
    # lxc-start does not pass on the status of the container.
    ends 0
}

# It makes the image that podman runs.
buildah() {
    runtime=buildah
    inside_shell 'cat >/srv/build && chmod +x /srv/build' <<'END'
#!/bin/sh -e
buildah from --name box scratch >/dev/null
buildah copy --quiet box /srv/tree / >/dev/null
buildah run --user 1234:1234 box /bin/stay "$1"
END
    # Root in there is the user, and 1 is the first ID of the range.
    start ftweedal buildah unshare /srv/build "$runtime" || return
    shows "subuid-ftweedal-101233 subgid-ftweedal-101233" \
        "subuid-ftweedal-101233 subgid-ftweedal-101233" "ftweedal ftweedal"
    ends 7
    exports_the_same "$(as_ftweedal buildah commit --quiet --timestamp 0 --rm box tree 2>&1)" \
        '^[0-9a-f]{64}$'
}

podman() { # USER-NAMESPACE
    runtime=podman-$1
    start ftweedal podman run --rm --name "$runtime" --network none --user 0 --userns "$1" \
        tree /bin/stay "$runtime" || return
    shows "subuid-ftweedal-100000 subgid-ftweedal-100000" \
        "subuid-ftweedal-100033 subgid-ftweedal-100033" \
        "subuid-ftweedal-100000 subgid-ftweedal-100000"
    podman_exports 34/34
    ends 7
}
podman_exports() { # OWNER, in the user namespace of podman itself: 1 is the first ID of the range
    as_ftweedal podman export --output exported "$runtime"
    exports_the_same "$(inside cat /home/ftweedal/exported | members)" "$1 .*srv/$runtime.file"
}

# Podman does not support User= in [Service]; this one is the user in the container.
quadlet() {
    runtime=quadlet
    inside_file /home/ftweedal/.config/containers/systemd/quadlet.container <<'END'
[Container]
Image=localhost/tree
ContainerName=quadlet
Exec=/bin/stay quadlet
User=1234
Group=1234
Network=none

[Service]
RemainAfterExit=yes
END
    unit=$runtime.service
    manager=(as_ftweedal systemctl --user)
    "${manager[@]}" daemon-reload
    "${manager[@]}" start "$unit"
    look || return
    shows "subuid-ftweedal-101233 subgid-ftweedal-101233" \
        "subuid-ftweedal-101233 subgid-ftweedal-101233" "ftweedal ftweedal"
    podman_exports 1234/1234
    ends 7
}

# The machine has no network that the engine could use or forward to.
docker() {
    local docker=(env DOCKER_HOST=unix:///run/user/1000/docker.sock docker)
    runtime=docker
    as_ftweedal systemd-run --user --quiet --unit dockerd -p Delegate=yes \
        rootlesskit --net=host --copy-up=/etc --copy-up=/run --propagation=rslave \
        dockerd --rootless --storage-driver vfs --bridge none --ip-forward=false \
        --iptables=false --ip6tables=false --host unix:///run/user/1000/docker.sock \
        --exec-root /run/user/1000/docker --data-root /home/ftweedal/docker
    eventually as_ftweedal "${docker[@]}" info >/dev/null 2>&1
    inside tar --create --directory /srv/tree . |
        as_ftweedal "${docker[@]}" import - tree >/dev/null
    start ftweedal "${docker[@]}" run --rm --name "$runtime" --network none --user 1234:1234 \
        tree /bin/stay "$runtime" || return
    shows "subuid-ftweedal-101233 subgid-ftweedal-101233" \
        "subuid-ftweedal-101233 subgid-ftweedal-101233" "ftweedal ftweedal"
    as_ftweedal "${docker[@]}" export --output exported "$runtime"
    exports_the_same "$(inside cat /home/ftweedal/exported | members)" \
        "1234/1234 .*srv/$runtime.file"
    ends 7
    as_ftweedal systemctl --user stop dockerd
}

apptainer() {
    runtime=apptainer
    inside_shell 'rm -rf /home/ftweedal/sandbox && cp -a /srv/tree /home/ftweedal/sandbox &&
        chown -hR ftweedal: /home/ftweedal/sandbox'
    start ftweedal apptainer --silent exec --fakeroot --writable --containall --no-home \
        sandbox /bin/stay "$runtime" || return
    # Root in there is the user, and 1 is the first ID of the range.
    shows "ftweedal ftweedal" "subuid-ftweedal-100032 subgid-ftweedal-100032" "ftweedal ftweedal"
    exports_the_same \
        "$(inside tar --create --numeric-owner --directory /home/ftweedal/sandbox . | members)" \
        "100032/100032 .*/srv/$runtime.file"
    ends 7
}

# --- without the module, and with it --------------------------------------------

unit=user@1000.service
eventually unit_is_active "$unit"
for with in '' with; do
    diag "--- ${with:-without} the module"
    [ -z "$with" ] || machine_module
    lxc root /srv/lxc 200000
    lxc ftweedal /home/ftweedal/lxc 100000
    buildah
    podman keep-id
    podman auto
    ! inside test -x /usr/lib/systemd/user-generators/podman-user-generator || quadlet
    ! inside_shell 'command -v rootlesskit >/dev/null' || docker
    ! inside_shell 'command -v apptainer >/dev/null' || apptainer
done

machine_done
