#!/bin/bash
# doc/systemd.md's transcripts are what a systemd as PID 1 does and prints.
# The scenarios are called by the names that the documents give them.
# shellcheck disable=SC2317
set -u
# shellcheck source=tests/e2e/machine.sh
. "$(dirname "$0")/machine.sh"
# shellcheck source=tests/e2e/inner.sh
. "$here/inner.sh"
# shellcheck source=tests/docs/transcript.sh
. "$abs_top_srcdir/tests/docs/transcript.sh"

machine_needs
machine_boot

scenario_machine() { :; }
scenario_machine_without() { :; }
scenario_machine_with() { machine_module; }
scenario_machine_with_tree() {
    unit_stop with
    inner_delegate_to_ourselves && inner_tree
}

transcript_host() {
    case $1 in
    'systemctl status without'*) eventually unit_has_ended without ;;
    esac
    inside_shell "$1"
}
transcript_inner() {
    # In a subshell, as each command is: it finds the PID anew.
    eventually inner_is_up inner.service || unit_report inner.service
    inner bash -c "$1"
}

transcripts_run "$abs_top_srcdir/doc/systemd.md"
machine_done
