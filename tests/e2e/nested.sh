#!/bin/bash
# A systemd runs as PID 1 of a user namespace. Its cgroup belongs to it only because the
# unit of the outer systemd has "Delegate=yes" and "User=100000".
set -u
# shellcheck source=tests/e2e/machine.sh
. "$(dirname "$0")/machine.sh"
# shellcheck source=tests/e2e/inner.sh
. "$here/inner.sh"
# shellcheck source=tests/e2e/bundle.sh
. "$here/bundle.sh"

machine_needs
machine_boot
machine_module
inner_delegate_to_ourselves
ok "a tree is unpacked by subuid-ftweedal-100000 in its own user namespace" inner_tree
sees "set-user-ID programs survive the shift" \
    "$(inside stat -c '%A %U' /srv/inner/usr/bin/su)" "-rwsr-xr-x subuid-ftweedal-100000"

inner_works() {
    local cgroup
    eventually inner_is_up "$unit" || diag "$(inner systemctl --failed 2>&1)"
    sees "${unit%.service}: systemd as PID 1 is running" "$(inner systemctl is-system-running)" running
    sees "${unit%.service}: it has reached multi-user.target" \
        "$(inner systemctl is-active multi-user.target)" active
    sees "${unit%.service}: it is root of 65536 subordinate UIDs" \
        "$(inner cat /proc/self/uid_map | xargs)" "0 100000 65536"
    # shellcheck disable=SC2016
    sees "${unit%.service}: a unit of its own makes cgroups below its own" \
        "$(inner systemd-run --quiet --wait --pipe -p Delegate=yes -p User=7 \
            sh -c '
                cgroup=/sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup)
                mkdir "$cgroup/made" && stat -c %u:%g "$cgroup/made"' 2>&1)" 7:7
    inner systemd-run --quiet --unit delegated -p Type=exec -p Delegate=yes -p User=7 sleep 300
    cgroup=$(unit_cgroup "$unit")
    sees "${unit%.service}: which is somebody out here as well" \
        "$(inside find "$cgroup" -name delegated.service -printf '%U:%G %u:%g')" \
        "100007:100007 subuid-ftweedal-100007:subgid-ftweedal-100007"
    unit_stop "$unit"
}

diag "--- as a user that owns a range: unshare asks newuidmap"

unit=owner.service
inner_start "$unit" -p Delegate=yes unshare "${inner_map[@]}" "${inner_unshare[@]}"
inner_works

diag "--- the same, but nothing is delegated"

unit=not-delegated.service
inner_start "$unit" unshare "${inner_map[@]}" "${inner_unshare[@]}"
eventually unit_has_ended "$unit"
sees "systemd cannot run without its cgroup" \
    "$(unit_property "$unit" Result) $(unit_property "$unit" ExecMainStatus)" "exit-code 255"
unit_stop "$unit"

diag "--- as an OCI container: crun"

oci_bundle /srv/bundle /srv/inner /lib/systemd/systemd
unit=oci.service
inner_start "$unit" -p Delegate=yes -p RuntimeDirectory=oci \
    crun --root /run/oci --cgroup-manager disabled run --bundle /srv/bundle inner
inner_works

diag "--- as a user that owns nothing: root writes the maps"

inside sed -i /^subuid-ftweedal/d /etc/subuid /etc/subgid
inside_shell 'cat >/usr/local/sbin/write-maps; chmod +x /usr/local/sbin/write-maps' <<'END'
#!/bin/sh -e
# unshare(2) comes after the execve(2) that Type=exec waits for.
while [ "$(readlink "/proc/$MAINPID/ns/user")" = "$(readlink /proc/self/ns/user)" ]; do
    sleep 0.05
done
echo 0 100000 65536 >"/proc/$MAINPID/uid_map"
echo 0 100000 65536 >"/proc/$MAINPID/gid_map"
END
unit=mapped.service
# shellcheck disable=SC2016
inner_start "$unit" -p Delegate=yes \
    -p ExecStartPost='+/usr/local/sbin/write-maps' \
    unshare --user --keep-caps sh -c '
        until grep -q . /proc/self/uid_map && grep -q . /proc/self/gid_map; do sleep 0.1; done
        exec setpriv --reuid 0 --regid 0 --clear-groups unshare "$@"' - "${inner_unshare[@]}"
inner_works

machine_done
