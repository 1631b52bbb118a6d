# shellcheck shell=bash
# The root with the programs of other packages: those that look packages over and build
# them, and those that people look at users with. Sourced after root.sh.
#
#   tools_enter                 root_enter with it

tools_enter() {
    # shellcheck disable=SC2046
    root_enter acl auditd autopkgtest btop gcc git htop libc6-dev libnss-systemd lintian lsof make \
        mount perl postgresql procps python3-minimal rpm rsync sudo uidmap xz-utils \
        $(packages_build_depends)
}
