# shellcheck shell=bash
# The root with what looks packages over, and builds others: sourced after
# root.sh.
#
#   tools_enter                 root_enter with it

tools_enter() {
    # shellcheck disable=SC2046
    root_enter acl autopkgtest gcc libc6-dev libnss-systemd lintian lsof make mount perl procps \
        python3-minimal rpm rsync uidmap xz-utils $(packages_build_depends)
}
