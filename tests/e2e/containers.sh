#!/bin/bash
# Containers of the runtimes people use: from outside, their processes and files
# have names.
set -u
# shellcheck source=tests/e2e/machine.sh
. "$(dirname "$0")/machine.sh"
# shellcheck source=tests/e2e/bundle.sh
. "$here/bundle.sh"

machine_needs
machine_boot
machine_module

podman=(podman --storage-driver vfs)
# The host may have the controller for it in another hierarchy.
inside_shell "cat >/etc/containers/containers.conf" <<'END'
[containers]
pids_limit = 0
END

# Enough for "sleep" and "touch".
# shellcheck disable=SC2016
inside_shell '
    cd /
    libraries=$(ldd /bin/sh /bin/sleep /bin/touch | grep -o "/lib[^ ]*" | sort -u)
    mkdir -p /srv/tree/dev /srv/tree/proc /srv/tree/sys /srv/tree/run
    cp --parents --dereference /bin/sh /bin/sleep /bin/touch $libraries \
        /etc/passwd /etc/group /srv/tree
    chmod 1777 /srv/tree/run'

owner_of_sleep() { # IN-CONTAINER-UID's number out here
    eventually inside pgrep -u "$1" -x sleep >/dev/null
    inside ps -o user:40=,group:40= -u "$1" | xargs
}

diag "--- rootless podman"

unit=user@1000.service
inside loginctl enable-linger ftweedal
eventually unit_is_active "$unit"
inside_shell "cp -a /srv/tree /home/ftweedal/tree && chown -R ftweedal: /home/ftweedal/tree"
inside systemd-run --quiet --user --machine ftweedal@ \
    "${podman[@]}" run --network none --user 1234:1234 --rootfs /home/ftweedal/tree \
    sh -c 'touch /run/file; exec sleep 300'
sees "ps shows who runs as 1234 in there" "$(owner_of_sleep 101233)" \
    "subuid-ftweedal-101233 subgid-ftweedal-101233"
# shellcheck disable=SC2012
sees "ls -l shows whose file it is" \
    "$(inside ls -l /home/ftweedal/tree/run/file | cut -d ' ' -f 1,3,4)" \
    "-rw-r--r-- subuid-ftweedal-101233 subgid-ftweedal-101233"

diag "--- podman's automatic user namespaces: containers has no account"

unit=auto.service
# The account is added if podman needs it: podman may ask libsubid for the ranges, and
# that of shadow 4.20 refuses an owner without an account.
inside getsubids containers >/dev/null 2>&1 || inside useradd --system --no-create-home containers
inside_shell "tar --create --directory /srv/tree . | ${podman[*]} import --quiet - tree" \
    >/dev/null 2>&1
# runc, because crun would raise a limit, which root may not do on every host.
inside systemd-run --quiet --unit "$unit" \
    "${podman[@]}" --runtime runc run --network none --userns auto tree sleep 300
sees "ps shows who is root in there" "$(owner_of_sleep 2147483647)" \
    "subuid-containers-2147483647 subgid-containers-2147483647"

diag "--- runtimes with systemd's cgroup manager"

inside chown -R 100000:100000 /srv/tree
oci_bundle /srv/bundle /srv/tree sleep 300
for runtime in crun runc; do
    unit=$runtime-in.scope
    inside systemd-run --quiet --unit "$runtime" \
        "$runtime" --systemd-cgroup run --bundle /srv/bundle in
    sees "$runtime: ps shows who is root in there" "$(owner_of_sleep 100000)" \
        "subuid-ftweedal-100000 subgid-ftweedal-100000"
    sees "$runtime: in a scope" "$(unit_property "$unit" ActiveState)" active
    owner=$(inside stat -c %U "$(unit_cgroup "$unit")")
    # A PID 1 without a handler outlives SIGTERM.
    inside systemctl kill --signal KILL "$unit"
    eventually unit_has_ended "$runtime"
done
# runc does this by number.
sees "runc: whose cgroup belongs to the container's root" "$owner" subuid-ftweedal-100000

# crun leaves the scope's cgroup to root. The annotation tells systemd who its owner is, for
# which the owner needs a record.
# shellcheck disable=SC2034
oci_annotations='"org.systemd.property.User": "'"'100000'"'"'
oci_bundle /srv/annotated /srv/tree sleep 300
unit=crun-annotated.scope
inside systemd-run --quiet --unit crun-annotated \
    crun --systemd-cgroup run --bundle /srv/annotated annotated
eventually unit_is_active "$unit"
sees "crun: with an annotation, the cgroup belongs to the container's root" \
    "$(inside stat -c %U:%G "$(unit_cgroup "$unit")")" \
    subuid-ftweedal-100000:subgid-ftweedal-100000
inside systemctl kill --signal KILL "$unit"

machine_done
