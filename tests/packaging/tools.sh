# shellcheck shell=bash
# The root with what looks packages over, and builds others: sourced after
# root.sh.
#
#   tools_enter                 root_enter with it

tools_enter() {
    root_enter autopkgtest gcc libc6-dev libcmocka-dev libnss-systemd libsubid-dev \
        lintian make mount perl pkgconf procps python3-minimal rpm uidmap xz-utils
}
