#!/bin/bash
# Docker with userns-remap: its processes and files have names, and a systemd runs in a
# container without privileges, in a cgroup that the systemd outside gives to the
# container's root, because that UID has a record.
set -u
# shellcheck source=tests/e2e/machine.sh
. "$(dirname "$0")/machine.sh"

machine_needs
machine_boot
inside_shell 'command -v dockerd >/dev/null' || skip_all "this suite's root has no Docker"

unit=dockerd.service

start_docker() { # REMAP: for userns-remap
    # The machine has no network to configure, and an overlay does not lie on an overlay.
    inside_file /etc/docker/daemon.json <<END
{ "userns-remap": "$1", "storage-driver": "vfs", "bridge": "none", "iptables": false,
  "ip6tables": false, "ip-forward": false, "cgroup-parent": "docker.slice",
  "exec-opts": ["native.cgroupdriver=systemd"] }
END
    inside systemd-run --quiet --unit "$unit" -p Type=notify -p Delegate=yes dockerd
}

# Debian, with a systemd, without what makes it large.
import_debian() {
    inside_shell 'tar --create --directory / --one-file-system --exclude ./var/lib/docker \
        --exclude "./usr/share/[!d]*" --exclude "./usr/lib/python3*" --exclude ./usr/libexec \
        --exclude ./usr/sbin/dockerd --exclude "./usr/bin/docker*" --exclude "./usr/bin/containerd*" \
        --exclude ./usr/bin/podman --exclude ./etc/docker . | docker import - debian' >/dev/null
}

# Sets $container: a name, or what Docker said instead.
run_systemd() { # OPTION...
    container=$(inside docker run --detach --network none --cgroupns private \
        --tmpfs /run --tmpfs /run/lock --tmpfs /tmp --env container=docker \
        "$@" debian /lib/systemd/systemd 2>&1)
}
in_container() { inside docker exec "$container" "$@"; }
# shellcheck disable=SC2317
container_is_up() { [ "$(in_container systemctl is-system-running --wait 2>/dev/null)" = running ]; }
scope_owner() { # its cgroup's, as `stat -c` writes it
    inside stat -c "$1" "$(unit_cgroup "docker-$container.scope")"
}
top_user() { # as `docker top` shows the owner of the container's systemd
    inside docker top "$container" -o pid,user:40,comm | awk '$3 == "systemd" { print $2 }'
}
remove_container() { inside docker rm --force "$container" >/dev/null; }

inside_shell 'mkdir -p /etc/docker /var/lib/docker && mount -t tmpfs tmpfs /var/lib/docker &&
    useradd --system --no-create-home dockremap &&
    echo dockremap:400000:65536 | tee -a /etc/subuid >>/etc/subgid'
start_docker default || { unit_report "$unit" && echo "Bail out! dockerd does not start" && exit 1; }
import_debian || { unit_report "$unit" && echo "Bail out! no image can be made" && exit 1; }
diag "Docker $(inside docker version --format '{{.Server.Version}}')"

diag "--- without the module"

run_systemd --annotation "org.systemd.property.User='400000'"
sees_like "the scope of a user without a record is refused" "$container" \
    "error creating systemd unit"
sees_like "the journal says why" "$(inside journalctl --no-pager -o cat -g 'Failed to resolve')" \
    "Failed to resolve user (\"400000\"|400000)"
run_systemd
sees "docker top shows the number" "$(top_user)" 400000
remove_container

diag "--- with the module"

machine_module
run_systemd
sees "without the annotation, the cgroup belongs to root's group" "$(scope_owner %u:%g)" 400000:0
remove_container
for user in 400000 subuid-dockremap-400000; do
    run_systemd --annotation "org.systemd.property.User='$user'"
    eventually container_is_up || diag "$(in_container systemctl --failed 2>&1)"
    sees "User=$user: the systemd in the container is running" \
        "$(in_container systemctl is-system-running)" running
    sees "its cgroup belongs to the container's root" "$(scope_owner %U:%G)" \
        subuid-dockremap-400000:subgid-dockremap-400000
    sees "docker top shows the name" "$(top_user)" subuid-dockremap-400000
    in_container install -o 33 -g 33 /dev/null /srv/page
    pid=$(inside docker inspect --format '{{.State.Pid}}' "$container")
    sees "ps shows it" "$(inside ps -o user:40= -p "$pid")" subuid-dockremap-400000
    sees "ls shows whose a file is" \
        "$(inside stat -c %U:%G "/proc/$pid/root/srv/page")" \
        subuid-dockremap-400033:subgid-dockremap-400033
    remove_container
done

diag "--- an engine whose remapping is a name of ours"

unit_stop "$unit"
# Docker looks for the user's name in both files.
inside_shell 'echo subuid-ftweedal-100000:700000:65536 | tee -a /etc/subuid >>/etc/subgid'
start_docker subuid-ftweedal-100000:subgid-ftweedal-100000
sees "Docker takes the name, where it owns a range" \
    "$(inside docker info --format '{{.SecurityOptions}} {{.DockerRootDir}}')" \
    "[name=seccomp,profile=builtin name=userns name=cgroupns] /var/lib/docker/700000.700000"

unit_stop "$unit"
machine_done
