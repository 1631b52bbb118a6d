# shellcheck shell=bash
# A booted systemd to test in: sourced, never run.
#
#   machine_needs               skips the test where no machine can be booted
#   machine_boot [PACKAGE...]   a machine with nsswitch.conf, subuid and subgid
#                               as in ./boot, but not yet with our module; of
#                               Debian $NSS_SUBID_SUITE, or the host's
#   machine_module              installs the module
#   machine_userdbd             installs subid-userdbd and starts its socket, with
#                               nsswitch.conf as it is without our module
#   machine_services LINE...    nsswitch.conf: passwd and group with the files and
#                               systemd, and these lines behind them
#   machine_off                 ends the machine
#   machine_done                machine_off, asserts that nothing is left, done_testing
#
#   inside COMMAND...           runs as root in there, two minutes at most
#   inside_shell TEXT           the same for a piece of shell
#   inside_file PATH            writes standard input to a file, all at once
#   eventually COMMAND...       retries till it succeeds, two minutes at most
#
#   unit_property UNIT NAME     what "systemctl show" says
#   unit_pid, unit_cgroup UNIT  its main process, its cgroup's directory
#   unit_report UNIT            its status and the end of the journal
#   unit_stop UNIT...           stops it and forgets that it failed
#
#   sees NAME GOT WANT          is and like of tap.sh for what was seen in the
#   sees_like NAME GOT PATTERN  machine: print it in any case, and on failure
#                               $unit's status and the journal

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${abs_top_srcdir:=$(cd "$here/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
module=$abs_top_builddir/libnss_subid.so.2
unit=

# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"

machine_needs() {
    local tool
    [ "$(id -u)" -eq 0 ] || skip_all "only root can boot a systemd"
    for tool in mmdebstrap apt-get flock unshare nsenter setpriv pgrep; do
        command -v "$tool" >/dev/null || skip_all "$tool is not installed"
    done
    grep -qw cgroup2 /proc/filesystems || skip_all "the kernel has no cgroup2"
    grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null ||
        skip_all "the kernel has no overlay file system"
    unshare --user --mount --pid --cgroup --uts --ipc --net --fork true 2>/dev/null ||
        skip_all "namespaces cannot be made here"
    if ! [ -f "$module" ]; then
        echo "Bail out! $module is not built"
        exit 1
    fi
}

# shellcheck disable=SC2120
machine_boot() {
    local root
    root=$("$here/rootfs" "${NSS_SUBID_SUITE-}" "$@") || skip_all "no Debian root can be made here"
    coproc MACHINE { exec "$here/boot" "$root"; }
    # bash forgets these when the process ends, and we want its status.
    # shellcheck disable=SC2153
    machine_keeper=$MACHINE_PID
    exec {machine_out}<&"${MACHINE[0]}" {machine_in}>&"${MACHINE[1]}"
    eval "exec ${MACHINE[0]}<&- ${MACHINE[1]}>&-"
    # An early end must not return before the machine is gone.
    trap 'exec {machine_in}>&-; wait "$machine_keeper"' EXIT
    if ! read -r -t 120 machine_pid <&"$machine_out"; then
        echo "Bail out! the machine did not boot"
        exit 1
    fi
    if ! eventually machine_is_up; then
        diag "$(inside systemctl --failed 2>&1)"
        diag "$(inside journalctl --no-pager --lines 50 2>&1)"
        echo "Bail out! the machine is not running, or not as it should"
        exit 1
    fi
    diag "booted: $(inside systemctl --version | head -n 1)," \
        "$(inside systemctl is-system-running)"
}

machine_is_up() {
    inside_shell 'systemctl is-system-running --wait &&
        systemctl is-active multi-user.target' >/dev/null 2>&1
}

machine_off() {
    local r=0
    machine_cgroup=$(sed -n 's,^0::\(/[^/]*\).*,\1,p' "/proc/$machine_pid/cgroup")
    # While this is open, the number is not given to a namespace of another machine.
    # shellcheck disable=SC2034
    exec {machine_kept}<"/proc/$machine_pid/ns/pid"
    machine_namespace=$(readlink "/proc/$machine_pid/ns/pid")
    exec {machine_in}>&- {machine_out}<&-
    trap - EXIT
    wait "$machine_keeper" || r=$?
    return "$r"
}

machine_done() {
    local r=0
    machine_off || r=$?
    # A process that entered from outside stays a zombie after PID 1, until its parent waits for it.
    eventually machine_is_gone
    is "the machine leaves nothing behind" \
        "$r $(machine_processes)$(machine_mounts)$(machine_cgroups)" "0 "
    done_testing
}

machine_is_gone() { ! machine_processes >/dev/null; }

machine_processes() {
    find /proc -maxdepth 3 -path '/proc/[0-9]*/ns/pid' -printf '%p %l\n' 2>/dev/null |
        grep -F "$machine_namespace"
}

machine_mounts() { grep 'nss-subid-e2e\.' /proc/self/mountinfo; }

# The host may have cgroup2 mounted anywhere, or not at all.
machine_cgroups() {
    # shellcheck disable=SC2016
    unshare --mount sh -c 'mount -t cgroup2 cgroup2 /mnt && ls -d "/mnt$1"' - \
        "$machine_cgroup" 2>/dev/null
}

machine_module() {
    # shellcheck disable=SC2016
    inside_shell 'cat >"$(dirname /usr/lib/*/libnss_systemd.so.2)/libnss_subid.so.2"' <"$module"
}

# shellcheck disable=SC2120
machine_services() { # LINE...
    printf '%s\n' 'passwd: files systemd' 'group: files systemd' 'shadow: files systemd' \
        'hosts: files' "$@" | inside_file /etc/nsswitch.conf
}

machine_userdbd() {
    local units=/etc/systemd/system
    # shellcheck disable=SC2119
    machine_services
    inside_shell 'mkdir -p /usr/libexec && cat >/usr/libexec/subid-userdbd &&
        chmod 0755 /usr/libexec/subid-userdbd' <"$abs_top_builddir/subid-userdbd/subid-userdbd" &&
        inside_file "$units/subid-userdbd.socket" <"$abs_top_srcdir/subid-userdbd/subid-userdbd.socket" &&
        sed 's,@libexecdir@,/usr/libexec,' "$abs_top_srcdir/subid-userdbd/subid-userdbd.service.in" |
        inside_file "$units/subid-userdbd.service" &&
        inside systemctl daemon-reload &&
        inside systemctl enable --quiet --now subid-userdbd.socket
}

inside_file() { # PATH, from standard input
    inside_shell "cat >$1.new && mv $1.new $1"
}

inside() {
    timeout --kill-after 5 120 nsenter --target "$machine_pid" --all --wdns=/ \
        env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/root LANG=C.UTF-8 SYSTEMD_PAGER= SYSTEMD_COLORS=0 "$@" \
        {machine_in}>&- {machine_out}<&-
}

inside_shell() { inside bash -c "$1"; }

eventually() {
    local end=$((SECONDS + 120))
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

unit_property() { inside systemctl show --property "$2" --value "$1"; }
unit_pid() { unit_property "$1" MainPID; }
unit_cgroup() { printf '/sys/fs/cgroup%s\n' "$(unit_property "$1" ControlGroup)"; }

unit_is_active() { [ "$(unit_property "$1" ActiveState)" = active ]; }

unit_has_ended() {
    case $(unit_property "$1" ActiveState) in inactive | failed) ;; *) return 1 ;; esac
}

unit_report() {
    [ -z "$1" ] || diag "$(inside systemctl status --full --lines 0 "$1" 2>&1)"
    diag "$(inside journalctl --no-pager --lines 20 2>&1)"
}

unit_stop() {
    inside systemctl stop "$@" 2>/dev/null
    inside systemctl reset-failed "$@" 2>/dev/null
    true
}

sees() {
    local failed=$tap_failed
    diag "seen: $2"
    tap_failed=0
    is "$@"
    [ "$tap_failed" -eq 0 ] || unit_report "$unit"
    tap_failed=$((tap_failed | failed))
}

sees_like() {
    local failed=$tap_failed
    diag "seen: $2"
    tap_failed=0
    like "$@"
    [ "$tap_failed" -eq 0 ] || unit_report "$unit"
    tap_failed=$((tap_failed | failed))
}
