#!/bin/bash
# A program that AppArmor confines with the stock abstraction for looking users
# up may read what our module reads, once the Debian package is installed.
set -u
# shellcheck source=tests/packaging/root.sh
. "$(dirname "$0")/root.sh"
# shellcheck source=tests/packaging/neighbours.sh
. "$(dirname "$0")/neighbours.sh"

packages_need
neighbours_enter
packages_fetch

cat >"$root/tmp/profile" <<'PROFILE'
abi <abi/3.0>,
include <tunables/global>
profile somebody /usr/bin/somebody {
  include <abstractions/base>
  include <abstractions/nameservice>
}
PROFILE
parser() { inside apparmor_parser --skip-kernel-load --skip-cache "$@" /tmp/profile; }
rules() { parser --preprocess | grep -oE '/etc/sub[ug]id.*' | sort; }

is "before: the stock abstraction says nothing of ours" "$(rules)" ""
ok "before: the profile compiles" parser --ofile /tmp/before

ok "the package is installed" inside_shell 'dpkg -i /packages/libnss-subid_*.deb'
is "two files, to be read" "$(rules)" $'/etc/subgid r,\n/etc/subuid r,'
ok "the profile compiles" parser --ofile /tmp/after
nok "into another policy" cmp "$root/tmp/before" "$root/tmp/after"

ok "the package is purged" inside dpkg --purge libnss-subid
is "nothing of it is left" "$(rules)" ""
ok "the profile compiles" parser --ofile /tmp/purged
ok "into what it was" cmp "$root/tmp/before" "$root/tmp/purged"

done_testing
