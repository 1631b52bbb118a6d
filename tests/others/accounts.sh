#!/usr/bin/env bash
# Account services other than the files decide only how an owner that is a number is spelled
# in a record.
set -u

: "${abs_top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
# shellcheck source=tests/tap.sh
. "$abs_top_srcdir/tests/tap.sh"
# shellcheck source=tests/host.sh
. "$abs_top_srcdir/tests/host.sh"
host_enter "$@"
host_add_module "$abs_top_builddir/tests/others/libnss_fold.so.2" ||
    host_fail "a service cannot be installed"

host_set_subuid 1001:200000:10
host_set_subgid alice:500000:10 1001:600000:20
record() { host_run getent passwd "$1" | cut -d: -f1,3,4; }

diag "--- a service that ignores the case of names"
host_set_services files fold subid
is "the service is asked" "$(record ALICE)" alice:1001:1001
is "by ID, the account's name as the service has it" "$(record 200003)" \
    subuid-alice-200003:200003:600003
is "by that name" "$(record subuid-alice-200003)" subuid-alice-200003:200003:600003
is "by the number" "$(record subuid-1001-200003)" subuid-1001-200003:200003:600003
for name in ALICE aLiCe Alice; do
    is "no other spelling is a record: subuid-$name-200003" "$(record "subuid-$name-200003")" ""
    is "nor is it a group: subgid-$name-600003" \
        "$(host_run getent group "subgid-$name-600003")" ""
done

diag "--- likewise while the service cannot be asked"
number=subuid-1001-200003:200003:600003
under_limit() { # LIMIT
    host_run bash -c "ulimit $1; exec getent passwd 200003" 2>/dev/null | cut -d: -f1,3,4
}
host_set_services files absent subid
is "a service that is not installed: the number, and the same group" "$(record 200003)" "$number"
host_set_services files fold subid
for ((kilobytes = 2000; kilobytes <= 12000; kilobytes += 250)); do
    case $(under_limit "-v $kilobytes") in
    "" | "$number" | "${number/1001/alice}") ;;
    *) wrong+=" $kilobytes" ;;
    esac
done
is "with any little memory: no record, or the same group" "${wrong-}" ""
shown=
for fds in 3 4 5 6; do
    got=$(under_limit "-n $fds")
    shown+=" ${got#*:}"
done
like "with few descriptors: no record, or the same group" "$shown" '^( (200003:600003)?){4}$'
like "and some have the record" "$shown" 600003

done_testing
