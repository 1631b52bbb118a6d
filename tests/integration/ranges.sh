#!/bin/bash
# Owners, ranges and positions, where the files hold more than one plain line.
set -u
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/host.sh
. "$(dirname "$0")/../host.sh"
host_enter "$@"
host_add_user alice 1001
host_add_user bob 1003

# NAME:UID:GID:POSITION, the fields that this is about.
user() {
    host_run getent passwd "$1" |
        sed -E 's/^([^:]*):x:([0-9]*:[0-9]*):Subordinate UID ([0-9]+) of .*/\1:\2:\3/'
}
group() { host_run getent group "$1"; }

diag "--- the ranges of an owner lie end to end"
host_set_subuid alice:100000:10 bob:200000:5 alice:300000:10
host_set_subgid bob:600000:5 alice:500000:12 alice:550000:100
is "the first range" "$(user 100009)" "subuid-alice-100009:100009:500009:9"
is "the second range goes on" "$(user 300002)" "subuid-alice-300002:300002:550000:12"
is "also by name" "$(user subuid-alice-300009)" "subuid-alice-300009:300009:550007:19"
is "another owner does not count" "$(user 200004)" "subuid-bob-200004:200004:600004:4"
is "a gap is nobody's" "$(user 200005)" ""

diag "--- no GID at the same position"
host_set_subgid alice:500000:5
is "the last one that has" "$(user 100004)" "subuid-alice-100004:100004:500004:4"
is "the first one that has not" "$(user 100005)" "subuid-alice-100005:100005:65534:5"
is "an owner without GIDs" "$(user 200000)" "subuid-bob-200000:200000:65534:0"

diag "--- several owners of one ID"
host_set_subuid alice:100000:100 bob:100000:50 bob:400000:50
host_set_subgid alice:100000:100 bob:100050:100
is "by ID the first line wins" "$(user 100010)" "subuid-alice-100010:100010:100010:10"
is "by name each owner" "$(user subuid-bob-100010)" "subuid-bob-100010:100010:100060:10"
is "by group ID the first line wins" "$(group 100060)" "subgid-alice-100060:x:100060:"
is "by group name each owner" "$(group subgid-bob-100060)" "subgid-bob-100060:x:100060:"

diag "--- reserved IDs have no record, whatever the files say"
host_set_subuid evil:0:4294967295 evil:4294967295:1
host_set_subgid evil:0:4294967295 evil:4294967295:1
for id in 0 65534 65535 4294967295; do
    is "no user subuid-evil-$id" "$(user "subuid-evil-$id")" ""
    is "no group subgid-evil-$id" "$(group "subgid-evil-$id")" ""
done
is "no user 65535" "$(user 65535)" ""
is "no group 65535" "$(group 65535)" ""
is "0 is root" "$(user 0)" "$(grep ^root: /etc/passwd)"
is "a neighbour of 0" "$(user subuid-evil-1)" "subuid-evil-1:1:1:1"
is "a neighbour of 65534" "$(group subgid-evil-65533)" "subgid-evil-65533:x:65533:"
is "a neighbour of 65535" "$(user 65536)" "subuid-evil-65536:65536:65536:65536"
host_set_subuid alice:100000:10
host_set_subgid alice:0:1 alice:65533:4
is "root is nobody's counterpart" "$(user 100000)" "subuid-alice-100000:100000:65534:0"
is "65535 is nobody's counterpart" "$(user 100003)" "subuid-alice-100003:100003:65534:3"
is "65536 is one" "$(user 100004)" "subuid-alice-100004:100004:65536:4"

diag "--- an owner by number and an owner by name are two"
host_set_subuid alice:100000:10 1001:300000:10 4242:400000:10
host_set_subgid 1001:500000:15 alice:600000:10 4242:700000:10
is "a number has positions of its own" "$(user 300005)" "subuid-alice-300005:300005:500005:5"
is "by its account's name" "$(user subuid-alice-300005)" "subuid-alice-300005:300005:500005:5"
is "by the number" "$(user subuid-1001-300005)" "subuid-1001-300005:300005:500005:5"
is "a name has those of its own lines" "$(user 100005)" "subuid-alice-100005:100005:600005:5"
is "and the number does not own its IDs" "$(user subuid-1001-100005)" ""
is "a group's number is one to a process that has looked up no user" "$(group 500014)" \
    "subgid-1001-500014:x:500014:"
# Such a lookup shows that glibc has loaded the services that come before ours.
host_add_program "$abs_top_builddir/tests/limits/steps"
group_after_user() { host_run steps passwd:99999 "group:$1" | tail -n 1; }
is "and is shown as the name after that" "$(group_after_user 500014)" \
    "subgid-alice-500014:x:500014:"
is "and found by both" \
    "$(group_after_user subgid-alice-500014)$(group_after_user subgid-1001-500014)" \
    "subgid-alice-500014:x:500014:subgid-1001-500014:x:500014:"
is "a number without an account stays one" "$(user 400001)" "subuid-4242-400001:400001:700001:1"
is "and is found by it" "$(group subgid-4242-700001)" "subgid-4242-700001:x:700001:"

diag "--- the group of an ID depends on the files alone, whatever its caller can do"
host_set_subuid alice:100000:10 5000:200000:10
host_set_subgid 5000:600000:20
host_add_user mallory 5000
gid_under() { # LIMIT...
    host_run bash -c "ulimit $*; exec getent passwd 200003" 2>/dev/null | cut -d: -f4
}
is "with an account at hand" "$(user 200003)" "subuid-mallory-200003:200003:600003:3"
for limit in "-n 4" "-n 5" "-v 9000" "-s 256"; do
    case $(gid_under "$limit") in
    600003 | "") ok "ulimit $limit: the same or no record" true ;;
    *) ok "ulimit $limit: the same or no record" false ;;
    esac
done
host_set_services absent subid
is "without a service for accounts" "$(user 200003)" "subuid-5000-200003:200003:600003:3"
host_set_services files systemd subid

diag "--- owners as directories know them"
# shellcheck disable=SC2016
owners=(alice@example.com 'AD\alice' machine-7 'host$' a.b-c_d 'two words' jürgen)
first=1000000
host_set_subuid
for owner in "${owners[@]}"; do
    echo "$owner:$first:10" >>/etc/subuid
    is "$owner by ID" "$(user $first)" "subuid-$owner-$first:$first:65534:0"
    is "$owner by name" "$(user "subuid-$owner-$first")" "subuid-$owner-$first:$first:65534:0"
    first=$((first + 10))
done

done_testing
