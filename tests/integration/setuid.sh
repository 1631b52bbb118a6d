#!/bin/bash
# A setuid program in a hostile environment gets the right answer.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/host.sh
. "$(dirname "$0")/../host.sh"
host_enter "$@"
host_add_sample

host_add_program "$abs_top_builddir/tests/integration/probe"
plain=$host_dir/bin/probe
setuid=$host_dir/bin/setuid-probe
cp "$plain" "$setuid"
chmod 4755 "$setuid"

probe() { # ENVIRONMENT... PROGRAM [--closed]
    host_run_as 100000 500000 env "$@" 100000 3>&1 1>/dev/null 2>&1
}
known="subuid-ftweedal-100000 is 100000, euid"
unknown="nobody known is -1, euid"

is "a plain program" "$(probe "$plain")" "$known 100000, open: 012"
is "a setuid program" "$(probe "$setuid")" "$known 0, open: 012"

diag "--- another module of our name in LD_LIBRARY_PATH"
mkdir "$host_dir/evil"
printf 'not an ELF file' >"$host_dir/evil/libnss_subid.so.2"
is "a plain program takes it, so it is in the way" \
    "$(probe LD_LIBRARY_PATH="$host_dir/evil" "$plain")" "$unknown 100000, open: 012"
is "a setuid program does not" \
    "$(probe LD_LIBRARY_PATH="$host_dir/evil" "$setuid")" "$known 0, open: 012"

diag "--- other variables that libraries believe in"
while read -r variable; do
    is "$variable" "$(probe "$variable" "$setuid")" "$known 0, open: 012"
done <<END
LD_PRELOAD=$host_dir/evil/libnss_subid.so.2
LD_AUDIT=$host_dir/evil/libnss_subid.so.2
LD_BIND_NOW=
GLIBC_TUNABLES=glibc.malloc.check=3:glibc.malloc.perturb=85
MALLOC_PERTURB_=85
LC_ALL=tr_TR.UTF-8
LANGUAGE=../../../../../etc
NLSPATH=/etc/%N
TZ=:/etc/shadow
POSIXLY_CORRECT=1
HOSTALIASES=/etc/shadow
TMPDIR=/nonexistent
END
is "no environment at all" "$(probe -i "$setuid")" "$known 0, open: 012"

diag "--- descriptors 0 to 2 closed"
is "a plain program keeps them closed" "$(probe "$plain" --closed)" "$known 100000, open: "
is "a setuid program keeps them closed" "$(probe "$setuid" --closed)" "$known 0, open: "

done_testing
