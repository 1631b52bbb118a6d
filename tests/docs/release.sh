#!/usr/bin/env bash
# scripts/release-check refuses a release whose files do not agree about the version.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"

command -v git >/dev/null || skip_all "there is no git"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit
export HOME=$scratch GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example

commit() { git add -A && git commit -qm "$*"; }
start() {
    rm -rf tree
    mkdir -p tree/debian && cd tree && git init -q 2>/dev/null
    echo 'AC_INIT([nss-subid], [1.2.3])' >configure.ac
    printf '## [Unreleased]\n\n## [1.2.3] - 2026-11-22\n\n- All.\n' >CHANGELOG.md
    printf 'nss-subid (1.2.3-1) unstable; urgency=medium\n' >debian/changelog
    printf '%s\n' 'Name: nss-subid' 'Version:        1.2.3' '%changelog' \
        '* Sun Nov 22 2026 A. B. <a@example> - 1.2.3-1' '- All.' '' \
        '* Sun Nov 15 2026 A. B. <a@example> - 1.2.2-1' '- Some.' >nss-subid.spec
    commit start
}
check() {
    local r=0
    sh "$abs_top_srcdir/scripts/release-check" . 1.2.3 2>&1 || r=$?
    echo "status $r"
}
refuses() { # NAME PATTERN
    like "refused: $1" "$(check)" "$2"
    like "and its status says so: $1" "$(check)" "^status 1$"
    cd "$scratch" || exit
}

start
is "all agree" "$(check)" "configure.ac: 1.2.3
CHANGELOG.md: 1.2.3
debian/changelog: 1.2.3
nss-subid.spec: 1.2.3
%changelog of nss-subid.spec: 1.2.3
status 0"
sed 's/^Version: .*/Version: @VERSION@/' nss-subid.spec >made.spec.in && commit template
is "a template has a version in its change log alone" "$(check | grep made)" \
    "%changelog of made.spec.in: 1.2.3"
cd "$scratch" || exit

start
sed -i s/1.2.3/1.2.4/ configure.ac && commit newer
refuses "a configure that is older than configure.ac" 'configure.ac: "1.2.4", not 1.2.3'
start
sed -i s/1.2.3/1.2.2/ CHANGELOG.md && commit older
refuses "a change log of another version" 'CHANGELOG.md: "1.2.2", not 1.2.3'
start
sed -i 's/2026-11-22/Unreleased/' CHANGELOG.md && commit undated
refuses "a version without a date" "no date in"
start
sed -i 's/^## .Unreleased.$/&\n\n- Something new./' CHANGELOG.md && commit more
refuses "changes that are not listed under a version" "unreleased changes"
start
sed -i s/1.2.3-1/1.2.2-4/ debian/changelog && commit older
refuses "another version in debian/changelog" 'debian/changelog: "1.2.2", not 1.2.3'
start
sed -i '/^Version/s/1.2.3/1.2.2/' nss-subid.spec && commit older
refuses "another version in the spec file" '^nss-subid.spec: "1.2.2", not 1.2.3'
start
sed -i '/1.2.3-1$/s/1.2.3/1.2.4/' nss-subid.spec && commit older
refuses "another version in its change log" '%changelog of nss-subid.spec: "1.2.4", not 1.2.3'
start
touch new
refuses "a file that is not committed" "the tree is not as committed"
start
git tag v1.2.3
refuses "a version that was tagged before" "there is a tag v1.2.3 already"

start
printf 'x\n' >.gitignore && commit ignored
tar -cf ../whole.tar --transform 's,^,nss-subid-1.2.3/,' configure.ac CHANGELOG.md debian/changelog nss-subid.spec
tar -cf ../less.tar --transform 's,^,nss-subid-1.2.3/,' configure.ac CHANGELOG.md nss-subid.spec
tarball() { sh "$abs_top_srcdir/scripts/release-check" --tarball . "../$1" 2>&1; }
is "a tarball with every file" "$(tarball whole.tar)" ""
is "Debian's part is not in it" "$(tarball less.tar)" ""
tar -cf ../none.tar --transform 's,^,nss-subid-1.2.3/,' configure.ac
is "a tarball without others" "$(tarball none.tar)" "not in ../none.tar:
CHANGELOG.md
nss-subid.spec"

done_testing
