#!/bin/bash
# A subordinate user that itself owns subordinate IDs: newuidmap(1) asks for
# the name of its caller and wants the caller's GID to be pw_gid.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/host.sh
. "$(dirname "$0")/../host.sh"
host_enter "$@"
command -v newuidmap >/dev/null || skip_all "newuidmap is not installed"
unshare --user true 2>/dev/null || skip_all "user namespaces cannot be made here"
host_add_user ftweedal 1000

owner=subuid-ftweedal-100000
host_set_subuid ftweedal:100000:65536 "$owner:200000:1000"
host_set_subgid ftweedal:500000:65536 "$owner:600000:1000"

is "the owner's own record" "$(host_run getent passwd 100000 | cut -d: -f1,3,4)" \
    "$owner:100000:500000"
is "a record of its range" "$(host_run getent passwd 200999)" \
    "subuid-$owner-200999:x:200999:600999:Subordinate UID 999 of $owner:/:/sbin/nologin"
is "by name" "$(host_run getent passwd "subuid-$owner-200999" | cut -d: -f3)" "200999"

as_owner=(host_run_as 100000 500000)
setpriv --reuid 100000 --regid 500000 --clear-groups unshare --user sleep 60 &
pid=$!
until [ "$(cat "/proc/$pid/comm")" = sleep ] || ! kill -0 "$pid" 2>/dev/null; do sleep 0.01; done

host_set_services files
nok "newuidmap refuses a caller without a name" \
    "${as_owner[@]}" newuidmap "$pid" 0 100000 1 1 200000 1000
host_set_services files systemd subid
nok "newuidmap refuses what is not delegated" \
    "${as_owner[@]}" newuidmap "$pid" 0 100000 1 1 200000 1001
ok "newuidmap maps the nested range" \
    "${as_owner[@]}" newuidmap "$pid" 0 100000 1 1 200000 1000
is "as it was asked to" "$(xargs -n 3 <"/proc/$pid/uid_map")" "0 100000 1
1 200000 1000"
ok "newgidmap maps the nested range" \
    "${as_owner[@]}" newgidmap "$pid" 0 500000 1 1 600000 1000
is "as it was asked to, too" "$(xargs -n 3 <"/proc/$pid/gid_map")" "0 500000 1
1 600000 1000"
kill "$pid"

diag "--- owners by number that are each other's subordinates stay numbers"
host_set_subuid 5000:100000:10 100000:5000:10 7000:7000:10
for record in 5000-100005 100000-5005 7000-7000; do
    is "getent passwd ${record#*-}" "$(host_run getent passwd "${record#*-}" | cut -d: -f1)" \
        "subuid-$record"
    is "getent passwd subuid-$record" "$(host_run getent passwd "subuid-$record" | cut -d: -f1)" \
        "subuid-$record"
done

# A lookup that looked up each owner in turn would need a deep stack; a thread's is small.
diag "--- owners eighty deep do not need a deep stack"
deep=
for ((i = 0; i < 80; i++)); do deep=subuid-$deep; done
deep=${deep}a
for ((i = 0; i < 80; i++)); do deep=$deep-9000; done
host_set_subuid 4242:8000:10 "${deep%-9000}:8000:1001"
on_small_stack() { (ulimit -s 128 && host_show "$@"); }
is "such a name is no record" "$(on_small_stack getent passwd "subuid-$deep-8000")" "status 2"
is "such an owner has records" "$(on_small_stack getent passwd 9000 | cut -d: -f1)" \
    "subuid-${deep%-9000}-9000
status 0"

done_testing
