# shellcheck shell=bash
# The root of a host with other NSS modules and AppArmor: sourced after root.sh.
#
#   neighbours_enter            root_enter with it

neighbours_enter() { root_enter apparmor libnss-ldapd libnss-sss libnss-systemd perl-base; }
