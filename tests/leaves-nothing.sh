#!/usr/bin/env bash
# A test that leaves something behind fails.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/tap.sh"
here=$(cd "$(dirname "$0")" && pwd)

# A mount point that a test leaves cannot be removed before its namespace ends.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export TMPDIR=$scratch

ran() { # SHELL-COMMAND: what the runner prints, and its status
    local r=0
    "$here/run-test" bash -c "$1" 2>&1 || r=$?
    echo "status $r"
}

is "what leaves nothing passes" "$(ran true)" "status 0"
is "its status is kept" "$(ran 'exit 77')" "status 77"
# shellcheck disable=SC2016
is "a file that it removes is nothing" "$(ran 'rm "$(mktemp)"')" "status 0"
# shellcheck disable=SC2016
like "a file is something" "$(ran 'touch "$TMPDIR/a file"' | tr '\n' ' ')" \
    '^The test left behind: file /.*/a file status 1 $'
like "so is a directory, and the test's own status is kept" \
    "$(ran 'mktemp -d >/dev/null; exit 5' | tr '\n' ' ')" 'file /.* status 5 $'
is "a process that ends soon is nothing" "$(ran 'sleep 1 >/dev/null 2>&1 &')" "status 0"
# It keeps the pipe that its output goes to: without an end to it, ran() would not return.
like "one that stays is something, and is ended" "$(RUN_TEST_SECONDS=2 ran 'sleep 600 &' | tr '\n' ' ')" \
    '^The test left behind: process sleep 600 status 1 $'
mkdir "$scratch/with blanks" && ln -s "with blanks" "$scratch/link"
export TMPDIR=$scratch/link
if [ "$(id -u)" -eq 0 ]; then
    # shellcheck disable=SC2016
    like "so is a mount" \
        "$(unshare --mount bash -c "$(declare -f ran); here='$here'; ran 'mount -t tmpfs none \"\$TMPDIR\"'" |
            tr '\n' ' ')" 'mount /.*/with blanks/.* status 1 $'
else
    tap_result ok "so is a mount # SKIP only root can mount"
fi
done_testing
