#!/bin/bash
# systemd as PID 1 runs services and scopes under subordinate IDs
# (systemd#19781).
set -u
# shellcheck source=tests/e2e/machine.sh
. "$(dirname "$0")/machine.sh"
# shellcheck source=tests/e2e/units.sh
. "$here/units.sh"

machine_needs
machine_boot

diag "--- without the module"

units_without

diag "--- with the module"

machine_module
units_with

machine_done
