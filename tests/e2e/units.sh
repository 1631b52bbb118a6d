# shellcheck shell=bash
# Units, scopes and their control groups under subordinate IDs (systemd#19781), with the module
# or the service: sourced by a test of a booted systemd, never run.
#
#   units_without               tests while the IDs have no records
#   units_with                  tests while they have

# The unit's main process, as numbers and as ps shows it. (ps itself prints
# numbers from 2^31 on as negative ones.)
# shellcheck disable=SC2016
ids() { inside awk '/^[UG]id:/ { print $2 }' "/proc/$(unit_pid "$unit")/status" | xargs; }
user() { inside ps -o user:40= -p "$(unit_pid "$unit")"; }

# The user and group that may manage the unit's cgroup.
owners() {
    local cgroup
    cgroup=$(unit_cgroup "$unit")
    inside stat -c '%u:%g' "$cgroup" "$cgroup/cgroup.procs" \
        "$cgroup/cgroup.subtree_control" | xargs
}

units_without() {
    unit=without.service
    inside systemd-run --quiet --unit "$unit" -p Delegate=true -p User=100000 sleep 300
    eventually unit_has_ended "$unit"
    sees "a UID without a record cannot run a unit: 217/USER" \
        "$(unit_property "$unit" Result) $(unit_property "$unit" ExecMainStatus)" \
        "exit-code 217"
    # The message comes from a process that is not in the unit's cgroup yet, so
    # "journalctl -u" does not show it.
    sees_like "the journal says why" \
        "$(inside journalctl --no-pager -o cat -g 'Failed to determine')" \
        "Failed to determine (user credentials: No such process|credentials for user '100000': Unknown user)"
    unit_stop "$unit"
}

units_services() {
    unit=user-alone.service
    inside systemd-run --quiet --unit "$unit" -p Type=exec \
        -p Delegate=true -p User=100000 sleep 300
    sees "User=100000 runs" \
        "$(unit_property "$unit" ActiveState) ($(unit_property "$unit" SubState))" \
        "active (running)"
    sees "ps shows its name" "$(user)" "subuid-ftweedal-100000"
    sees "its delegated cgroup is its own" "$(owners)" \
        "100000:100000 100000:100000 100000:100000"
    unit_stop "$unit"

    unit=position.service
    inside systemd-run --quiet --unit "$unit" -p Type=exec \
        -p Delegate=true -p User=300012 sleep 300
    sees "User= alone runs with the GID at the same position" "$(ids)" "300012 500012"
    sees "and the delegated cgroup belongs to both" "$(owners)" \
        "300012:500012 300012:500012 300012:500012"
    unit_stop "$unit"

    while IFS='|' read -r properties want; do
        unit=properties.service
        # Type=exec waits for execve(2): a lookup that hangs is a failure.
        # shellcheck disable=SC2046,SC2086
        inside systemd-run --quiet --unit "$unit" -p Type=exec -p TimeoutStartSec=10 \
            $(printf -- '-p %s ' $properties) sleep 300
        sees_like "$properties" "$(unit_property "$unit" ActiveState) $(ids)" "^active $want\$"
        unit_stop "$unit"
    done <<'END'
User=100000 Group=100000|100000 100000
User=subuid-ftweedal-100000 Group=subgid-ftweedal-100000|100000 100000
User=subuid-ftweedal-165535 Group=subgid-alice-500007|165535 500007
User=300000 SupplementaryGroups=subgid-ftweedal-100000|300000 500000
User=3000000000 Delegate=yes|3000000000 3000000000
User=100000 PrivateUsers=yes|100000 100000
DynamicUser=yes|6[0-9]{4} 6[0-9]{4}
END

    unit=on-disk.service
    inside_shell "cat >/etc/systemd/system/$unit" <<'END'
[Service]
Type=exec
ExecStart=sleep 300
User=subuid-alice-300000
Delegate=yes
StateDirectory=on-disk
END
    inside systemctl daemon-reload
    inside systemctl start "$unit"
    sees "a unit file on disk" "$(unit_property "$unit" ActiveState) $(ids)" \
        "active 300000 500000"
    sees "and its StateDirectory=" "$(inside stat -c '%U:%G' /var/lib/on-disk)" \
        "subuid-alice-300000:subgid-alice-500000"
    unit_stop "$unit"
}

# A scope is made the way container runtimes make one.
scope() { # NAME PROPERTY...
    local name=$1 pid
    shift
    inside systemd-run --quiet --unit to-adopt sleep 300
    pid=$(unit_pid to-adopt.service)
    inside busctl --quiet call org.freedesktop.systemd1 /org/freedesktop/systemd1 \
        org.freedesktop.systemd1.Manager StartTransientUnit 'ssa(sv)a(sa(sv))' \
        "$name" fail $((2 + $# / 3)) PIDs au 1 "$pid" Delegate b true "$@" 0
    unit=$name
    eventually unit_is_active "$unit"
}

units_scopes() {
    diag "--- a scope, the way container runtimes make one"

    scope user-and-group.scope User s 100000 Group s 100000
    sees "User= and Group= of a scope own its cgroup" "$(owners)" \
        "100000:100000 100000:100000 100000:100000"
    unit_stop "$unit" to-adopt.service

    scope user-alone.scope User s subuid-alice-300000
    sees "User= alone, by name" "$(owners)" "300000:500000 300000:500000 300000:500000"
    unit_stop "$unit" to-adopt.service
}

user_run() { inside systemctl --user --machine ftweedal@ "$@"; }

units_of_users() {
    diag "--- not ours to fix: the user manager may not change users"

    unit=user@1000.service
    inside loginctl enable-linger ftweedal
    eventually unit_is_active "$unit"
    inside systemd-run --quiet --user --machine ftweedal@ --unit refused \
        -p User=100000 sleep 300
    eventually inside_shell 'systemctl --user --machine ftweedal@ is-failed --quiet refused'
    sees "systemd --user still ends 216/GROUP" \
        "$(user_run show --property Result,ExecMainStatus --value refused | xargs)" \
        "exit-code 216"
    sees_like "the journal says why" \
        "$(inside journalctl --no-pager -o cat -g 'refused.service.*Operation not permitted')" \
        "Operation not permitted"
}

units_with() {
    units_services
    units_scopes
    units_of_users
}
