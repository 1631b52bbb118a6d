#!/bin/bash
# lintian has nothing to say about the Debian package, at any severity.
set -u
# shellcheck source=tests/packaging/root.sh
. "$(dirname "$0")/root.sh"
# shellcheck source=tests/packaging/tools.sh
. "$(dirname "$0")/tools.sh"

packages_need
tools_enter
packages_fetch

diag "lintian $(inside lintian --print-version)"
# What Debian 12 needs, and a later lintian advises against.
needed='^[IP]: nss-subid source: (out-of-date-standards-version 4\.6\.2|package-uses-old-debhelper-compat-version 13|redundant-priority-optional-field|redundant-rules-requires-root-no-field)( |$)'
lint() {
    inside_as 65534 sh -c \
        'exec lintian --no-cfg -EvIL +pedantic --fail-on none /packages/*.changes' |
        grep -vE "$needed"
}
is "of errors, warnings, advice, pedantry and experiments, nothing" "$(lint 2>&1)" ""

# A lintian that looked at nothing would have nothing to say.
inside_shell 'cd /packages && mkdir bad && dpkg-deb -R libnss-subid_*.deb bad/tree &&
    rm bad/tree/usr/share/doc/libnss-subid/copyright && dpkg-deb -b bad/tree bad' >/dev/null
like "but of a package without a copyright it says so" \
    "$(inside_shell 'cd /packages/bad && lintian --allow-root --no-cfg ./*.deb' 2>&1)" \
    '^E: libnss-subid: no-copyright-file'

done_testing
